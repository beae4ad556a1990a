-- Reservations: what is set aside for documents of other services, and who waits for more.

-- name: reservation_open
-- A sales order was approved. No row: it was heard of before.
INSERT INTO reservation (owner_type, owner_uuid, owner_number, owner_version, warehouse_id)
SELECT 'sales_order', :uuid::uuid, :so_number::text, :version::bigint, w.id
FROM warehouse w
WHERE w.uuid = :warehouse.uuid::uuid
ON CONFLICT (owner_type, owner_uuid) DO NOTHING
RETURNING id;

-- name: reservation_seen
UPDATE reservation SET owner_version = :version::bigint
WHERE owner_type = 'sales_order' AND owner_uuid = :uuid::uuid AND owner_version < :version::bigint AND NOT is_closed;

-- name: reservation_open_lines
-- Every line queues up; what is there is given by reservation_allocate. What was shipped before (in an order that is
-- heard of late) was issued by its delivery.
INSERT INTO reservation_line (reservation_id, line, item_id, warehouse_id, qty, allocated, issued, queued_at)
SELECT r.id, g.line, i.id, r.warehouse_id, g.qty, coalesce(g.shipped, 0), coalesce(g.shipped, 0), :queued_at::timestamptz
FROM reservation r,
     unnest(:item.uuid::uuid[], :qty::numeric(15,3)[], :shipped_qty::numeric(15,3)[]) WITH ORDINALITY AS g (item, qty, shipped, line)
JOIN item i ON i.uuid = g.item
WHERE r.owner_type = 'sales_order' AND r.owner_uuid = :uuid::uuid AND r.owner_version = :version::bigint AND NOT r.is_closed
ON CONFLICT (reservation_id, line) DO NOTHING;

-- name: reservation_take_over
-- Lines of an order in a snapshot that are not here come in as sales knows them: issued is what the ledger has of the
-- order's deliveries; the rest of what is set aside there is set aside here as far as it is free, what its deliveries
-- are still to take included.
WITH given AS (
    SELECT r.id AS reservation_id, r.warehouse_id, g.line, i.id AS item_id, g.qty, coalesce(g.shipped, 0) AS shipped,
           coalesce(g.shipped, 0) + coalesce(g.reserved, 0) AS allocated
    FROM reservation r,
         unnest(:item.uuid::uuid[], :qty::numeric(15,3)[], :shipped_qty::numeric(15,3)[], :reserved_qty::numeric(15,3)[])
         WITH ORDINALITY AS g (item, qty, shipped, reserved, line)
    JOIN item i ON i.uuid = g.item
    WHERE r.owner_type = 'sales_order' AND r.owner_uuid = :uuid::uuid AND r.owner_version = :version::bigint AND NOT r.is_closed
      AND NOT EXISTS (SELECT FROM reservation_line l WHERE l.reservation_id = r.id AND l.line = g.line)
), booked AS (
    SELECT g.item_id, -sum(g.qty) AS qty
    FROM stock_source s
    JOIN stock_ledger g ON g.source_id = s.id
    WHERE s.type = 'delivery_order' AND s.uuid = ANY (:delivery::uuid[])
    GROUP BY g.item_id
), issued AS (
    SELECT g.*, least(g.shipped, greatest(coalesce(b.qty, 0) - (sum(g.shipped) OVER filled - g.shipped), 0)) AS issued
    FROM given g
    LEFT JOIN booked b USING (item_id)
    WINDOW filled AS (PARTITION BY item_id ORDER BY line)
), wanted AS (
    SELECT i.*, i.allocated - i.issued AS wanted, coalesce(b.on_hand - b.reserved, 0) AS free,
           sum(i.allocated - i.issued) OVER (PARTITION BY item_id ORDER BY line) AS upto
    FROM issued i
    LEFT JOIN stock_balance b USING (item_id, warehouse_id)
), held AS (
    SELECT w.*, least(wanted, greatest(free - (upto - wanted), 0)) AS held FROM wanted w
), lines AS (
    INSERT INTO reservation_line (reservation_id, line, item_id, warehouse_id, qty, allocated, issued)
    SELECT reservation_id, line, item_id, warehouse_id, qty, issued + held, issued FROM held
), balance AS (
    UPDATE stock_balance b
    SET reserved = b.reserved + h.qty
    FROM (SELECT item_id, warehouse_id, sum(held) AS qty FROM held GROUP BY item_id, warehouse_id) h
    WHERE b.item_id = h.item_id AND b.warehouse_id = h.warehouse_id AND h.qty > 0
)
UPDATE reservation SET pending_since = :queued_at::timestamptz
WHERE id IN (SELECT reservation_id FROM held);

