-- Delivery orders.

-- list: do_list
-- sort: createdAt=d.created_at:timestamptz doNumber=d.number_key:bigint
-- search: d.search_text prefix lower(d.number)
-- related: d.customer_id = SELECT f.id FROM customer f WHERE f.search_text ILIKE :text::text AND f.name ILIKE :text::text
-- filter: status = d.status = :status::text
-- filter: sales_order_id = d.sales_order_id = (SELECT f.id FROM sales_order f WHERE f.uuid = :sales_order_id::uuid)
-- filter: from = d.created_on >= :from::date
-- filter: to = d.created_on <= :to::date
-- id: d.id
-- count: FROM delivery_order d WHERE true
SELECT d.uuid, d.number AS do_number, o.uuid AS "sales_order.uuid", o.number AS "sales_order.so_number",
       c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name", w.uuid AS "warehouse.uuid",
       w.code AS "warehouse.code", w.name AS "warehouse.name", d.status, d.carrier, d.tracking_no, d.shipped_at, d.delivered_at, d.received_by,
       d.notes, d.created_by, d.created_at, d.updated_at, d.version
FROM delivery_order d
JOIN sales_order o ON o.id = d.sales_order_id
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE true

-- name: do_header
SELECT d.uuid, d.number AS do_number, o.uuid AS "sales_order.uuid", o.number AS "sales_order.so_number",
       c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name", w.uuid AS "warehouse.uuid",
       w.code AS "warehouse.code", w.name AS "warehouse.name", d.status, d.carrier, d.tracking_no, d.shipped_at, d.delivered_at, d.received_by,
       d.notes, d.created_by, d.created_at, d.updated_at, d.version
FROM delivery_order d
JOIN sales_order o ON o.id = d.sales_order_id
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE d.uuid = :uuid::uuid;

-- name: do_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty
FROM delivery_order_line l
JOIN item_copy i ON i.uuid = l.item_id
WHERE l.delivery_id = (SELECT id FROM delivery_order WHERE uuid = :uuid::uuid)
ORDER BY l.line;

-- name: do_order
SELECT o.uuid
FROM delivery_order d
JOIN sales_order o ON o.id = d.sales_order_id
WHERE d.uuid = :uuid::uuid;

-- name: do_items
-- Per item of the order, in its order: what inventory has set aside so far, and what is on deliveries already.
SELECT i.uuid, i.code, i.name, i.uom, ordered.allocated_qty AS allocated, coalesce(taken.qty, 0) AS taken
FROM (SELECT l.item_id, sum(l.allocated_qty) AS allocated_qty, min(l.line) AS line
      FROM sales_order_line l
      WHERE l.order_id = (SELECT id FROM sales_order WHERE uuid = :uuid::uuid)
      GROUP BY l.item_id) ordered
JOIN item_copy i ON i.uuid = ordered.item_id
LEFT JOIN (SELECT l.item_id, sum(l.qty) AS qty
           FROM delivery_order d
           JOIN delivery_order_line l ON l.delivery_id = d.id
           WHERE d.sales_order_id = (SELECT id FROM sales_order WHERE uuid = :uuid::uuid) AND d.status <> 'cancelled'
           GROUP BY l.item_id) taken ON taken.item_id = ordered.item_id
ORDER BY ordered.line;

-- name: do_warehouse
-- Its name too, which the order does not show.
SELECT uuid, code, name
FROM warehouse_copy
WHERE uuid = (SELECT warehouse_id FROM sales_order WHERE uuid = :uuid::uuid);

-- name: do_insert
-- The number is counted in the statement that uses it: its lock is held from here to COMMIT, so this comes after all
-- that may fail.
WITH counted AS (
    INSERT INTO document_counter (series, month, last) VALUES ('DO', :month::integer, 1)
    ON CONFLICT (series, month) DO UPDATE SET last = document_counter.last + 1
    RETURNING last
)
INSERT INTO delivery_order (uuid, number_month, number_counter, sales_order_id, customer_id, status, notes, search_text,
                            created_on, created_by, created_at, updated_at, version)
SELECT :uuid::uuid, :month::integer, counted.last, o.id, o.customer_id, :status::text, :notes::text,
       document_number('DO', :month::integer, counted.last) || E'\n' || o.number,
       :created_on::date, :created_by::text, :created_at::timestamptz, :updated_at::timestamptz, :version::bigint
