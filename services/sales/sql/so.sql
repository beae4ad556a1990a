-- Sales orders. allowed_actions bring what decides about them besides the status; so_document.c puts the actions in
-- their place. Deliverable: of what inventory has allocated, something is on no delivery.

-- list: so_list
-- sort: createdAt=o.created_at:timestamptz orderDate=o.order_date:date soNumber=o.number_key:bigint total=o.total:numeric
-- search: o.search_text prefix lower(o.number)
-- related: o.customer_id = SELECT f.id FROM customer f WHERE f.search_text ILIKE :text::text AND f.name ILIKE :text::text
-- filter: status = o.status = :status::text
-- filter: customer_id = o.customer_id = (SELECT f.id FROM customer f WHERE f.uuid = :customer_id::uuid)
-- filter: from = o.order_date >= :from::date
-- filter: to = o.order_date <= :to::date
-- id: o.id
-- count: FROM sales_order o WHERE true
SELECT o.uuid, o.number AS so_number, c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name",
       w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", o.order_date, o.delivery_date, o.customer_po, o.status,
       o.subtotal, o.discount_amount, o.tax_rate, o.tax_amount, o.total, o.notes, o.created_by, o.created_at,
       o.updated_at, o.version,
       (SELECT array_remove(ARRAY[CASE WHEN bool_or(l.shipped_qty > 0) THEN 'some_shipped' END,
                                  CASE WHEN coalesce(sum(l.allocated_qty), 0) > 0
                                        AND sum(l.allocated_qty) > (SELECT coalesce(sum(t.qty), 0)
                                                                    FROM delivery_order d
                                                                    JOIN delivery_order_line t ON t.delivery_id = d.id
                                                                    WHERE d.sales_order_id = o.id AND d.status <> 'cancelled')
                                       THEN 'deliverable' END], NULL)
        FROM sales_order_line l
        WHERE l.order_id = o.id AND o.status IN ('approved', 'partially_delivered')) AS allowed_actions
FROM sales_order o
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE true

-- name: so_header
SELECT o.uuid, o.number AS so_number, c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name",
       w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", o.order_date, o.delivery_date, o.customer_po, o.status,
       o.subtotal, o.discount_amount, o.tax_rate, o.tax_amount, o.total, o.notes, o.created_by, o.created_at,
       o.updated_at, o.version,
       CASE WHEN o.status IN ('approved', 'partially_delivered')
                 AND (SELECT sum(l.allocated_qty) FROM sales_order_line l WHERE l.order_id = o.id)
                 > (SELECT coalesce(sum(t.qty), 0)
                    FROM delivery_order d
                    JOIN delivery_order_line t ON t.delivery_id = d.id
                    WHERE d.sales_order_id = o.id AND d.status <> 'cancelled')
            THEN ARRAY['deliverable'] END AS allowed_actions
FROM sales_order o
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE o.uuid = :uuid::uuid;

-- name: so_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty, l.price,
       l.discount_pct, l.line_total, so_reserved_qty(o.status, l.allocated_qty, l.shipped_qty) AS reserved_qty,
       l.shipped_qty, l.delivered_qty
FROM sales_order o
JOIN sales_order_line l ON l.order_id = o.id
JOIN item_copy i ON i.uuid = l.item_id
WHERE o.uuid = :uuid::uuid
ORDER BY l.line;

-- name: so_history
SELECT h.at, h.by, h.from_status AS "from", h.to_status AS "to", h.note
FROM sales_order_history h
WHERE h.order_id = (SELECT id FROM sales_order WHERE uuid = :uuid::uuid)
ORDER BY h.id;

-- name: so_deliveries
SELECT d.uuid, d.number AS do_number, d.status
FROM delivery_order d
WHERE d.sales_order_id = (SELECT id FROM sales_order WHERE uuid = :uuid::uuid)
ORDER BY d.id;

-- name: so_lock
-- A statement of its own: what is read behind it is what the lock waited for.
SELECT id
FROM sales_order
WHERE uuid = :uuid::uuid
FOR NO KEY UPDATE;

-- name: so_lock_customer
-- Approvals of one customer follow each other; new orders do not wait.
SELECT credit_limit IS NOT NULL AS limited, credit_limit
FROM customer
WHERE id = (SELECT customer_id FROM sales_order WHERE uuid = :uuid::uuid)
FOR NO KEY UPDATE;

