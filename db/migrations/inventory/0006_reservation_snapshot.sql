-- An order that a snapshot brought waits for stock from behind the snapshot's last page on, not before: who was approved earlier may
-- stand on a later page.
ALTER TABLE reservation ADD COLUMN pending_since timestamptz; -- its approval, until then; NULL: settled
CREATE INDEX reservation_pending ON reservation (id) WHERE pending_since IS NOT NULL;

-- A reservation that was lost and came again is newer than all that was heard of it.
ALTER TABLE reservation ALTER COLUMN version SET DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000);
