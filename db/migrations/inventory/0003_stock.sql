-- The stock ledger and the balances that follow from it.

-- What stock moves for: one row per document. The ledger and its search name documents by it.
CREATE TABLE stock_source (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type   text NOT NULL,
    uuid   uuid NOT NULL,
    number text COLLATE "C" NOT NULL,
    CONSTRAINT stock_source_key UNIQUE (type, uuid),
    CONSTRAINT stock_source_type CHECK (type IN ('adjustment', 'transfer', 'delivery_order', 'receipt', 'work_order'))
);
CREATE INDEX stock_source_by_number ON stock_source (lower(number));
CREATE INDEX stock_source_search ON stock_source USING gin (number public.gin_trgm_ops);

-- What lies where: a cache of the ledger, written in its transactions. `reserved` is the sum of what reservations hold.
CREATE TABLE stock_balance (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    item_id      bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    on_hand      numeric(15,3) NOT NULL,
    reserved     numeric(15,3) NOT NULL DEFAULT 0,
    value        numeric(15,2) NOT NULL,
    last_at      timestamptz NOT NULL, -- of the newest ledger row
    created_at   timestamptz NOT NULL,
    CONSTRAINT stock_balance_pkey PRIMARY KEY (item_id, warehouse_id),
    CONSTRAINT stock_balance_id_key UNIQUE (id),
    CONSTRAINT stock_balance_item_fkey FOREIGN KEY (item_id) REFERENCES item (id),
    CONSTRAINT stock_balance_warehouse_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT stock_balance_on_hand CHECK (on_hand >= 0),
    CONSTRAINT stock_balance_reserved CHECK (reserved >= 0 AND reserved <= on_hand),
    CONSTRAINT stock_balance_value CHECK (value >= 0 AND (on_hand > 0 OR value = 0))
) WITH (fillfactor = 70);
CREATE INDEX stock_balance_by_creation ON stock_balance (created_at, id);
CREATE INDEX stock_balance_by_warehouse ON stock_balance (warehouse_id, created_at, id);

-- Every movement, with the balance that it left. Rows are added, never changed and never taken away.
CREATE TABLE stock_ledger (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL, -- never before the balance's last row
    item_id      bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    movement     text NOT NULL,
    qty          numeric(15,3) NOT NULL, -- in: above 0, out: below
    value        numeric(15,2) NOT NULL,
    unit_cost    numeric(15,4), -- as given; NULL: it follows from the value
    on_hand      numeric(15,3) NOT NULL,
    stock_value  numeric(15,2) NOT NULL,
    source_id    bigint NOT NULL,
    source_line  integer NOT NULL, -- from 1
    created_by   text NOT NULL,
    CONSTRAINT stock_ledger_source_key UNIQUE (source_id, source_line, item_id, warehouse_id, movement),
    CONSTRAINT stock_ledger_balance_fkey FOREIGN KEY (item_id, warehouse_id) REFERENCES stock_balance (item_id, warehouse_id),
    CONSTRAINT stock_ledger_source_fkey FOREIGN KEY (source_id) REFERENCES stock_source (id),
    CONSTRAINT stock_ledger_movement CHECK (movement IN
        ('adjustment', 'transfer_in', 'transfer_out', 'issue', 'receipt', 'output', 'consumption')),
    CONSTRAINT stock_ledger_qty CHECK (qty <> 0),
    CONSTRAINT stock_ledger_sign CHECK (value * sign(qty) >= 0),
    CONSTRAINT stock_ledger_on_hand CHECK (on_hand >= 0),
    CONSTRAINT stock_ledger_stock_value CHECK (stock_value >= 0 AND (on_hand > 0 OR stock_value = 0)),
    CONSTRAINT stock_ledger_line CHECK (source_line >= 1)
);
-- What the stock card joins by is included, so that its rows are counted in the index alone.
CREATE INDEX stock_ledger_by_item ON stock_ledger (item_id, at, id) INCLUDE (warehouse_id, source_id);
CREATE INDEX stock_ledger_by_balance ON stock_ledger (item_id, warehouse_id, at, id) INCLUDE (source_id);

REVOKE UPDATE, DELETE, TRUNCATE ON stock_ledger, stock_source FROM inventory;

-- Value per unit: 0 where nothing lies.
CREATE FUNCTION stock_average(value numeric, on_hand numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN on_hand > 0 THEN round(value / on_hand, 4) ELSE 0 END;

-- Whether what is available over all warehouses is at or below the reorder point of a watched item: kept with every
-- change of either, so that a crossing is told once.
ALTER TABLE item ADD COLUMN is_low boolean NOT NULL DEFAULT false;
UPDATE item SET is_low = true WHERE reorder_point > 0 AND is_active;
CREATE INDEX item_low ON item (created_at, id) WHERE is_low AND deleted_at IS NULL;
DROP TRIGGER audit ON item;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON item
    FOR EACH ROW EXECUTE FUNCTION audit_row('code_key', 'is_low');
