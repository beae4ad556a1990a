-- The stock: ledger, balances, reservations, and the documents that moved it.

-- check: the ledger adds up to the balances
SELECT i.code AS item, w.code AS warehouse, g.qty AS ledger, b.on_hand, g.value AS ledger_value, b.value
FROM (SELECT item_id, warehouse_id, sum(qty) AS qty, sum(value) AS value
      FROM inventory.stock_ledger
      GROUP BY item_id, warehouse_id) g
FULL JOIN inventory.stock_balance b USING (item_id, warehouse_id)
JOIN inventory.item i ON i.id = item_id
JOIN inventory.warehouse w ON w.id = warehouse_id
WHERE (g.qty, g.value) IS DISTINCT FROM (b.on_hand, b.value)

-- check: every movement leaves the balance that it says, in the order of time
SELECT i.code AS item, w.code AS warehouse, g.id AS row, g.at, g.qty, g.on_hand, g.running, g.stock_value, g.running_value
FROM (SELECT *, sum(qty) OVER moved AS running, sum(value) OVER moved AS running_value, lag(at) OVER moved AS before
      FROM inventory.stock_ledger
      WINDOW moved AS (PARTITION BY item_id, warehouse_id ORDER BY id)) g
JOIN inventory.item i ON i.id = g.item_id
JOIN inventory.warehouse w ON w.id = g.warehouse_id
WHERE g.on_hand <> g.running OR g.stock_value <> g.running_value OR g.at < g.before

-- check: what is reserved is the sum of what reservations hold
SELECT i.code AS item, w.code AS warehouse, b.reserved, l.held AS reservations
FROM inventory.stock_balance b
FULL JOIN (SELECT item_id, warehouse_id, sum(allocated - issued) AS held
           FROM inventory.reservation_line
           GROUP BY item_id, warehouse_id) l USING (item_id, warehouse_id)
JOIN inventory.item i ON i.id = item_id
JOIN inventory.warehouse w ON w.id = warehouse_id
WHERE coalesce(b.reserved, 0) <> coalesce(l.held, 0)

-- check: nothing is negative, nothing reserved that is not there
SELECT i.code AS item, w.code AS warehouse, b.on_hand, b.reserved, b.value
FROM inventory.stock_balance b
JOIN inventory.item i ON i.id = b.item_id
JOIN inventory.warehouse w ON w.id = b.warehouse_id
WHERE b.on_hand < 0 OR b.value < 0 OR b.reserved < 0 OR b.reserved > b.on_hand OR (b.on_hand = 0 AND b.value <> 0)

-- check: nobody waits for stock that is free
SELECT r.owner_number AS order, l.line, i.code AS item, w.code AS warehouse, l.qty - l.allocated AS waits_for,
       b.on_hand - b.reserved AS free
FROM inventory.reservation_line l
JOIN inventory.reservation r ON r.id = l.reservation_id
JOIN inventory.stock_balance b ON b.item_id = l.item_id AND b.warehouse_id = l.warehouse_id
JOIN inventory.item i ON i.id = l.item_id
JOIN inventory.warehouse w ON w.id = l.warehouse_id
WHERE l.queued_at IS NOT NULL AND l.allocated < l.qty AND b.on_hand > b.reserved

-- check: adjustments and transfers are in the ledger, and nothing else is
SELECT coalesce(d.number, g.number) AS document, coalesce(d.type, g.type) AS type, g.line, g.rows, g.qty, g.value
FROM (SELECT 'adjustment' AS type, uuid, number, warehouse_id AS from_id, warehouse_id AS to_id FROM inventory.adjustment
      UNION ALL
      SELECT 'transfer', uuid, number, from_warehouse_id, to_warehouse_id FROM inventory.transfer) d
FULL JOIN (SELECT s.type, s.uuid, s.number, g.source_line AS line, count(*) AS rows, sum(g.qty) AS qty, sum(g.value) AS value,
                  min(g.warehouse_id) FILTER (WHERE g.movement IN ('adjustment', 'transfer_out')) AS from_id,
                  min(g.warehouse_id) FILTER (WHERE g.movement IN ('adjustment', 'transfer_in')) AS to_id
           FROM inventory.stock_source s
           LEFT JOIN inventory.stock_ledger g ON g.source_id = s.id
           WHERE s.type IN ('adjustment', 'transfer')
           GROUP BY s.type, s.uuid, s.number, g.source_line) g USING (type, uuid)
WHERE (d.number, d.from_id, d.to_id) IS DISTINCT FROM (g.number, g.from_id, g.to_id)
   OR CASE g.type WHEN 'adjustment' THEN g.rows <> 1 ELSE g.rows <> 2 OR g.qty <> 0 OR g.value <> 0 END

-- check: what runs low is marked so, and nothing else is
SELECT i.code AS item, i.is_low, s.available, i.reorder_point
FROM inventory.item i,
     LATERAL (SELECT coalesce(sum(on_hand - reserved), 0) AS available FROM inventory.stock_balance WHERE item_id = i.id) s
WHERE i.deleted_at IS NULL AND i.is_low <> (i.is_active AND i.reorder_point > 0 AND s.available <= i.reorder_point)
