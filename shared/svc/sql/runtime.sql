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
SELECT subject, request_hash AS hash, answer
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
-- At most 256 rows and, but for a last one, a mebibyte of payloads: they are in memory as text and as bytes.
SELECT id, event_id::text AS event_id, subject, document::text AS document, sequence, payload, traceparent,
       (extract(epoch FROM created_at) * 1000000)::bigint AS created
FROM (SELECT *, sum(octet_length(payload)) OVER (ORDER BY id) - octet_length(payload) AS before
      FROM (SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 256) oldest) page
WHERE before < 1048576
ORDER BY id;

-- name: rt_published
UPDATE outbox SET published_at = now(), stream_sequence = p.sequence
FROM unnest(:id::bigint[], :sequence::bigint[]) AS p (id, sequence) WHERE outbox.id = p.id;

-- name: rt_lock
-- The backend that holds the lock; 0: another one does.
SELECT CASE WHEN pg_try_advisory_lock(hashtext('sentient.' || :schema::text), :role::int)
            THEN pg_backend_pid() ELSE 0 END AS backend;

-- name: rt_unlock
SELECT pg_advisory_unlock_all()::text AS done;

-- name: rt_fence
-- DB_OTHER_SESSION where this is not the backend that holds the lock.
SELECT (pg_backend_pid() = :backend::int)::same_session AS held;

-- name: rt_relay_position
SELECT (extract(epoch FROM stream_created) * 1000000)::bigint AS created FROM relay_position WHERE stream = 'EVENTS';

-- name: rt_relay_position_save
INSERT INTO relay_position (stream, stream_created, checked_at)
VALUES ('EVENTS', to_timestamp(:created::bigint / 1000000.0), now())
ON CONFLICT (stream) DO UPDATE SET stream_created = excluded.stream_created, checked_at = excluded.checked_at;

-- name: rt_relay_tail
SELECT event_id::text AS event_id, stream_sequence
FROM outbox WHERE stream_sequence < :before::bigint ORDER BY stream_sequence DESC LIMIT 1 OFFSET :skip::bigint;

-- name: rt_inbox_tail
SELECT event_id::text AS event_id, stream_sequence
FROM inbox WHERE stream_sequence < :before::bigint ORDER BY stream_sequence DESC LIMIT 1 OFFSET :skip::bigint;

-- name: rt_relay_reset
-- A batch, so that a week of events stays below the statement's timeout.
UPDATE outbox SET published_at = NULL, stream_sequence = NULL
WHERE id = ANY (ARRAY(SELECT id FROM outbox
                      WHERE stream_sequence > :after::bigint AND created_at > now() - interval '7 days'
                      LIMIT 5000));

-- name: rt_position
SELECT (extract(epoch FROM stream_created) * 1000000)::bigint AS created, last_sequence AS sequence,
       last_event::text AS event
FROM consumer_position WHERE stream = 'EVENTS';

-- name: rt_position_save
INSERT INTO consumer_position (stream, stream_created, last_sequence, last_event)
VALUES ('EVENTS', to_timestamp(:created::bigint / 1000000.0), :sequence::bigint, :event::uuid)
ON CONFLICT (stream) DO UPDATE SET stream_created = excluded.stream_created,
    last_sequence = excluded.last_sequence, last_event = excluded.last_event;

-- name: rt_inbox_claim
INSERT INTO inbox (event_id, stream_sequence)
SELECT * FROM unnest(:event::uuid[], :sequence::bigint[])
ON CONFLICT (event_id) DO NOTHING RETURNING event_id::text AS event_id;

-- name: rt_blocked
SELECT DISTINCT document::text AS document FROM dead_letter WHERE document = ANY (:document::uuid[]);

-- name: rt_parked
-- The oldest event that was put aside and that nothing holds back any more.
SELECT event_id::text AS event, stream_sequence AS sequence, subject, document::text AS document, traceparent, payload
FROM dead_letter p
WHERE NOT EXISTS (SELECT FROM dead_letter d WHERE d.document = p.document AND d.state = 'dead')
ORDER BY id LIMIT 1;

-- name: rt_parked_done
DELETE FROM dead_letter WHERE event_id = :event::uuid;

-- name: rt_parked_dead
UPDATE dead_letter SET state = 'dead', error = :error::text WHERE event_id = :event::uuid;

-- name: rt_dead_letter
INSERT INTO dead_letter (event_id, stream_sequence, subject, document, traceparent, payload, state, error)
VALUES (:event::uuid, :sequence::bigint, :subject::text, :document::uuid, :traceparent::text, :payload::bytea,
        :state::text, :error::text)
ON CONFLICT (event_id) DO NOTHING;

-- name: rt_purge_idempotency
DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency WHERE created_at < now() - interval '25 hours' LIMIT 1000));

-- name: rt_purge_outbox
DELETE FROM outbox WHERE id = ANY (ARRAY(
    SELECT id FROM outbox WHERE published_at < now() - interval '8 days' LIMIT 1000));

-- name: rt_purge_inbox
DELETE FROM inbox WHERE event_id = ANY (ARRAY(
    SELECT event_id FROM inbox WHERE done_at < now() - interval '8 days' LIMIT 1000));

-- name: rt_start_lock
SELECT pg_advisory_xact_lock(hashtext('sentient.start.' || :schema::text))::text AS done;

-- name: rt_backlog
-- Capped, so that a long backlog costs no more than a short one.
SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT 10000) p)::bigint AS pending,
       coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)
                 FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1), 0)::bigint AS oldest,
       (SELECT count(*) FROM dead_letter)::bigint AS aside;

-- name: rt_audit_pending
-- At most 200 rows and, but for a single one, about 200 kB.
SELECT id, at, username, action, entity, key, changes, request_id, address
FROM (SELECT id, at, username, action, entity, key, changes::text AS changes, request_id, address,
             sum(octet_length(changes::text)) OVER (ORDER BY id) - octet_length(changes::text) AS before
      FROM (SELECT * FROM audit WHERE shipped_at IS NULL ORDER BY id LIMIT 200) oldest) page
WHERE coalesce(before, 0) < 200000
ORDER BY id;

-- name: rt_audit_shipped
UPDATE audit SET shipped_at = now() WHERE id = ANY (:id::bigint[]);