-- name: so_credit_used
SELECT least(coalesce(sum(total), 0), 9999999999999999.99) AS used
FROM sales_order
WHERE customer_id = (SELECT customer_id FROM sales_order WHERE uuid = :uuid::uuid)
  AND status IN ('approved', 'partially_delivered');

-- name: so_customer
-- Holds the customer against deletion until the order stands.
SELECT id, uuid, code, name, is_active
FROM customer
WHERE uuid = :customer_id::uuid AND deleted_at IS NULL
FOR KEY SHARE;

-- name: so_warehouse
SELECT uuid, code
FROM warehouse_copy
WHERE uuid = :warehouse_id::uuid;

-- name: so_items
-- One row per given line, in its order; columns are NULL where there is no such item.
SELECT i.uuid, i.code, i.name, i.uom, i.price, i.is_active
FROM unnest(:item_id::uuid[]) WITH ORDINALITY AS given (uuid, line)
LEFT JOIN item_copy i ON i.uuid = given.uuid AND NOT i.deleted
ORDER BY given.line;

-- name: so_insert
-- The number is counted in the statement that uses it: its lock is held from here to COMMIT, so this comes after all
-- that may fail.
WITH counted AS (
    INSERT INTO document_counter (series, month, last) VALUES ('SO', :month::integer, 1)
    ON CONFLICT (series, month) DO UPDATE SET last = document_counter.last + 1
    RETURNING last
)
INSERT INTO sales_order (uuid, number_month, number_counter, customer_id, warehouse_id, order_date, delivery_date,
                         customer_po, status, subtotal, discount_amount, tax_rate, tax_amount, total, notes,
                         created_by, created_at, updated_at, version)
SELECT :uuid::uuid, :month::integer, counted.last, :customer::bigint, :warehouse.uuid::uuid, :order_date::date,
       :delivery_date::date, :customer_po::text, :status::text, :subtotal::numeric(15,2),
       :discount_amount::numeric(15,2), :tax_rate::numeric(5,2), :tax_amount::numeric(15,2), :total::numeric(15,2),
       :notes::text, :created_by::text, :created_at::timestamptz, :updated_at::timestamptz, :version::bigint
FROM counted
RETURNING number AS so_number;

-- name: so_insert_lines
INSERT INTO sales_order_line (order_id, line, item_id, qty, price, discount_pct, line_total)
SELECT o.id, given.line, given.item_id, given.qty, given.price, given.discount_pct, given.line_total
FROM sales_order o,
     unnest(:item.uuid::uuid[], :qty::numeric(15,3)[], :price::numeric(15,2)[], :discount_pct::numeric(5,2)[],
            :line_total::numeric(15,2)[])
     WITH ORDINALITY AS given (item_id, qty, price, discount_pct, line_total, line)
WHERE o.uuid = :uuid::uuid;

-- name: so_insert_history
INSERT INTO sales_order_history (order_id, at, by, from_status, to_status, note)
SELECT id, :at::timestamptz, :by::text, :from::text, :to::text, :note::text
FROM sales_order
WHERE uuid = :uuid::uuid;

-- name: so_save
UPDATE sales_order
SET customer_id = (SELECT id FROM customer WHERE uuid = :customer.uuid::uuid), warehouse_id = :warehouse.uuid::uuid,
    order_date = :order_date::date, delivery_date = :delivery_date::date, customer_po = :customer_po::text,
    subtotal = :subtotal::numeric(15,2), discount_amount = :discount_amount::numeric(15,2),
    tax_amount = :tax_amount::numeric(15,2), total = :total::numeric(15,2), notes = :notes::text,
    status = :status::text, updated_at = :updated_at::timestamptz, version = :version::bigint
WHERE uuid = :uuid::uuid;

-- name: so_save_status
UPDATE sales_order
SET status = :status::text, updated_at = :updated_at::timestamptz, version = :version::bigint
WHERE uuid = :uuid::uuid;

-- name: so_delete_lines
DELETE FROM sales_order_line
WHERE order_id = (SELECT id FROM sales_order WHERE uuid = :uuid::uuid);

-- name: so_save_quantities
-- What was shipped and delivered, of every line in its order.
UPDATE sales_order_line l
SET shipped_qty = given.shipped_qty, delivered_qty = given.delivered_qty
FROM sales_order o,
     unnest(:shipped_qty::numeric(15,3)[], :delivered_qty::numeric(15,3)[])
     WITH ORDINALITY AS given (shipped_qty, delivered_qty, line)