-- name: reservation_settle_lines
-- Behind a snapshot's last page: what it brought waits, each line since its order's approval. A portion of the
-- orders, the earliest approved: stock that arrives between two portions finds nobody waiting before his turn.
UPDATE reservation_line l
SET queued_at = r.pending_since
FROM reservation r
WHERE r.id = l.reservation_id AND l.queued_at IS NULL
  AND r.id IN (SELECT p.id
               FROM reservation p
               WHERE p.pending_since IS NOT NULL AND NOT p.is_closed
                 AND EXISTS (SELECT FROM reservation_line q WHERE q.reservation_id = p.id AND q.queued_at IS NULL)
               ORDER BY p.pending_since, p.id
               LIMIT :portion::integer);

-- name: reservation_settle
-- A portion of them.
UPDATE reservation SET pending_since = NULL, version = version + 1
WHERE id IN (SELECT id FROM reservation WHERE pending_since IS NOT NULL ORDER BY id LIMIT :portion::integer)
RETURNING id;

-- name: reservation_waiting
-- A place where stock is free that somebody waits for.
SELECT w.uuid AS warehouse, i.uuid AS item
FROM stock_balance b
JOIN item i ON i.id = b.item_id
JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.on_hand > b.reserved
  AND EXISTS (SELECT
              FROM reservation_line l
              WHERE l.item_id = b.item_id AND l.warehouse_id = b.warehouse_id AND l.queued_at IS NOT NULL
                AND l.allocated < l.qty)
LIMIT 1;

-- name: reservation_allocate
-- Gives what is free of the items in the warehouse to the lines that wait for it, earliest approval first. The rows are
-- the reservations that got something. Their headers are locked by id, behind the items.
WITH waiting AS (
    SELECT l.reservation_id, l.line, l.qty - l.allocated AS missing, b.on_hand - b.reserved AS free,
           sum(l.qty - l.allocated) OVER (PARTITION BY l.item_id ORDER BY l.queued_at, l.reservation_id, l.line) AS upto
    FROM stock_balance b
    JOIN reservation_line l ON l.item_id = b.item_id AND l.warehouse_id = b.warehouse_id
    WHERE b.item_id IN (SELECT id FROM item WHERE uuid = ANY (:item_id::uuid[]))
      AND b.warehouse_id = (SELECT id FROM warehouse WHERE uuid = :warehouse::uuid)
      AND b.on_hand > b.reserved AND l.queued_at IS NOT NULL AND l.allocated < l.qty
), given AS (
    UPDATE reservation_line l
    SET allocated = l.allocated + least(w.missing, w.free - (w.upto - w.missing))
    FROM waiting w
    WHERE l.reservation_id = w.reservation_id AND l.line = w.line AND w.upto - w.missing < w.free
    RETURNING l.reservation_id, l.item_id, l.warehouse_id, least(w.missing, w.free - (w.upto - w.missing)) AS qty
), balance AS (
    UPDATE stock_balance b
    SET reserved = b.reserved + g.qty
    FROM (SELECT item_id, warehouse_id, sum(qty) AS qty FROM given GROUP BY item_id, warehouse_id) g
    WHERE b.item_id = g.item_id AND b.warehouse_id = g.warehouse_id
), locked AS (
    SELECT id FROM reservation WHERE id IN (SELECT reservation_id FROM given) ORDER BY id FOR NO KEY UPDATE
)
UPDATE reservation r SET version = r.version + 1
FROM locked
WHERE r.id = locked.id
RETURNING r.id;

