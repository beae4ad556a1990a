-- Stock: the ledger, its balances, and what is shown of them.

-- list: stock_list
-- sort: createdAt=b.created_at:timestamptz code=i.code_key:text name=i.name:text
-- search: i.search_text prefix i.code_key
-- filter: warehouse_id = b.warehouse_id = (SELECT f.id FROM warehouse f WHERE f.uuid = :warehouse_id::uuid)
-- filter: type = i.type = :type::text
-- id: b.id
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", i.type AS "item.type",
       w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", b.on_hand, b.reserved, b.on_hand - b.reserved AS available,
       i.reorder_point, stock_average(b.value, b.on_hand) AS average_cost, b.value
FROM stock_balance b
JOIN item i ON i.id = b.item_id
LEFT JOIN warehouse w ON w.id = b.warehouse_id
WHERE i.deleted_at IS NULL

-- list: stock_list_as_of
-- sort: createdAt=b.created_at:timestamptz code=i.code_key:text name=i.name:text
-- search: i.search_text prefix i.code_key
-- filter: warehouse_id = b.warehouse_id = (SELECT f.id FROM warehouse f WHERE f.uuid = :warehouse_id::uuid)
-- filter: type = i.type = :type::text
-- filter: as_of = l.id = (SELECT p.id FROM stock_ledger p WHERE p.item_id = b.item_id AND p.warehouse_id = b.warehouse_id AND p.at <= :as_of::timestamptz ORDER BY p.at DESC, p.id DESC LIMIT 1)
-- id: b.id
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", i.type AS "item.type",
       w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", l.on_hand, i.reorder_point,
       stock_average(l.stock_value, l.on_hand) AS average_cost, l.stock_value AS value
FROM stock_balance b
JOIN item i ON i.id = b.item_id
JOIN stock_ledger l ON l.item_id = b.item_id AND l.warehouse_id = b.warehouse_id
LEFT JOIN warehouse w ON w.id = b.warehouse_id
WHERE (i.deleted_at IS NULL OR l.on_hand > 0)

-- list: stock_card
-- sort: createdAt=l.at:timestamptz
-- search: s.number prefix lower(s.number)
-- filter: item_id = l.item_id = (SELECT f.id FROM item f WHERE f.uuid = :item_id::uuid)
-- filter: warehouse_id = l.warehouse_id = (SELECT f.id FROM warehouse f WHERE f.uuid = :warehouse_id::uuid)
-- filter: from = l.at >= :from::timestamptz
-- filter: to = l.at < :to::timestamptz
-- id: l.id
SELECT l.at, l.movement, w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", w.name AS "warehouse.name", greatest(l.qty, 0) AS qty_in,
       greatest(-l.qty, 0) AS qty_out, l.on_hand AS balance, coalesce(l.unit_cost, round(l.value / l.qty, 4)) AS unit_cost,
       s.type AS "source.type", s.uuid AS "source.uuid", s.number AS "source.number"
FROM stock_ledger l
LEFT JOIN warehouse w ON w.id = l.warehouse_id
LEFT JOIN stock_source s ON s.id = l.source_id
WHERE true

-- list: low_stock_list
-- sort: createdAt=i.created_at:timestamptz code=i.code_key:text name=i.name:text
-- search: i.search_text prefix i.code_key
-- filter: type = i.type = :type::text
-- id: i.id
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", i.type AS "item.type",
       s.on_hand, s.reserved, s.on_hand - s.reserved AS available, i.reorder_point, i.reorder_qty,
       greatest(i.reorder_point - (s.on_hand - s.reserved), i.reorder_qty) AS suggested_qty, 0 AS incoming_qty
FROM item i
LEFT JOIN LATERAL (SELECT coalesce(sum(b.on_hand), 0) AS on_hand, coalesce(sum(b.reserved), 0) AS reserved
                   FROM stock_balance b WHERE b.item_id = i.id) s ON true
WHERE i.is_low AND i.deleted_at IS NULL

-- name: stock_of_item
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", i.type AS "item.type",
       s.on_hand AS "totals.on_hand", s.reserved AS "totals.reserved", s.on_hand - s.reserved AS "totals.available",
       stock_average(s.value, s.on_hand) AS "totals.average_cost", s.value AS "totals.value"
FROM item i,
     LATERAL (SELECT coalesce(sum(b.on_hand), 0) AS on_hand, coalesce(sum(b.reserved), 0) AS reserved,
                     coalesce(sum(b.value), 0) AS value
              FROM stock_balance b WHERE b.item_id = i.id) s
