-- The runtime's own statements; every schema has these tables (db/migrations/common).

-- name: rt_context
SELECT set_config('sentient.username', :username::text, true), set_config('sentient.request', :request::text, true),
       set_config('sentient.address', :address::text, true);

-- name: rt_claim
INSERT INTO idempotency (principal, key, subject, request_hash)
VALUES (:principal::uuid, :key::text, :subject::text, :hash::bytea)
ON CONFLICT (principal, key) DO UPDATE
    SET subject = excluded.subject, request_hash = excluded.request_hash, answer = NULL, created_at = now()
    WHERE idempotency.created_at < now() - interval '24 hours'
RETURNING 1;

-- name: rt_answer
UPDATE idempotency SET answer = :answer::bytea WHERE principal = :principal::uuid AND key = :key::text;

-- name: rt_record
INSERT INTO idempotency (principal, key, subject, request_hash, answer)
VALUES (:principal::uuid, :key::text, :subject::text, :hash::bytea, :answer::bytea);

-- name: rt_stored
SELECT subject, encode(request_hash, 'hex') AS hash, encode(answer, 'hex') AS answer
FROM idempotency WHERE principal = :principal::uuid AND key = :key::text;

-- name: rt_emit
WITH counted AS (
    INSERT INTO event_sequence (document, last) VALUES (:document::uuid, 1)
    ON CONFLICT (document) DO UPDATE SET last = event_sequence.last + 1
    RETURNING last
)
INSERT INTO outbox (event_id, subject, document, sequence, payload, traceparent)
SELECT :event::uuid, :subject::text, :document::uuid, last, :payload::bytea, :traceparent::text FROM counted;

-- name: rt_pending
SELECT id, event_id::text AS event_id, subject, document::text AS document, sequence,
       encode(payload, 'hex') AS payload, traceparent,
       (extract(epoch FROM created_at) * 1000000)::bigint AS created
FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 256;

-- name: rt_published
UPDATE outbox SET published_at = now(), stream_sequence = p.sequence
FROM unnest(:id::bigint[], :sequence::bigint[]) AS p (id, sequence) WHERE outbox.id = p.id;
