-- An order of 500 lines with long names is a valid document, and its event carries the whole of it (docs/adr/0005).
ALTER TABLE outbox DROP CONSTRAINT outbox_payload_size;
ALTER TABLE outbox ADD CONSTRAINT outbox_payload_size CHECK (octet_length(payload) <= 1048576);