WHERE i.uuid = :item_id::uuid AND i.deleted_at IS NULL;

-- name: stock_of_item_by_warehouse
SELECT w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", w.name AS "warehouse.name", b.on_hand, b.reserved,
       b.on_hand - b.reserved AS available, stock_average(b.value, b.on_hand) AS average_cost, b.value
FROM stock_balance b
JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.item_id = (SELECT id FROM item WHERE uuid = :item_id::uuid)
ORDER BY w.code_key;

-- name: stock_item_known
-- Deleted ones too: what they were moved by stays.
SELECT id FROM item WHERE uuid = :item_id::uuid;

-- name: stock_gate
-- Commands on stock share it, a batch of events has it alone: a batch locks items in the order of its events, so it
-- would cross commands that lock theirs by id.
SELECT pg_advisory_xact_lock_shared(hashtext('inventory.stock'));

-- name: stock_gate_alone
SELECT pg_advisory_xact_lock(hashtext('inventory.stock'));

-- name: stock_lock
-- An item's lock guards all that its stock is: balances, lines of reservations, is_low.
SELECT id FROM item WHERE uuid = ANY (:item_id::uuid[]) ORDER BY id FOR NO KEY UPDATE;

-- name: stock_load
-- In a statement of its own behind the lock: it sees what the lock's last holder left. A warehouse that does not exist
-- leaves its columns NULL.
SELECT i.uuid AS item, i.code, i.name, i.uom, i.standard_cost, i.deleted_at IS NOT NULL AS deleted, w.uuid AS warehouse,
       w.code AS warehouse_code, w.name AS warehouse_name, coalesce(b.on_hand, 0) AS on_hand, coalesce(b.reserved, 0) AS reserved,
       coalesce(b.value, 0) AS value, b.last_at
FROM item i
LEFT JOIN warehouse w ON w.uuid = ANY (:warehouse_id::uuid[])
LEFT JOIN stock_balance b ON b.item_id = i.id AND b.warehouse_id = w.id
WHERE i.uuid = ANY (:item_id::uuid[])
ORDER BY i.id, w.id;

-- name: stock_unknown
-- How many of the items, and of the warehouse, are not here.
SELECT (SELECT count(*) FROM unnest(:item_id::uuid[]) AS g (uuid) WHERE NOT EXISTS (SELECT FROM item i WHERE i.uuid = g.uuid))
       + (SELECT count(*) FROM unnest(ARRAY[:warehouse::uuid]) AS g (uuid)
          WHERE NOT EXISTS (SELECT FROM warehouse w WHERE w.uuid = g.uuid));

-- name: stock_source_known
-- Whether stock has moved for a document already.
SELECT count(*) FROM stock_source WHERE type = :type::text AND uuid = :uuid::uuid;

-- name: stock_source_add
INSERT INTO stock_source (type, uuid, number) VALUES (:type::text, :uuid::uuid, :number::text);

-- name: stock_source_missing
-- Which of the given documents no stock has moved for, in their order.
SELECT g.uuid
FROM unnest(:uuid::uuid[]) WITH ORDINALITY AS g (uuid, n)
WHERE NOT EXISTS (SELECT FROM stock_source s WHERE s.type = :type::text AND s.uuid = g.uuid)
ORDER BY g.n;

-- name: stock_append
-- The rows of a document, in their order, and the balances that they leave.
WITH given AS (
    SELECT i.id AS item_id, w.id AS warehouse_id, g.*
    FROM unnest(:item_id::uuid[], :warehouse_id::uuid[], :movement::text[], :line::integer[], :qty::numeric(15,3)[],
                :value::numeric(15,2)[], :unit_cost::numeric(15,4)[], :on_hand::numeric(15,3)[],
                :stock_value::numeric(15,2)[], :at::timestamptz[])
         WITH ORDINALITY AS g (item, warehouse, movement, line, qty, value, unit_cost, on_hand, stock_value, at, n)
    JOIN item i ON i.uuid = g.item
    JOIN warehouse w ON w.uuid = g.warehouse
), balance AS (
    INSERT INTO stock_balance AS b (item_id, warehouse_id, on_hand, value, last_at, created_at)
    SELECT DISTINCT ON (item_id, warehouse_id) item_id, warehouse_id, on_hand, stock_value, at, at
    FROM given
    ORDER BY item_id, warehouse_id, n DESC
    ON CONFLICT (item_id, warehouse_id) DO UPDATE
        SET on_hand = excluded.on_hand, value = excluded.value, last_at = excluded.last_at
)
INSERT INTO stock_ledger (at, item_id, warehouse_id, movement, qty, value, unit_cost, on_hand, stock_value, source_id,
                          source_line, created_by)
