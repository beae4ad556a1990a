-- The largest order, 500 lines whose item has the longest name and unit, is more than a mebibyte (docs/adr/0005).
ALTER TABLE outbox DROP CONSTRAINT outbox_payload_size;
ALTER TABLE outbox ADD CONSTRAINT outbox_payload_size CHECK (octet_length(payload) <= 2097152);
