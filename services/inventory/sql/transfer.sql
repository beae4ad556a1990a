-- Transfers. Their lines are pairs of rows of the ledger.

-- list: transfer_list
-- sort: createdAt=t.created_at:timestamptz number=t.number_key:bigint
-- search: t.search_text prefix lower(t.number)
-- filter: from_warehouse_id = t.from_warehouse_id = (SELECT f.id FROM warehouse f WHERE f.uuid = :from_warehouse_id::uuid)
-- filter: to_warehouse_id = t.to_warehouse_id = (SELECT f.id FROM warehouse f WHERE f.uuid = :to_warehouse_id::uuid)
-- filter: from = t.created_at >= :from::timestamptz
-- filter: to = t.created_at < :to::timestamptz
-- id: t.id
SELECT t.uuid, t.number, f.uuid AS "from_warehouse.uuid", f.code AS "from_warehouse.code", f.name AS "from_warehouse.name", w.uuid AS "to_warehouse.uuid",
       w.code AS "to_warehouse.code", w.name AS "to_warehouse.name", t.notes, t.created_by, t.created_at, 1 AS version
FROM transfer t
LEFT JOIN warehouse f ON f.id = t.from_warehouse_id
LEFT JOIN warehouse w ON w.id = t.to_warehouse_id
WHERE true

-- name: transfer_header
SELECT t.uuid, t.number, f.uuid AS "from_warehouse.uuid", f.code AS "from_warehouse.code", f.name AS "from_warehouse.name", w.uuid AS "to_warehouse.uuid",
       w.code AS "to_warehouse.code", w.name AS "to_warehouse.name", t.notes, t.created_by, t.created_at, 1 AS version
FROM transfer t
JOIN warehouse f ON f.id = t.from_warehouse_id
JOIN warehouse w ON w.id = t.to_warehouse_id
WHERE t.uuid = :uuid::uuid;

-- name: transfer_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty,
       round(l.value / l.qty, 4) AS unit_cost, l.value
FROM stock_ledger l
JOIN item i ON i.id = l.item_id
WHERE l.source_id = (SELECT id FROM stock_source WHERE type = 'transfer' AND uuid = :uuid::uuid) AND l.movement = 'transfer_in'
ORDER BY l.source_line;

-- name: transfer_insert
-- The number is counted in the statement that uses it, behind every lock that may be waited for long.
WITH counted AS (
    INSERT INTO document_counter (series, month, last) VALUES ('TRF', :month::integer, 1)
    ON CONFLICT (series, month) DO UPDATE SET last = document_counter.last + 1
    RETURNING last
), made AS (
    INSERT INTO transfer (uuid, number_month, number_counter, from_warehouse_id, to_warehouse_id, notes, created_by,
                          created_at)
    SELECT :uuid::uuid, :month::integer, counted.last, f.id, w.id, :notes::text, :created_by::text, :created_at::timestamptz
    FROM counted, warehouse f, warehouse w
    WHERE f.uuid = :from_warehouse.uuid::uuid AND w.uuid = :to_warehouse.uuid::uuid
    RETURNING uuid, number
)
INSERT INTO stock_source (type, uuid, number)
SELECT 'transfer', uuid, number FROM made
RETURNING number;
