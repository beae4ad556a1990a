-- Tables of the store tests, made in a schema of each test's own.
CREATE TABLE maker (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE,
    name text NOT NULL,
    country text
);
CREATE TABLE thing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL DEFAULT gen_random_uuid(),
    code text NOT NULL,
    code_key text GENERATED ALWAYS AS (lower(code)) STORED,
    name text NOT NULL DEFAULT '',
    search_text text GENERATED ALWAYS AS (lower(code || ' ' || name)) STORED,
    qty numeric(15,3),
    price numeric(15,2) NOT NULL DEFAULT 0,
    weight integer,
    flag boolean,
    made_on date,
    tags text[],
    blob bytea,
    maker_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT thing_code_key UNIQUE (code_key),
    CONSTRAINT thing_qty_check CHECK (qty >= 0),
    CONSTRAINT thing_maker_fkey FOREIGN KEY (maker_id) REFERENCES maker
);
CREATE DOMAIN same_session AS boolean CONSTRAINT session_is_the_same CHECK (VALUE);
CREATE TABLE late (n bigint, CONSTRAINT late_n_key UNIQUE (n) DEFERRABLE INITIALLY DEFERRED);

-- A row here ends the connection while its transaction commits.
CREATE TABLE doomed (n bigint);
CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_terminate_backend(pg_backend_pid());
    PERFORM pg_sleep(5);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER die AFTER INSERT ON doomed DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION die();
CREATE SEQUENCE tries;
