-- Warehouses: where stock lies and is reserved. WH-MAIN has the same uuid everywhere, so that other services know
-- the default without asking (proto/sentient/inventory.proto says so).
CREATE TABLE warehouse (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid        uuid NOT NULL,
    code        text NOT NULL,
    name        text NOT NULL,
    address     text,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     bigint NOT NULL DEFAULT 1,
    code_key    text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(code)) STORED,
    search_text text NOT NULL GENERATED ALWAYS AS (code || E'\n' || name) STORED,
    CONSTRAINT warehouse_uuid_key UNIQUE (uuid),
    CONSTRAINT warehouse_code_key UNIQUE (code_key),
    CONSTRAINT warehouse_version CHECK (version >= 1)
);
CREATE INDEX warehouse_by_creation ON warehouse (created_at, id);
CREATE INDEX warehouse_by_name ON warehouse (name, id);
CREATE INDEX warehouse_search ON warehouse USING gin (search_text public.gin_trgm_ops);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON warehouse
    FOR EACH ROW EXECUTE FUNCTION audit_row('code_key');

INSERT INTO warehouse (uuid, code, name, created_at, updated_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'WH-MAIN', 'Gudang Utama',
        date_trunc('milliseconds', now()), date_trunc('milliseconds', now()));