SELECT g.at, g.item_id, g.warehouse_id, g.movement, g.qty, g.value, g.unit_cost, g.on_hand, g.stock_value,
       (SELECT s.id FROM stock_source s WHERE s.type = :type::text AND s.uuid = :uuid::uuid), g.line, :created_by::text
FROM given g
ORDER BY g.n;

-- name: stock_watch
-- Keeps is_low of the given items; the rows are those that became low.
WITH level AS (
    SELECT i.id, coalesce(sum(b.on_hand - b.reserved), 0) AS available,
           i.is_active AND i.reorder_point > 0 AND coalesce(sum(b.on_hand - b.reserved), 0) <= i.reorder_point AS is_low
    FROM item i
    LEFT JOIN stock_balance b ON b.item_id = i.id
    WHERE i.uuid = ANY (:item_id::uuid[]) AND i.deleted_at IS NULL AND (i.reorder_point > 0 OR i.is_low)
    GROUP BY i.id
), changed AS (
    UPDATE item i SET is_low = l.is_low
    FROM level l
    WHERE i.id = l.id AND i.is_low <> l.is_low
    RETURNING i.*, l.available
)
SELECT uuid, code, name, uom, type, available, reorder_point, reorder_qty, lead_time_days, preferred_vendor_id
FROM changed
WHERE is_low
ORDER BY id;

-- name: stock_of_deleted
-- What keeps an item from being deleted.
SELECT coalesce((SELECT sum(on_hand) FROM stock_balance b WHERE b.item_id = i.id), 0) AS on_hand,
       coalesce((SELECT sum(reserved) FROM stock_balance b WHERE b.item_id = i.id), 0) AS reserved,
       EXISTS (SELECT FROM reservation_line l
               WHERE l.item_id = i.id AND l.queued_at IS NOT NULL AND l.allocated < l.qty) AS waited_for
FROM item i
WHERE i.uuid = :uuid::uuid;

-- name: integrity_rows
SELECT count(*) AS rows FROM stock_ledger;

-- name: integrity_differences
WITH ledger AS (
    SELECT item_id, warehouse_id, sum(qty) AS qty, sum(value) AS value FROM stock_ledger GROUP BY item_id, warehouse_id
), held AS (
    SELECT item_id, warehouse_id, sum(allocated - issued) AS qty
    FROM reservation_line
    WHERE allocated > issued
    GROUP BY item_id, warehouse_id
), figures AS (
    SELECT item_id, warehouse_id, coalesce(l.qty, 0) AS ledger_qty, coalesce(last.on_hand, 0) AS last_qty,
           coalesce(b.on_hand, 0) AS on_hand, coalesce(l.value, 0) AS ledger_value,
           coalesce(last.stock_value, 0) AS last_value, coalesce(b.value, 0) AS value,
           coalesce(h.qty, 0) AS reservations_qty, coalesce(b.reserved, 0) AS reserved
    FROM stock_balance b
    FULL JOIN ledger l USING (item_id, warehouse_id)
    FULL JOIN held h USING (item_id, warehouse_id)
    LEFT JOIN LATERAL (SELECT p.on_hand, p.stock_value FROM stock_ledger p
                       WHERE p.item_id = b.item_id AND p.warehouse_id = b.warehouse_id
                       ORDER BY p.at DESC, p.id DESC LIMIT 1) last ON true
)
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", w.uuid AS "warehouse.uuid",
       w.code AS "warehouse.code", w.name AS "warehouse.name", f.ledger_qty, f.last_qty, f.on_hand, f.ledger_value, f.last_value, f.value,
       f.reservations_qty, f.reserved
FROM figures f
JOIN item i ON i.id = f.item_id
JOIN warehouse w ON w.id = f.warehouse_id
WHERE f.ledger_qty <> f.on_hand OR f.last_qty <> f.on_hand OR f.ledger_value <> f.value OR f.last_value <> f.value
   OR f.reservations_qty <> f.reserved
ORDER BY f.item_id, f.warehouse_id
LIMIT 100;
