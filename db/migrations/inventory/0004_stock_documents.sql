-- Adjustments and transfers: what people do to the stock by hand. Their lines are the rows of the ledger.

-- The last number given, by kind of document and month (202412): without gaps, since it rolls back with its document.
CREATE TABLE document_counter (
    series text NOT NULL,
    month  integer NOT NULL,
    last   integer NOT NULL,
    CONSTRAINT document_counter_pkey PRIMARY KEY (series, month)
);

-- ADJ-202412-0001: at least four digits.
CREATE FUNCTION document_number(series text, month integer, counter integer) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN series || '-' || month || '-' || lpad(counter::text, greatest(4, length(counter::text)), '0');

CREATE TABLE adjustment (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid           uuid NOT NULL,
    number_month   integer NOT NULL,
    number_counter integer NOT NULL,
    number         text COLLATE "C" NOT NULL
                   GENERATED ALWAYS AS (document_number('ADJ', number_month, number_counter)) STORED,
    number_key     bigint NOT NULL GENERATED ALWAYS AS (number_month * 10000000000 + number_counter) STORED,
    warehouse_id   bigint NOT NULL,
    reason         text NOT NULL,
    notes          text,
    search_text    text NOT NULL GENERATED ALWAYS AS
                   (document_number('ADJ', number_month, number_counter) || E'\n' || reason) STORED,
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT adjustment_uuid_key UNIQUE (uuid),
    CONSTRAINT adjustment_number_key UNIQUE (number_key),
    CONSTRAINT adjustment_warehouse_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT adjustment_counter CHECK (number_counter >= 1)
);
CREATE INDEX adjustment_by_creation ON adjustment (created_at, id);
CREATE INDEX adjustment_by_warehouse ON adjustment (warehouse_id, created_at, id);
CREATE INDEX adjustment_by_number ON adjustment (lower(number));
CREATE INDEX adjustment_search ON adjustment USING gin (search_text public.gin_trgm_ops);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON adjustment
    FOR EACH ROW EXECUTE FUNCTION audit_row('number_key');

CREATE TABLE transfer (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid              uuid NOT NULL,
    number_month      integer NOT NULL,
    number_counter    integer NOT NULL,
    number            text COLLATE "C" NOT NULL
                      GENERATED ALWAYS AS (document_number('TRF', number_month, number_counter)) STORED,
    number_key        bigint NOT NULL GENERATED ALWAYS AS (number_month * 10000000000 + number_counter) STORED,
    from_warehouse_id bigint NOT NULL,
    to_warehouse_id   bigint NOT NULL,
    notes             text,
    search_text       text NOT NULL GENERATED ALWAYS AS
                      (document_number('TRF', number_month, number_counter) || coalesce(E'\n' || notes, '')) STORED,
    created_by        text NOT NULL,
    created_at        timestamptz NOT NULL,
    CONSTRAINT transfer_uuid_key UNIQUE (uuid),
    CONSTRAINT transfer_number_key UNIQUE (number_key),
    CONSTRAINT transfer_from_fkey FOREIGN KEY (from_warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT transfer_to_fkey FOREIGN KEY (to_warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT transfer_ends CHECK (from_warehouse_id <> to_warehouse_id),
    CONSTRAINT transfer_counter CHECK (number_counter >= 1)
);
CREATE INDEX transfer_by_creation ON transfer (created_at, id);
CREATE INDEX transfer_by_source ON transfer (from_warehouse_id, created_at, id);
CREATE INDEX transfer_by_target ON transfer (to_warehouse_id, created_at, id);
CREATE INDEX transfer_by_number ON transfer (lower(number));
CREATE INDEX transfer_search ON transfer USING gin (search_text public.gin_trgm_ops);

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON transfer
    FOR EACH ROW EXECUTE FUNCTION audit_row('number_key');
