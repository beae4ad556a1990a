-- Customers: who buys. Deleted rows stay, for the documents that name them; their code may be used again.
CREATE TABLE customer (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid              uuid NOT NULL,
    code              text NOT NULL,
    name              text NOT NULL,
    email             text,
    phone             text,
    address           text,
    tax_id            text,
    payment_term_days integer NOT NULL,
    credit_limit      numeric(15,2),
    is_active         boolean NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    deleted_at        timestamptz,
    version           bigint NOT NULL DEFAULT 1,
    code_key          text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(code)) STORED,
    search_text       text NOT NULL GENERATED ALWAYS AS (code || E'\n' || name || coalesce(E'\n' || email, '')) STORED,
    CONSTRAINT customer_uuid_key UNIQUE (uuid),
    CONSTRAINT customer_payment_term CHECK (payment_term_days >= 0),
    CONSTRAINT customer_credit_limit CHECK (credit_limit >= 0),
    CONSTRAINT customer_version CHECK (version >= 1)
);
CREATE UNIQUE INDEX customer_code_key ON customer (code_key) WHERE deleted_at IS NULL;
CREATE INDEX customer_by_creation ON customer (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_by_name ON customer (name, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_by_activity ON customer (is_active, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_search ON customer USING gin (search_text public.gin_trgm_ops);

-- Generated codes CUST-NNNNN; gaps are allowed, and codes given by hand are stepped over.
CREATE SEQUENCE customer_code_seq;

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON customer
    FOR EACH ROW EXECUTE FUNCTION audit_row('code_key');
