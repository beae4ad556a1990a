-- Orders and deliveries are found by their customer's name in the customer itself, no longer in a copy of it: a rename
-- counts at once, and an index by customer counts what a name finds.

DROP TABLE renamed_customer;

ALTER TABLE sales_order DROP COLUMN search_text;
DROP FUNCTION so_search_text(text, text, text);
ALTER TABLE sales_order ADD COLUMN search_text text NOT NULL -- number and customer PO
    GENERATED ALWAYS AS (document_number('SO', number_month, number_counter) || coalesce(E'\n' || customer_po, '')) STORED;
CREATE INDEX sales_order_search ON sales_order USING gin (search_text public.gin_trgm_ops);

ALTER TABLE delivery_order
    DROP COLUMN search_text,
    ADD COLUMN customer_id bigint,
    ADD COLUMN search_text text; -- number and order number
DROP FUNCTION do_search_text(text, text, text);
UPDATE delivery_order d
SET customer_id = o.customer_id, search_text = d.number || E'\n' || o.number
FROM sales_order o
WHERE o.id = d.sales_order_id;
ALTER TABLE delivery_order
    ALTER COLUMN customer_id SET NOT NULL,
    ALTER COLUMN search_text SET NOT NULL,
    ADD CONSTRAINT delivery_order_customer_fkey FOREIGN KEY (customer_id) REFERENCES customer (id);
CREATE INDEX delivery_order_search ON delivery_order USING gin (search_text public.gin_trgm_ops);
CREATE INDEX delivery_order_by_customer ON delivery_order (customer_id, created_at, id);

-- What lists count for a customer: with a state and with dates still in the index alone.
DROP INDEX sales_order_by_customer;
CREATE INDEX sales_order_by_customer ON sales_order (customer_id, created_at, id) INCLUDE (status, order_date);