WHERE o.uuid = :uuid::uuid AND l.order_id = o.id AND l.line = given.line
  AND (l.shipped_qty, l.delivered_qty) <> (given.shipped_qty, given.delivered_qty);

-- name: so_save_allocation
-- Inventory's figures, where they are newer than what is here.
UPDATE sales_order_line l
SET allocated_qty = given.allocated_qty, reservation_version = :version::bigint
FROM sales_order o,
     unnest(:line::integer[], :item_id::uuid[], :allocated_qty::numeric(15,3)[]) AS given (line, item_id, allocated_qty)
WHERE o.uuid = :uuid::uuid AND l.order_id = o.id AND l.line = given.line AND l.item_id = given.item_id
  AND l.reservation_version < :version::bigint;

-- name: so_export_end
-- A page holds up to 100 orders, as many as half a MiB does, and always one. The sizes are rather too large.
SELECT max(id) AS last_id
FROM (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS upto
      FROM (SELECT o.id, 600 + octet_length(concat(o.notes, o.customer_po, o.created_by, c.name))
                   + (SELECT coalesce(sum(200 + octet_length(i.name) + octet_length(i.uom)), 0)
                      FROM sales_order_line l
                      JOIN item_copy i ON i.uuid = l.item_id
                      WHERE l.order_id = o.id)
                   + (SELECT coalesce(sum(bytes), 0)
                      FROM (SELECT 150 + max(octet_length(concat(h.by, h.note))) AS bytes
                            FROM sales_order_history h
                            WHERE h.order_id = o.id
                            GROUP BY h.to_status) history)
                   + (SELECT 100 * count(*) FROM delivery_order d WHERE d.sales_order_id = o.id) AS bytes
            FROM sales_order o
            JOIN customer c ON c.id = o.customer_id
            WHERE o.id > :after_id::bigint
            ORDER BY o.id
            LIMIT 100) orders) page
WHERE upto <= 524288 OR upto = bytes;

-- name: so_export
SELECT o.uuid, o.number AS so_number, c.uuid AS "customer.uuid", c.code AS "customer.code", c.name AS "customer.name",
       w.uuid AS "warehouse.uuid", w.code AS "warehouse.code", o.order_date, o.delivery_date, o.customer_po, o.status,
       o.subtotal, o.discount_amount, o.tax_rate, o.tax_amount, o.total, o.notes, o.created_by, o.created_at,
       o.updated_at, o.version
FROM sales_order o
JOIN customer c ON c.id = o.customer_id
JOIN warehouse_copy w ON w.uuid = o.warehouse_id
WHERE o.id > :after_id::bigint AND o.id <= :last_id::bigint
ORDER BY o.id;

-- name: so_export_counts
-- How many of the next three queries' rows belong to each order.
SELECT (SELECT count(*) FROM sales_order_line l WHERE l.order_id = o.id) AS lines,
       (SELECT count(DISTINCT h.to_status) FROM sales_order_history h WHERE h.order_id = o.id) AS history,
       (SELECT count(*) FROM delivery_order d WHERE d.sales_order_id = o.id) AS deliveries
FROM sales_order o
WHERE o.id > :after_id::bigint AND o.id <= :last_id::bigint
ORDER BY o.id;

-- name: so_export_lines
SELECT i.uuid AS "item.uuid", i.code AS "item.code", i.name AS "item.name", i.uom AS "item.uom", l.qty, l.price,
       l.discount_pct, l.line_total, so_reserved_qty(o.status, l.allocated_qty, l.shipped_qty) AS reserved_qty,
       l.shipped_qty, l.delivered_qty
FROM sales_order o
JOIN sales_order_line l ON l.order_id = o.id
JOIN item_copy i ON i.uuid = l.item_id
WHERE o.id > :after_id::bigint AND o.id <= :last_id::bigint
ORDER BY o.id, l.line;

-- name: so_export_history
-- As in events: the newest entry of each status.
SELECT at, by, from_status AS "from", to_status AS "to", note
FROM (SELECT DISTINCT ON (h.order_id, h.to_status) h.*
      FROM sales_order_history h
      WHERE h.order_id > :after_id::bigint AND h.order_id <= :last_id::bigint
      ORDER BY h.order_id, h.to_status, h.id DESC) newest
ORDER BY order_id, id;

-- name: so_export_deliveries
SELECT d.uuid, d.number AS do_number, d.status
FROM delivery_order d
WHERE d.sales_order_id > :after_id::bigint AND d.sales_order_id <= :last_id::bigint
ORDER BY d.sales_order_id, d.id;
