-- Adjustments. Their lines are rows of the ledger.

-- list: adjustment_list
-- sort: createdAt=a.created_at:timestamptz number=a.number_key:bigint
-- search: a.search_text prefix lower(a.number)
-- filter: warehouse_id = a.warehouse_id = (SELECT f.id FROM warehouse f WHERE f.uuid = :warehouse_id::uuid)
-- filter: from = a.created_at >= :from::timestamptz
-- filter: to = a.created_at < :to::timestamptz
-- id: a.id
SELECT a.uuid, a.number, w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", w.name AS "warehouse.name", a.reason, a.notes, a.created_by,
       a.created_at, 1 AS version
FROM adjustment a
LEFT JOIN warehouse w ON w.id = a.warehouse_id
WHERE true

-- name: adjustment_header
SELECT a.uuid, a.number, w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", w.name AS "warehouse.name", a.reason, a.notes, a.created_by,
       a.created_at, 1 AS version
FROM adjustment a
JOIN warehouse w ON w.id = a.warehouse_id
WHERE a.uuid = :uuid::uuid;

-- name: adjustment_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty,
       coalesce(l.unit_cost, round(l.value / l.qty, 4)) AS unit_cost, l.value
FROM stock_ledger l
JOIN item i ON i.id = l.item_id
WHERE l.source_id = (SELECT id FROM stock_source WHERE type = 'adjustment' AND uuid = :uuid::uuid)
ORDER BY l.source_line;

-- name: adjustment_insert
-- The number is counted in the statement that uses it, behind every lock that may be waited for long.
WITH counted AS (
    INSERT INTO document_counter (series, month, last) VALUES ('ADJ', :month::integer, 1)
    ON CONFLICT (series, month) DO UPDATE SET last = document_counter.last + 1
    RETURNING last
), made AS (
    INSERT INTO adjustment (uuid, number_month, number_counter, warehouse_id, reason, notes, created_by, created_at)
    SELECT :uuid::uuid, :month::integer, counted.last, w.id, :reason::text, :notes::text, :created_by::text,
           :created_at::timestamptz
    FROM counted, warehouse w
    WHERE w.uuid = :warehouse.uuid::uuid
    RETURNING uuid, number
)
INSERT INTO stock_source (type, uuid, number)
SELECT 'adjustment', uuid, number FROM made
RETURNING number;
