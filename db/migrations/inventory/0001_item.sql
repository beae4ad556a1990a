-- Items: what is bought, made, kept and sold. Deleted rows stay; their code may be used again.
CREATE TABLE item (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid                uuid NOT NULL,
    code                text NOT NULL,
    name                text NOT NULL,
    type                text NOT NULL,
    uom                 text NOT NULL,
    price               numeric(15,2) NOT NULL,
    standard_cost       numeric(15,2) NOT NULL,
    reorder_point       numeric(15,3) NOT NULL,
    reorder_qty         numeric(15,3) NOT NULL,
    lead_time_days      integer NOT NULL,
    preferred_vendor_id uuid,
    barcode             text,
    is_active           boolean NOT NULL,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    deleted_at          timestamptz,
    version             bigint NOT NULL DEFAULT 1,
    code_key            text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(code)) STORED,
    search_text         text NOT NULL GENERATED ALWAYS AS (code || E'\n' || name || coalesce(E'\n' || barcode, '')) STORED,
    CONSTRAINT item_uuid_key UNIQUE (uuid),
    CONSTRAINT item_type CHECK (type IN ('raw', 'wip', 'finished', 'consumable')),
    CONSTRAINT item_price CHECK (price >= 0),
    CONSTRAINT item_standard_cost CHECK (standard_cost >= 0),
    CONSTRAINT item_reorder CHECK (reorder_point >= 0 AND reorder_qty >= 0),
    CONSTRAINT item_lead_time CHECK (lead_time_days >= 0),
    CONSTRAINT item_version CHECK (version >= 1)
);
CREATE UNIQUE INDEX item_code_key ON item (code_key) WHERE deleted_at IS NULL;
CREATE INDEX item_by_creation ON item (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX item_by_name ON item (name, id) WHERE deleted_at IS NULL;
CREATE INDEX item_by_price ON item (price, id) WHERE deleted_at IS NULL;
CREATE INDEX item_by_type ON item (type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX item_by_activity ON item (is_active, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX item_search ON item USING gin (search_text public.gin_trgm_ops);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON item
    FOR EACH ROW EXECUTE FUNCTION audit_row('code_key');
