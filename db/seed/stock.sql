-- Demo data of the stock: what was there at first, what was made each month for the deliveries of that month, and what
-- left with them. Every unit at its item's standard cost, so that values are exact. Run by demo.sql, behind sales.sql.
-- Not the reservations of open orders: inventory makes those from sales' export at its first start.

CREATE TEMP TABLE demo_issue ON COMMIT DROP AS
SELECT d.uuid, d.number, d.shipped_at AS at, l.line, i.id AS item_id, i.standard_cost, l.qty,
       (extract(year FROM shipped.day) * 12 + extract(month FROM shipped.day))::integer AS month
FROM sales.delivery_order d
JOIN sales.delivery_order_line l ON l.delivery_id = d.id
JOIN inventory.item i ON i.uuid = l.item_id,
LATERAL (SELECT (d.shipped_at AT TIME ZONE :'timezone')::date AS day) shipped
WHERE d.status IN ('shipped', 'delivered');

-- Adjustment 0 is the stock at first, the others follow at the beginning of their months.
CREATE TEMP TABLE demo_adjustment ON COMMIT DROP AS
SELECT place, month, reason, at, (extract(year FROM day) * 100 + extract(month FROM day))::integer AS number_month,
       row_number() OVER (PARTITION BY date_trunc('month', day) ORDER BY place)::integer AS counter
FROM (SELECT 0 AS place, NULL::integer AS month, 'Saldo awal' AS reason, (today - 745)::timestamp AT TIME ZONE :'timezone' AS at
      FROM demo_now
      UNION ALL
      SELECT row_number() OVER (ORDER BY month), month, 'Hasil produksi',
             greatest(make_timestamp((month - 1) / 12, 1 + (month - 1) % 12, 1, 0, 0, 0) AT TIME ZONE :'timezone',
                      (today - 730)::timestamp AT TIME ZONE :'timezone')
      FROM demo_now, (SELECT DISTINCT month FROM demo_issue) months) made,
     LATERAL (SELECT (at AT TIME ZONE :'timezone')::date AS day) d;

INSERT INTO inventory.adjustment (uuid, number_month, number_counter, warehouse_id, reason, created_by, created_at)
SELECT pg_temp.demo_uuid(5, place), number_month, counter, w.id, reason, 'warehouse', at
FROM demo_adjustment, inventory.warehouse w
WHERE w.code = 'WH-MAIN'
ORDER BY place;

INSERT INTO inventory.document_counter (series, month, last)
SELECT 'ADJ', number_month, max(counter) FROM demo_adjustment GROUP BY number_month;

INSERT INTO inventory.stock_source (type, uuid, number)
SELECT 'adjustment', uuid, number FROM inventory.adjustment ORDER BY id;
INSERT INTO inventory.stock_source (type, uuid, number)
SELECT 'delivery_order', uuid, number FROM demo_issue GROUP BY uuid, number ORDER BY min(at);

-- What is left over for open orders grows with their number.
CREATE TEMP TABLE demo_movement ON COMMIT DROP AS
SELECT a.at, i.id AS item_id, 'adjustment' AS movement, q.qty, i.standard_cost AS unit_cost, i.standard_cost, s.id AS source_id,
       row_number() OVER (PARTITION BY a.place ORDER BY i.id)::integer AS source_line
FROM demo_adjustment a
JOIN inventory.stock_source s ON s.type = 'adjustment' AND s.uuid = pg_temp.demo_uuid(5, a.place)
CROSS JOIN inventory.item i
LEFT JOIN (SELECT item_id, month, sum(qty) AS qty FROM demo_issue GROUP BY item_id, month) m
       ON m.item_id = i.id AND m.month = a.month,
LATERAL (SELECT CASE WHEN a.place > 0 THEN m.qty
                     WHEN i.type = 'finished' THEN floor((18 + 60 * pg_temp.chance(i.id, 60)) * greatest(1, :orders / 2400.0))
                     ELSE floor(i.reorder_point * (0.6 + 3 * pg_temp.chance(i.id, 61))) END::numeric AS qty) q
WHERE q.qty > 0
UNION ALL
SELECT i.at, i.item_id, 'issue', -i.qty, NULL, i.standard_cost, s.id, i.line
FROM demo_issue i JOIN inventory.stock_source s ON s.type = 'delivery_order' AND s.uuid = i.uuid;

INSERT INTO inventory.stock_ledger (at, item_id, warehouse_id, movement, qty, value, unit_cost, on_hand, stock_value, source_id,
                                    source_line, created_by)
SELECT m.at, m.item_id, w.id, m.movement, m.qty, m.qty * m.standard_cost, m.unit_cost, sum(m.qty) OVER moved,
       sum(m.qty * m.standard_cost) OVER moved, m.source_id, m.source_line, 'warehouse'
FROM demo_movement m, inventory.warehouse w
WHERE w.code = 'WH-MAIN'
WINDOW moved AS (PARTITION BY m.item_id ORDER BY m.at, m.source_id, m.source_line ROWS UNBOUNDED PRECEDING)
ORDER BY m.at, m.source_id, m.source_line;

INSERT INTO inventory.stock_balance (item_id, warehouse_id, on_hand, value, last_at, created_at)
SELECT item_id, warehouse_id, sum(qty), sum(value), max(at), min(at)
FROM inventory.stock_ledger
GROUP BY item_id, warehouse_id
ORDER BY item_id;

UPDATE inventory.item i
SET is_low = coalesce((SELECT sum(b.on_hand) FROM inventory.stock_balance b WHERE b.item_id = i.id), 0) <= i.reorder_point
WHERE i.reorder_point > 0;
