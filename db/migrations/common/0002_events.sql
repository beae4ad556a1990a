-- Audit rows leave as events (audit.recorded); until reports has them, and for those that look here, they stay.
ALTER TABLE audit ADD COLUMN shipped_at timestamptz;
CREATE INDEX audit_unshipped ON audit (id) WHERE shipped_at IS NULL;

-- Where the stream and this service's reading of it differ is found by walking back.
CREATE INDEX inbox_stream ON inbox (stream_sequence);
