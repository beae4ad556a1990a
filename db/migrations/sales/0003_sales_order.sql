-- Sales orders with their lines and the history of their states.

-- The last number given, by kind of document and month (202412): without gaps, since it rolls back with its document.
CREATE TABLE document_counter (
    series text NOT NULL,
    month  integer NOT NULL,
    last   integer NOT NULL,
    CONSTRAINT document_counter_pkey PRIMARY KEY (series, month)
);

-- SO-202412-0001: at least four digits.
CREATE FUNCTION document_number(series text, month integer, counter integer) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN series || '-' || month || '-' || lpad(counter::text, greatest(4, length(counter::text)), '0');

-- What the search of orders looks in.
CREATE FUNCTION so_search_text(number text, customer_po text, customer_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN number || E'\n' || customer_name || coalesce(E'\n' || customer_po, '');

CREATE TABLE sales_order (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid            uuid NOT NULL,
    number_month    integer NOT NULL,
    number_counter  integer NOT NULL,
    number          text COLLATE "C" NOT NULL
                    GENERATED ALWAYS AS (document_number('SO', number_month, number_counter)) STORED,
    number_key      bigint NOT NULL GENERATED ALWAYS AS (number_month * 10000000000 + number_counter) STORED,
    customer_id     bigint NOT NULL,
    warehouse_id    uuid NOT NULL,
    order_date      date NOT NULL,
    delivery_date   date,
    customer_po     text,
    status          text NOT NULL,
    is_open         boolean NOT NULL GENERATED ALWAYS AS (status IN
                    ('draft', 'pending_approval', 'approved', 'partially_delivered', 'rejected')) STORED,
    subtotal        numeric(15,2) NOT NULL,
    discount_amount numeric(15,2) NOT NULL,
    tax_rate        numeric(5,2) NOT NULL,
    tax_amount      numeric(15,2) NOT NULL,
    total           numeric(15,2) NOT NULL,
    notes           text,
    search_text     text NOT NULL, -- number, customer PO and customer name; a rename rewrites it (so_refresh_search)
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         bigint NOT NULL DEFAULT 1,
    CONSTRAINT sales_order_uuid_key UNIQUE (uuid),
    CONSTRAINT sales_order_number_key UNIQUE (number_key),
    CONSTRAINT sales_order_customer_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT sales_order_warehouse_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouse_copy (uuid),
    CONSTRAINT sales_order_counter CHECK (number_counter >= 1),
    CONSTRAINT sales_order_month CHECK (number_month = extract(year FROM order_date) * 100 + extract(month FROM order_date)),
    CONSTRAINT sales_order_status CHECK (status IN ('draft', 'pending_approval', 'approved', 'partially_delivered',
                                                    'delivered', 'rejected', 'cancelled', 'closed')),
    CONSTRAINT sales_order_discount CHECK (discount_amount BETWEEN 0 AND subtotal),
    CONSTRAINT sales_order_tax_rate CHECK (tax_rate BETWEEN 0 AND 100),
    CONSTRAINT sales_order_tax CHECK (tax_amount >= 0),
    CONSTRAINT sales_order_total CHECK (total = subtotal - discount_amount + tax_amount),
    CONSTRAINT sales_order_version CHECK (version >= 1)
);
CREATE INDEX sales_order_by_creation ON sales_order (created_at, id);
CREATE INDEX sales_order_by_date ON sales_order (order_date, id);
CREATE INDEX sales_order_by_total ON sales_order (total, id);
CREATE INDEX sales_order_by_status ON sales_order (status, created_at, id);
CREATE INDEX sales_order_by_customer ON sales_order (customer_id, created_at, id);
CREATE INDEX sales_order_by_number ON sales_order (lower(number));
CREATE INDEX sales_order_open_by_customer ON sales_order (customer_id) WHERE is_open;
CREATE INDEX sales_order_open_by_warehouse ON sales_order (warehouse_id) WHERE is_open;
CREATE INDEX sales_order_search ON sales_order USING gin (search_text public.gin_trgm_ops);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON sales_order
    FOR EACH ROW EXECUTE FUNCTION audit_row('number_key', 'is_open');

CREATE TABLE sales_order_line (
    order_id      bigint NOT NULL,
    line          integer NOT NULL, -- from 1
    item_id       uuid NOT NULL,
    qty           numeric(15,3) NOT NULL,
    price         numeric(15,2) NOT NULL,
    discount_pct  numeric(5,2) NOT NULL,
    line_total    numeric(15,2) NOT NULL,
    reserved_qty  numeric(15,3) NOT NULL DEFAULT 0,
    shipped_qty   numeric(15,3) NOT NULL DEFAULT 0,
    delivered_qty numeric(15,3) NOT NULL DEFAULT 0,
    CONSTRAINT sales_order_line_pkey PRIMARY KEY (order_id, line),
    CONSTRAINT sales_order_line_order_fkey FOREIGN KEY (order_id) REFERENCES sales_order (id) ON DELETE CASCADE,
    CONSTRAINT sales_order_line_item_fkey FOREIGN KEY (item_id) REFERENCES item_copy (uuid),
    CONSTRAINT sales_order_line_line CHECK (line >= 1),
    CONSTRAINT sales_order_line_qty CHECK (qty > 0),
    CONSTRAINT sales_order_line_price CHECK (price >= 0),
    CONSTRAINT sales_order_line_discount CHECK (discount_pct BETWEEN 0 AND 100),
    CONSTRAINT sales_order_line_total CHECK (line_total >= 0),
    CONSTRAINT sales_order_line_reserved CHECK (reserved_qty BETWEEN 0 AND qty),
    CONSTRAINT sales_order_line_shipped CHECK (shipped_qty BETWEEN 0 AND qty AND reserved_qty + shipped_qty <= qty),
    CONSTRAINT sales_order_line_delivered CHECK (delivered_qty BETWEEN 0 AND shipped_qty)
);
CREATE INDEX sales_order_line_by_item ON sales_order_line (item_id);

CREATE TABLE sales_order_history (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    bigint NOT NULL,
    at          timestamptz NOT NULL,
    by          text NOT NULL,
    from_status text, -- NULL at creation
    to_status   text NOT NULL,
    note        text,
    CONSTRAINT sales_order_history_order_fkey FOREIGN KEY (order_id) REFERENCES sales_order (id) ON DELETE CASCADE
);
CREATE INDEX sales_order_history_by_order ON sales_order_history (order_id, id);

-- Customers whose name changed, with the new one: their orders' search_text is rewritten by a job.
CREATE TABLE renamed_customer (
    customer_id bigint PRIMARY KEY,
    name        text NOT NULL,
    CONSTRAINT renamed_customer_fkey FOREIGN KEY (customer_id) REFERENCES customer (id)
);
