-- What inventory has set aside for a line, what has left since included: reserved now = allocated - shipped, so that
-- shipping needs no answer of inventory to show the right figure.
ALTER TABLE sales_order_line
    DROP CONSTRAINT sales_order_line_reserved,
    DROP CONSTRAINT sales_order_line_shipped,
    DROP COLUMN reserved_qty,
    ADD COLUMN allocated_qty numeric(15,3) NOT NULL DEFAULT 0,
    ADD COLUMN reservation_version bigint NOT NULL DEFAULT 0, -- of inventory's reservation; older news have no effect
    ADD CONSTRAINT sales_order_line_allocated CHECK (allocated_qty BETWEEN 0 AND qty),
    ADD CONSTRAINT sales_order_line_shipped CHECK (shipped_qty BETWEEN 0 AND qty);

-- A number is kept when the order date moves to another month.
ALTER TABLE sales_order DROP CONSTRAINT sales_order_month;

-- What counts against a customer's credit limit.
CREATE INDEX sales_order_credit ON sales_order (customer_id) INCLUDE (total)
    WHERE status IN ('approved', 'partially_delivered');

-- What is set aside now: only an order that waits for goods has something set aside.
CREATE FUNCTION so_reserved_qty(status text, allocated_qty numeric, shipped_qty numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN status IN ('approved', 'partially_delivered') THEN greatest(allocated_qty - shipped_qty, 0) ELSE 0 END;
