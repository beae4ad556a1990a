-- Events on their way between services.

-- check: every event has left its service
-- each service
SELECT '@service@' AS service, count(*) AS events, min(created_at) AS since
FROM @service@.outbox
WHERE published_at IS NULL
HAVING count(*) > 0

-- check: every audit row has left its service
-- each service
SELECT '@service@' AS service, count(*) AS rows, min(at) AS since
FROM @service@.audit
WHERE shipped_at IS NULL
HAVING count(*) > 0

-- check: every event has been read where it is heard
-- A position in another stream than the one that is written now says nothing of it.
-- each service
SELECT h.service, '@service@' AS sender, h.subject, unread.events, p.last_sequence AS position
FROM heard h
LEFT JOIN position p ON p.service = h.service AND p.stream_created = (SELECT stream_created FROM stream),
     LATERAL (SELECT count(*) AS events
              FROM @service@.outbox o
              WHERE o.stream_sequence > coalesce(p.last_sequence, 0) AND o.subject = h.subject
                AND o.created_at > now() - interval '7 days') unread
WHERE unread.events > 0

-- check: no event was put aside
-- each service
SELECT '@service@' AS service, state, subject, document, event_id AS event, error
FROM @service@.dead_letter
