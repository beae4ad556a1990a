-- More orders in draft, of three lines, for ./sentient bench to submit and approve: :count of them, numbered on from
-- the newest, uuids on from the last demo order's. Their customers have no credit limit. Prints the first one's place.
\set ON_ERROR_STOP on
BEGIN;
SET LOCAL session_replication_role = replica;
SELECT count(*) + 1 AS first FROM sales.sales_order WHERE uuid::text LIKE '00000000-0000-7000-8003-%' \gset
CREATE TEMP TABLE draft ON COMMIT DROP AS
SELECT k, ('00000000-0000-7000-8003-' || lpad((:first + k - 1)::text, 12, '0'))::uuid AS uuid, day, month,
       coalesce((SELECT last FROM sales.document_counter d WHERE d.series = 'SO' AND d.month = m.month), 0) + k AS counter,
       (SELECT array_agg(id ORDER BY id) FROM sales.customer WHERE credit_limit IS NULL AND is_active) AS customers
FROM (SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date AS day) today,
     LATERAL (SELECT (extract(year FROM day) * 100 + extract(month FROM day))::integer AS month) m,
     generate_series(1, :count) k;

INSERT INTO sales.sales_order (uuid, number_month, number_counter, customer_id, warehouse_id, order_date, status, subtotal,
                               discount_amount, tax_rate, tax_amount, total, created_by, created_at, updated_at, version)
SELECT d.uuid, d.month, d.counter, c.id, '00000000-0000-7000-8000-000000000001', d.day, 'draft', 3000000, 0, 11, 330000, 3330000,
       'sales', now(), now(), 1
FROM draft d JOIN sales.customer c ON c.id = d.customers[1 + d.k % cardinality(d.customers)]
ORDER BY d.k;

INSERT INTO sales.sales_order_line (order_id, line, item_id, qty, price, discount_pct, line_total)
SELECT o.id, line, ('00000000-0000-7000-8001-' || lpad((1 + (d.k * 3 + line) % 96)::text, 12, '0'))::uuid, 2, 500000, 0, 1000000
FROM draft d JOIN sales.sales_order o ON o.uuid = d.uuid CROSS JOIN generate_series(1, 3) line;

INSERT INTO sales.sales_order_history (order_id, at, by, to_status)
SELECT o.id, o.created_at, 'sales', 'draft' FROM draft d JOIN sales.sales_order o ON o.uuid = d.uuid;

INSERT INTO sales.document_counter (series, month, last)
SELECT 'SO', month, max(counter) FROM draft GROUP BY month
ON CONFLICT (series, month) DO UPDATE SET last = excluded.last;
COMMIT;
VACUUM (ANALYZE) sales.sales_order, sales.sales_order_line;
\echo :first
