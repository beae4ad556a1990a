-- Delivery orders: what leaves the order's warehouse, in one or more parts. All that changes one holds the lock of its
-- order's row.

-- What the search of deliveries looks in.
CREATE FUNCTION do_search_text(number text, so_number text, customer_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN number || E'\n' || so_number || E'\n' || customer_name;

CREATE TABLE delivery_order (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid           uuid NOT NULL,
    number_month   integer NOT NULL,
    number_counter integer NOT NULL,
    number         text COLLATE "C" NOT NULL
                   GENERATED ALWAYS AS (document_number('DO', number_month, number_counter)) STORED,
    number_key     bigint NOT NULL GENERATED ALWAYS AS (number_month * 10000000000 + number_counter) STORED,
    sales_order_id bigint NOT NULL,
    status         text NOT NULL,
    carrier        text,
    tracking_no    text,
    shipped_at     timestamptz,
    delivered_at   timestamptz,
    received_by    text,
    notes          text,
    search_text    text NOT NULL, -- number, order number and customer name; a rename rewrites it (do_refresh_search)
    created_on     date NOT NULL, -- the business day of created_at
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    CONSTRAINT delivery_order_uuid_key UNIQUE (uuid),
    CONSTRAINT delivery_order_number_key UNIQUE (number_key),
    CONSTRAINT delivery_order_order_fkey FOREIGN KEY (sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT delivery_order_counter CHECK (number_counter >= 1),
    CONSTRAINT delivery_order_month CHECK (number_month = extract(year FROM created_on) * 100 + extract(month FROM created_on)),
    CONSTRAINT delivery_order_status CHECK (status IN ('draft', 'shipped', 'delivered', 'cancelled')),
    CONSTRAINT delivery_order_shipped CHECK ((shipped_at IS NOT NULL) = (status IN ('shipped', 'delivered'))),
    CONSTRAINT delivery_order_delivered CHECK ((delivered_at IS NOT NULL) = (status = 'delivered')),
    CONSTRAINT delivery_order_version CHECK (version >= 1)
);
CREATE INDEX delivery_order_by_creation ON delivery_order (created_at, id);
CREATE INDEX delivery_order_by_day ON delivery_order (created_on, id);
CREATE INDEX delivery_order_by_status ON delivery_order (status, created_at, id);
CREATE INDEX delivery_order_by_order ON delivery_order (sales_order_id, id);
CREATE INDEX delivery_order_by_number ON delivery_order (lower(number));
CREATE INDEX delivery_order_search ON delivery_order USING gin (search_text public.gin_trgm_ops);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON delivery_order
    FOR EACH ROW EXECUTE FUNCTION audit_row('number_key', 'created_on');

CREATE TABLE delivery_order_line (
    delivery_id bigint NOT NULL,
    line        integer NOT NULL, -- from 1, in the order's order
    item_id     uuid NOT NULL,
    qty         numeric(15,3) NOT NULL,
    CONSTRAINT delivery_order_line_pkey PRIMARY KEY (delivery_id, line),
    CONSTRAINT delivery_order_line_item_key UNIQUE (delivery_id, item_id),
    CONSTRAINT delivery_order_line_delivery_fkey FOREIGN KEY (delivery_id) REFERENCES delivery_order (id) ON DELETE CASCADE,
    CONSTRAINT delivery_order_line_item_fkey FOREIGN KEY (item_id) REFERENCES item_copy (uuid),
    CONSTRAINT delivery_order_line_line CHECK (line >= 1),
    CONSTRAINT delivery_order_line_qty CHECK (qty > 0)
);
