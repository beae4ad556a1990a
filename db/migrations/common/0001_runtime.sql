-- What the runtime keeps in every service's schema. Applied to each of them, with search_path set to it.

-- Events on their way out, written in the transaction that they tell of. Kept for at least 7 days after publishing:
-- the stream's acknowledgement is no promise of durability, the relay republishes from here what a stream lost.
CREATE TABLE outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        uuid NOT NULL,
    subject         text NOT NULL,
    document        uuid NOT NULL,
    sequence        bigint NOT NULL, -- counts per document, from 1
    payload         bytea NOT NULL,
    traceparent     text,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at    timestamptz,
    stream_sequence bigint,
    CONSTRAINT outbox_event_key UNIQUE (event_id),
    CONSTRAINT outbox_document_key UNIQUE (document, sequence),
    CONSTRAINT outbox_payload_size CHECK (octet_length(payload) <= 262144)
);
CREATE INDEX outbox_pending ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE INDEX outbox_stream ON outbox (stream_sequence) WHERE stream_sequence IS NOT NULL;

-- The last sequence given to a document's events.
CREATE TABLE event_sequence (
    document uuid PRIMARY KEY,
    last     bigint NOT NULL
);

-- What the relay has seen of the stream: a stream with another creation time is a new one.
CREATE TABLE relay_position (
    stream         text PRIMARY KEY,
    stream_created timestamptz NOT NULL,
    checked_at     timestamptz NOT NULL
);

-- Answers of writes by idempotency key (the client's, or the request id), replayed for 24 hours.
CREATE TABLE idempotency (
    principal    uuid NOT NULL,
    key          text NOT NULL,
    subject      text NOT NULL,
    request_hash bytea NOT NULL,
    answer       bytea, -- NULL only inside the transaction that claims the key
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (principal, key),
    CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 1 AND 255)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Where this service stands in the stream: written in the transaction of the events' effects.
CREATE TABLE consumer_position (
    stream         text PRIMARY KEY,
    stream_created timestamptz NOT NULL,
    last_sequence  bigint NOT NULL,
    last_event     uuid
);

-- Events that had their effect (or were put aside), by id: the net under a republish.
CREATE TABLE inbox (
    event_id        uuid PRIMARY KEY,
    stream_sequence bigint NOT NULL,
    done_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_done ON inbox (done_at);

-- Events whose handler refused them for good ('dead'), and later ones of the same document ('parked'), in their order.
CREATE TABLE dead_letter (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        uuid NOT NULL,
    stream_sequence bigint NOT NULL,
    subject         text NOT NULL,
    document        uuid NOT NULL,
    traceparent     text,
    payload         bytea NOT NULL,
    state           text NOT NULL,
    error           text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dead_letter_event_key UNIQUE (event_id),
    CONSTRAINT dead_letter_state CHECK (state IN ('dead', 'parked'))
);
CREATE INDEX dead_letter_document ON dead_letter (document, id);

-- Who changed what. Written by trigger only; reports shows it.
CREATE TABLE audit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    username   text,
    action     text NOT NULL,
    entity     text NOT NULL, -- table
    key        text NOT NULL, -- uuid, or id where there is none
    changes    jsonb,         -- {"column": [before, after]}; NULL for insert and delete
    request_id text,
    address    text,
    CONSTRAINT audit_action CHECK (action IN ('insert', 'update', 'delete'))
);
CREATE INDEX audit_key ON audit (key, id);

-- CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION audit_row('secret_column', …);
-- The columns named, and those that follow from others, are left out. An update that changed nothing else leaves no row.
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fresh   jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    stale   jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    named   jsonb := coalesce(fresh, stale);
    changed jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(f.key, jsonb_build_array(stale -> f.key, f.value)) INTO changed
        FROM jsonb_each(fresh) f
        WHERE f.value IS DISTINCT FROM stale -> f.key
          AND f.key <> ALL (TG_ARGV) AND f.key NOT IN ('version', 'updated_at', 'search_text');
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit (username, action, entity, key, changes, request_id, address)
    VALUES (nullif(current_setting('sentient.username', true), ''), lower(TG_OP), TG_TABLE_NAME,
            coalesce(named ->> 'uuid', named ->> 'id', ''), changed,
            nullif(current_setting('sentient.request', true), ''), nullif(current_setting('sentient.address', true), ''));
    RETURN NULL;
END
$$;