-- name: reservation_close
-- A sales order ended early, perhaps before anything was heard of its approval. No row: this was known.
INSERT INTO reservation AS r (owner_type, owner_uuid, owner_number, owner_version, warehouse_id, is_closed)
SELECT 'sales_order', :uuid::uuid, :so_number::text, :version::bigint, w.id, true
FROM warehouse w
WHERE w.uuid = :warehouse.uuid::uuid
ON CONFLICT (owner_type, owner_uuid) DO UPDATE
    SET owner_version = excluded.owner_version, is_closed = true
    WHERE r.owner_version < excluded.owner_version AND NOT r.is_closed
RETURNING id;

-- name: reservation_release
-- Gives back what was not shipped. What was shipped and is not yet issued here stays set aside for its delivery.
WITH kept AS (
    SELECT l.reservation_id, l.line, l.allocated, greatest(l.issued, least(l.allocated, coalesce(g.shipped, 0))) AS keep
    FROM reservation r
    JOIN reservation_line l ON l.reservation_id = r.id
    LEFT JOIN unnest(:shipped_qty::numeric(15,3)[]) WITH ORDINALITY AS g (shipped, line) ON g.line = l.line
    WHERE r.owner_type = 'sales_order' AND r.owner_uuid = :uuid::uuid AND r.is_closed
), released AS (
    UPDATE reservation_line l
    SET allocated = k.keep, queued_at = NULL
    FROM kept k
    WHERE l.reservation_id = k.reservation_id AND l.line = k.line
    RETURNING l.reservation_id, l.item_id, l.warehouse_id, k.allocated - l.allocated AS qty
), balance AS (
    UPDATE stock_balance b
    SET reserved = b.reserved - g.qty
    FROM (SELECT item_id, warehouse_id, sum(qty) AS qty FROM released GROUP BY item_id, warehouse_id HAVING sum(qty) > 0) g
    WHERE b.item_id = g.item_id AND b.warehouse_id = g.warehouse_id
)
UPDATE reservation r SET version = r.version + 1
WHERE r.id IN (SELECT reservation_id FROM released WHERE qty > 0)
RETURNING r.id;

-- name: reservation_consume
-- A delivery left: it takes what is set aside for its order, line by line.
WITH wanted AS (
    SELECT i.id AS item_id, sum(g.qty) AS qty
    FROM unnest(:item.uuid::uuid[], :qty::numeric(15,3)[]) AS g (item, qty)
    JOIN item i ON i.uuid = g.item
    GROUP BY i.id
), held AS (
    SELECT l.reservation_id, l.line, l.allocated - l.issued AS held, w.qty AS wanted,
           sum(l.allocated - l.issued) OVER (PARTITION BY l.item_id ORDER BY l.line) AS upto
    FROM reservation r
    JOIN reservation_line l ON l.reservation_id = r.id
    JOIN wanted w ON w.item_id = l.item_id
    WHERE r.owner_type = 'sales_order' AND r.owner_uuid = :owner::uuid AND l.allocated > l.issued
), used AS (
    UPDATE reservation_line l
    SET issued = l.issued + least(h.held, h.wanted - (h.upto - h.held))
    FROM held h
    WHERE l.reservation_id = h.reservation_id AND l.line = h.line AND h.upto - h.held < h.wanted
    RETURNING l.item_id, l.warehouse_id, least(h.held, h.wanted - (h.upto - h.held)) AS qty
)
UPDATE stock_balance b
SET reserved = b.reserved - u.qty
FROM (SELECT item_id, warehouse_id, sum(qty) AS qty FROM used GROUP BY item_id, warehouse_id) u
WHERE b.item_id = u.item_id AND b.warehouse_id = u.warehouse_id;

