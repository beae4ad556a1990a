-- Sales orders and deliveries of sales, beside the reservations and the ledger of inventory.

-- check: open orders have their reservations, line by line
SELECT coalesce(o.number, r.number) AS order, line, o.item AS ordered_item, r.item AS reserved_item, o.qty AS ordered,
       r.qty AS wanted, o.allocated_qty AS allocated_in_sales, r.allocated AS allocated_in_inventory,
       o.shipped_qty AS shipped, r.issued
FROM (SELECT s.uuid, s.number, s.warehouse_id AS warehouse, l.line, l.item_id AS item, l.qty, l.allocated_qty, l.shipped_qty
      FROM sales.sales_order s
      JOIN sales.sales_order_line l ON l.order_id = s.id
      WHERE s.status IN ('approved', 'partially_delivered')) o
FULL JOIN (SELECT r.owner_uuid AS uuid, r.owner_number AS number, r.is_closed, w.uuid AS warehouse, l.line, i.uuid AS item,
                  l.qty, l.allocated, l.issued
           FROM inventory.reservation r
           JOIN inventory.reservation_line l ON l.reservation_id = r.id
           JOIN inventory.warehouse w ON w.id = l.warehouse_id
           JOIN inventory.item i ON i.id = l.item_id
           JOIN sales.sales_order s ON s.uuid = r.owner_uuid AND s.status IN ('approved', 'partially_delivered')
           WHERE r.owner_type = 'sales_order') r USING (uuid, line)
WHERE (o.number, o.warehouse, o.item, o.qty, o.allocated_qty, o.shipped_qty, false)
      IS DISTINCT FROM (r.number, r.warehouse, r.item, r.qty, r.allocated, r.issued, r.is_closed)

-- check: nothing is set aside for other orders
SELECT r.owner_number AS order, o.status, l.line, l.allocated, l.issued, s.allocated_qty AS allocated_in_sales,
       s.shipped_qty AS shipped, l.queued_at
FROM inventory.reservation r
JOIN inventory.reservation_line l ON l.reservation_id = r.id
LEFT JOIN sales.sales_order o ON o.uuid = r.owner_uuid
LEFT JOIN sales.sales_order_line s ON s.order_id = o.id AND s.line = l.line
WHERE r.owner_type = 'sales_order' AND coalesce(o.status, 'unknown') NOT IN ('approved', 'partially_delivered')
  AND (coalesce(o.status, 'unknown') NOT IN ('delivered', 'closed', 'cancelled')
       OR l.allocated <> l.issued OR (l.queued_at IS NOT NULL AND l.allocated < l.qty)
       OR (l.allocated, l.issued) IS DISTINCT FROM (s.allocated_qty, s.shipped_qty))

-- check: every shipped delivery is in the ledger once, and nothing else is
SELECT coalesce(d.number, g.number) AS delivery, d.status, line, d.item AS shipped_item, g.item AS issued_item,
       d.qty AS shipped, g.qty AS issued, g.rows
FROM (SELECT d.uuid, d.number, d.status, o.warehouse_id AS warehouse, l.line, l.item_id AS item, l.qty
      FROM sales.delivery_order d
      JOIN sales.sales_order o ON o.id = d.sales_order_id
      JOIN sales.delivery_order_line l ON l.delivery_id = d.id
      WHERE d.status IN ('shipped', 'delivered')) d
FULL JOIN (SELECT s.uuid, s.number, g.source_line AS line, min(w.uuid::text)::uuid AS warehouse, min(i.uuid::text)::uuid AS item,
                  -sum(g.qty) AS qty, count(*) AS rows, bool_and(g.movement = 'issue') AS issues
           FROM inventory.stock_ledger g
           JOIN inventory.stock_source s ON s.id = g.source_id
           JOIN inventory.warehouse w ON w.id = g.warehouse_id
           JOIN inventory.item i ON i.id = g.item_id
           WHERE s.type = 'delivery_order'
           GROUP BY s.uuid, s.number, g.source_line) g USING (uuid, line)