FROM counted, sales_order o
WHERE o.uuid = :sales_order.uuid::uuid
RETURNING number AS do_number;

-- name: do_insert_lines
INSERT INTO delivery_order_line (delivery_id, line, item_id, qty)
SELECT d.id, given.line, given.item_id, given.qty
FROM delivery_order d, unnest(:item.uuid::uuid[], :qty::numeric(15,3)[]) WITH ORDINALITY AS given (item_id, qty, line)
WHERE d.uuid = :uuid::uuid;

-- name: do_save
UPDATE delivery_order
SET status = :status::text, carrier = :carrier::text, tracking_no = :tracking_no::text,
    shipped_at = :shipped_at::timestamptz, delivered_at = :delivered_at::timestamptz, received_by = :received_by::text,
    updated_at = :updated_at::timestamptz, version = :version::bigint
WHERE uuid = :uuid::uuid;

-- name: do_drafts
SELECT d.uuid, d.number AS do_number, o.uuid AS "sales_order.uuid", o.number AS "sales_order.so_number",
       c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name", w.uuid AS "warehouse.uuid",
       w.code AS "warehouse.code", w.name AS "warehouse.name", d.status, d.carrier, d.tracking_no, d.shipped_at, d.delivered_at, d.received_by,
       d.notes, d.created_by, d.created_at, d.updated_at, d.version
FROM sales_order o
JOIN delivery_order d ON d.sales_order_id = o.id
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE o.uuid = :uuid::uuid AND d.status = 'draft'
ORDER BY d.id;

-- name: do_draft_counts
-- How many of the next query's rows belong to each draft.
SELECT (SELECT count(*) FROM delivery_order_line l WHERE l.delivery_id = d.id) AS lines
FROM sales_order o
JOIN delivery_order d ON d.sales_order_id = o.id
WHERE o.uuid = :uuid::uuid AND d.status = 'draft'
ORDER BY d.id;

-- name: do_draft_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty
FROM sales_order o
JOIN delivery_order d ON d.sales_order_id = o.id
JOIN delivery_order_line l ON l.delivery_id = d.id
JOIN item_copy i ON i.uuid = l.item_id
WHERE o.uuid = :uuid::uuid AND d.status = 'draft'
ORDER BY d.id, l.line;

-- name: do_export_end
-- A page holds up to 100 deliveries, as many as half a MiB does, and always one. The sizes are rather too large.
SELECT max(id) AS last_id
FROM (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS upto
      FROM (SELECT d.id, 1700 + octet_length(concat(d.notes, d.carrier, d.tracking_no, d.received_by, d.created_by, c.name))
                   + (SELECT coalesce(sum(200 + octet_length(i.name) + octet_length(i.uom)), 0)
                      FROM delivery_order_line l
                      JOIN item_copy i ON i.uuid = l.item_id
                      WHERE l.delivery_id = d.id) AS bytes
            FROM delivery_order d
            JOIN sales_order o ON o.id = d.sales_order_id
            JOIN customer c ON c.id = o.customer_id
            WHERE d.id > :after_id::bigint
            ORDER BY d.id
            LIMIT 100) deliveries) page
WHERE upto <= 524288 OR upto = bytes;

-- name: do_export
SELECT d.uuid, d.number AS do_number, o.uuid AS "sales_order.uuid", o.number AS "sales_order.so_number",
       c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name", w.uuid AS "warehouse.uuid",
       w.code AS "warehouse.code", w.name AS "warehouse.name", d.status, d.carrier, d.tracking_no, d.shipped_at, d.delivered_at, d.received_by,
       d.notes, d.created_by, d.created_at, d.updated_at, d.version
FROM delivery_order d
JOIN sales_order o ON o.id = d.sales_order_id
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE d.id > :after_id::bigint AND d.id <= :last_id::bigint
ORDER BY d.id;

-- name: do_export_counts
SELECT (SELECT count(*) FROM delivery_order_line l WHERE l.delivery_id = d.id) AS lines
FROM delivery_order d
WHERE d.id > :after_id::bigint AND d.id <= :last_id::bigint
ORDER BY d.id;

-- name: do_export_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty
FROM delivery_order_line l
JOIN item_copy i ON i.uuid = l.item_id
WHERE l.delivery_id > :after_id::bigint AND l.delivery_id <= :last_id::bigint
ORDER BY l.delivery_id, l.line;