-- name: reservation_held_items
-- What an order has set aside of the items.
SELECT i.uuid AS item, sum(l.allocated - l.issued) AS held
FROM reservation r
JOIN reservation_line l ON l.reservation_id = r.id
JOIN item i ON i.id = l.item_id
WHERE r.owner_type = 'sales_order' AND r.owner_uuid = :owner::uuid AND i.uuid = ANY (:item_id::uuid[])
GROUP BY i.uuid;

-- name: reservation_held
-- What a document has of the items of its lines.
SELECT w.uuid AS warehouse, l.line, i.uuid AS item, l.allocated, l.issued
FROM reservation r
JOIN warehouse w ON w.id = r.warehouse_id
LEFT JOIN reservation_line l ON l.reservation_id = r.id
LEFT JOIN item i ON i.id = l.item_id
WHERE r.owner_type = :owner.type::text AND r.owner_uuid = :owner.uuid::uuid
ORDER BY l.line;

-- name: reservation_put
-- The lines exactly as given; each item's balance follows.
WITH header AS (
    INSERT INTO reservation AS r (owner_type, owner_uuid, owner_number, owner_version, warehouse_id)
    SELECT :owner.type::text, :owner.uuid::uuid, :owner.number::text, 0, w.id FROM warehouse w WHERE w.uuid = :warehouse_id::uuid
    ON CONFLICT (owner_type, owner_uuid) DO UPDATE SET version = r.version + 1
    RETURNING id, warehouse_id
), given AS (
    SELECT h.id AS reservation_id, h.warehouse_id, g.line, i.id AS item_id, g.qty, coalesce(l.allocated, 0) AS before
    FROM header h,
         unnest(:line::integer[], :item_id::uuid[], :qty::numeric(15,3)[]) AS g (line, item, qty)
    JOIN item i ON i.uuid = g.item
    LEFT JOIN reservation_line l ON l.line = g.line
         AND l.reservation_id = (SELECT id FROM reservation WHERE owner_type = :owner.type::text AND owner_uuid = :owner.uuid::uuid)
), lines AS (
    INSERT INTO reservation_line (reservation_id, line, item_id, warehouse_id, qty, allocated)
    SELECT reservation_id, line, item_id, warehouse_id, qty, qty FROM given
    ON CONFLICT (reservation_id, line) DO UPDATE SET qty = excluded.qty, allocated = excluded.allocated
), balance AS (
    UPDATE stock_balance b
    SET reserved = b.reserved + g.more
    FROM (SELECT item_id, warehouse_id, sum(qty - before) AS more FROM given GROUP BY item_id, warehouse_id) g
    WHERE b.item_id = g.item_id AND b.warehouse_id = g.warehouse_id AND g.more <> 0
)
SELECT id FROM header;

-- name: reservation_documents
-- Whole reservations, a row per line, those of one reservation together.
SELECT r.id, r.owner_uuid AS uuid, r.owner_type, r.owner_number AS number, r.version, w.uuid AS warehouse, r.is_closed, l.line,
       i.uuid AS item, l.qty, l.allocated
FROM reservation r
JOIN warehouse w ON w.id = r.warehouse_id
LEFT JOIN reservation_line l ON l.reservation_id = r.id
LEFT JOIN item i ON i.id = l.item_id
WHERE r.id = ANY (:id::bigint[])
ORDER BY r.id, l.line;

-- name: reservation_export_ids
-- A page ends behind 100 reservations or 5000 lines, so that it fits into a message.
SELECT id
FROM (SELECT p.id, sum(p.lines) OVER (ORDER BY p.id) - p.lines AS before
      FROM (SELECT r.id, (SELECT count(*) FROM reservation_line l WHERE l.reservation_id = r.id) AS lines
            FROM reservation r WHERE r.id > :after_id::bigint ORDER BY r.id LIMIT 100) p) page
WHERE before < 5000
ORDER BY id;