WHERE (d.number, d.warehouse, d.item, d.qty, 1, true) IS DISTINCT FROM (g.number, g.warehouse, g.item, g.qty, g.rows, g.issues)

-- check: quantities of orders follow from their deliveries
SELECT o.number AS order, o.status, i.code AS item, l.allocated, l.shipped, d.shipped AS on_shipped_deliveries, l.delivered,
       d.delivered AS on_delivered_deliveries, d.taken AS on_all_deliveries
FROM (SELECT order_id, item_id, sum(allocated_qty) AS allocated, sum(shipped_qty) AS shipped, sum(delivered_qty) AS delivered
      FROM sales.sales_order_line
      GROUP BY order_id, item_id) l
FULL JOIN (SELECT d.sales_order_id AS order_id, l.item_id, sum(l.qty) AS taken,
                  coalesce(sum(l.qty) FILTER (WHERE d.status IN ('shipped', 'delivered')), 0) AS shipped,
                  coalesce(sum(l.qty) FILTER (WHERE d.status = 'delivered'), 0) AS delivered
           FROM sales.delivery_order d
           JOIN sales.delivery_order_line l ON l.delivery_id = d.id
           WHERE d.status <> 'cancelled'
           GROUP BY d.sales_order_id, l.item_id) d USING (order_id, item_id)
JOIN sales.sales_order o ON o.id = order_id
JOIN sales.item_copy i ON i.uuid = item_id
WHERE (l.shipped, l.delivered) IS DISTINCT FROM (coalesce(d.shipped, 0), coalesce(d.delivered, 0))
   OR (d.taken > l.allocated AND o.status IN ('approved', 'partially_delivered'))

-- check: states of orders follow from their quantities and their history
SELECT o.number AS order, o.status, h.to_status AS history, l.qty AS ordered, l.allocated, l.shipped, l.delivered, d.drafts
FROM sales.sales_order o
LEFT JOIN LATERAL (SELECT sum(qty) AS qty, sum(allocated_qty) AS allocated, sum(shipped_qty) AS shipped, sum(delivered_qty) AS delivered,
                     bool_and(delivered_qty = qty) AS complete
              FROM sales.sales_order_line
              WHERE order_id = o.id) l ON true
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'draft') AS drafts FROM sales.delivery_order WHERE sales_order_id = o.id) d ON true
LEFT JOIN LATERAL (SELECT to_status FROM sales.sales_order_history WHERE order_id = o.id ORDER BY id DESC LIMIT 1) h ON true
WHERE h.to_status IS DISTINCT FROM o.status
   OR CASE o.status
          WHEN 'approved' THEN l.delivered <> 0
          WHEN 'partially_delivered' THEN l.delivered = 0 OR l.complete
          WHEN 'delivered' THEN NOT l.complete
          WHEN 'closed' THEN l.delivered = 0
          ELSE l.shipped <> 0
      END IS NOT FALSE
   OR (o.status NOT IN ('approved', 'partially_delivered') AND d.drafts > 0)
   OR (o.status IN ('draft', 'pending_approval', 'rejected', 'cancelled') AND l.allocated <> 0)

-- check: sales knows the items as they are
SELECT uuid AS item, i.code, i.version, c.code AS code_in_sales, c.version AS version_in_sales
FROM inventory.item i
FULL JOIN sales.item_copy c USING (uuid)
WHERE (i.code, i.name, i.uom, i.price, i.is_active, i.deleted_at IS NOT NULL, i.version)
      IS DISTINCT FROM (c.code, c.name, c.uom, c.price, c.is_active, c.deleted, c.version)

-- check: sales knows the warehouses as they are
SELECT uuid AS warehouse, w.code, w.version, c.code AS code_in_sales, c.version AS version_in_sales
FROM inventory.warehouse w
FULL JOIN sales.warehouse_copy c USING (uuid)
WHERE (w.code, w.name, w.version) IS DISTINCT FROM (c.code, c.name, c.version)
