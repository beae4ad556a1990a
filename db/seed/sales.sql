-- Demo data of sales: customers, and orders as a growing furniture maker gets them: more before Lebaran and towards the
-- year's end, few on Sundays. Run by demo.sql.

CREATE TEMP TABLE demo_customer (n integer, name text, city text, street text, term_days integer) ON COMMIT DROP;
INSERT INTO demo_customer VALUES
    (1, 'PT Griya Nusantara Abadi', 'Jakarta Selatan', 'Jl. Fatmawati Raya No. 88', 30),
    (2, 'PT Mebel Indah Sejahtera', 'Surabaya', 'Jl. Raya Darmo No. 45', 30),
    (3, 'CV Karya Jati Mandiri', 'Semarang', 'Jl. Pandanaran No. 112', 14),
    (4, 'PT Rumah Kita Furnitur', 'Bandung', 'Jl. Soekarno-Hatta No. 521', 30),
    (5, 'PT Hotel Bintang Samudra', 'Denpasar', 'Jl. Bypass Ngurah Rai No. 210', 45),
    (6, 'CV Sumber Rejeki Furnitur', 'Yogyakarta', 'Jl. Magelang Km 5', 14),
    (7, 'PT Cipta Interior Persada', 'Tangerang Selatan', 'Jl. BSD Raya Utama No. 17', 30),
    (8, 'Toko Mebel Barokah', 'Solo', 'Jl. Slamet Riyadi No. 301', 7),
    (9, 'PT Graha Kantor Modern', 'Jakarta Pusat', 'Jl. KH Wahid Hasyim No. 76', 45),
    (10, 'CV Anugerah Kayu Utama', 'Jepara', 'Jl. Raya Tahunan No. 9', 14),
    (11, 'PT Puri Resort Indonesia', 'Gianyar', 'Jl. Raya Ubud No. 28', 45),
    (12, 'PT Andalan Ritel Perabot', 'Bekasi', 'Jl. Ahmad Yani No. 140', 60),
    (13, 'Toko Sinar Jaya Mebel', 'Malang', 'Jl. Letjen Sutoyo No. 63', 7),
    (14, 'CV Wijaya Dekorindo', 'Sidoarjo', 'Jl. Pahlawan No. 55', 30),
    (15, 'PT Bumi Serpong Properti', 'Tangerang', 'Jl. Jenderal Sudirman No. 12', 60),
    (16, 'PT Sekolah Harapan Bangsa', 'Bogor', 'Jl. Pajajaran No. 94', 30),
    (17, 'CV Lestari Furniture', 'Medan', 'Jl. Gatot Subroto No. 233', 30),
    (18, 'PT Makassar Griya Utama', 'Makassar', 'Jl. AP Pettarani No. 71', 30),
    (19, 'Toko Mebel Sederhana', 'Klaten', 'Jl. Pemuda No. 18', 7),
    (20, 'PT Kafe Nusantara Rasa', 'Bandung', 'Jl. Ir. H. Djuanda No. 159', 30),
    (21, 'CV Tiga Putra Jati', 'Kudus', 'Jl. Sunan Kudus No. 41', 14),
    (22, 'PT Borneo Interior', 'Balikpapan', 'Jl. Jenderal Sudirman No. 400', 45),
    (23, 'PT Rumah Sakit Sehat Sentosa', 'Semarang', 'Jl. Setiabudi No. 150', 45),
    (24, 'CV Dwi Karya Mebelindo', 'Pekanbaru', 'Jl. Sudirman No. 287', 30),
    (25, 'Toko Indah Furniture', 'Purwokerto', 'Jl. Jenderal Soedirman No. 502', 14),
    (26, 'PT Apartemen Menara Hijau', 'Jakarta Barat', 'Jl. S. Parman Kav. 28', 60),
    (27, 'CV Mitra Usaha Perabot', 'Cirebon', 'Jl. Cipto Mangunkusumo No. 33', 14),
    (28, 'PT Palembang Graha Mebel', 'Palembang', 'Jl. Basuki Rahmat No. 1201', 30),
    (29, 'PT Villa Pantai Kuta', 'Badung', 'Jl. Pantai Kuta No. 5', 45),
    (30, 'Toko Mebel Maju Lancar', 'Magelang', 'Jl. Pemuda No. 77', 7),
    (31, 'PT Kantor Bersama Digital', 'Jakarta Selatan', 'Jl. TB Simatupang Kav. 18', 30),
    (32, 'CV Jaya Abadi Interior', 'Banjarmasin', 'Jl. Ahmad Yani Km 6', 30),
    (33, 'PT Perumahan Asri Lestari', 'Depok', 'Jl. Margonda Raya No. 345', 45),
    (34, 'Koperasi Karyawan Sejahtera', 'Karawang', 'Jl. Tuparev No. 90', 30),
    (35, 'CV Sentra Kayu Nusantara', 'Pasuruan', 'Jl. Raya Bukir No. 14', 14),
    (36, 'PT Manado Indah Perabot', 'Manado', 'Jl. Sam Ratulangi No. 115', 45),
    (37, 'Yayasan Pesantren Al Hikmah', 'Brebes', 'Jl. Raya Benda No. 2', 30),
    (38, 'PT Ekspor Mebel Jepara', 'Jepara', 'Jl. Raya Ngabul No. 63', 60),
    (39, 'Toko Perabot Makmur', 'Padang', 'Jl. Veteran No. 48', 14),
    (40, 'CV Gemilang Furnindo', 'Pontianak', 'Jl. Tanjungpura No. 206', 30);

INSERT INTO sales.customer (uuid, code, name, email, phone, address, tax_id, payment_term_days, is_active, created_at, updated_at)
SELECT pg_temp.demo_uuid(2, n), 'CUST-' || lpad(n::text, 5, '0'), name,
       'pembelian@' || regexp_replace(lower(regexp_replace(name, '^(PT|CV|Toko) ', '')), '[^a-z]', '', 'g') || '.example',
       '+62 8' || (11 + n % 9) || lpad((pg_temp.chance(n, 1) * 99999999)::integer::text, 8, '0'), street || ', ' || city,
       format('%s.%s.%s.%s-%s.000', lpad((1 + n % 3)::text, 2, '0'), lpad((pg_temp.chance(n, 2) * 999)::integer::text, 3, '0'),
              lpad((pg_temp.chance(n, 3) * 999)::integer::text, 3, '0'), 1 + n % 9, 401 + n * 5),
       term_days, n <> 39, made.at, made.at
FROM demo_customer,
     LATERAL (SELECT (today - 755)::timestamp AT TIME ZONE :'timezone' + interval '10 hours' + n * interval '7 minutes' AS at
              FROM demo_now) made
ORDER BY n;
SELECT setval('sales.customer_code_seq', (SELECT max(n) FROM demo_customer)) \g /dev/null

INSERT INTO sales.item_copy (uuid, code, name, uom, price, is_active, deleted, version)
SELECT uuid, code, name, uom, price, is_active, deleted_at IS NOT NULL, version FROM inventory.item;
INSERT INTO sales.warehouse_copy (uuid, code, name, version)
SELECT uuid, code, name, version FROM inventory.warehouse
ON CONFLICT DO NOTHING;

-- ---- orders per day ----

-- Days of Idul Fitri, before which everybody buys.
CREATE TEMP TABLE demo_lebaran (day date) ON COMMIT DROP;
INSERT INTO demo_lebaran VALUES ('2023-04-22'), ('2024-04-10'), ('2025-03-31'), ('2026-03-20'), ('2027-03-10'),
    ('2028-02-27'), ('2029-02-15'), ('2030-02-05'), ('2031-01-25'), ('2032-01-14');

CREATE TEMP TABLE demo_day ON COMMIT DROP AS
WITH weighed AS (
    SELECT back.day, (1 + back.share * 1.2) -- growth
           * CASE extract(isodow FROM back.day) WHEN 7 THEN 0.1 WHEN 6 THEN 0.5 ELSE 1 END
           * CASE WHEN extract(month FROM back.day) = 11 OR extract(month FROM back.day) = 12 AND extract(day FROM back.day) <= 20 THEN 1.35
                  WHEN extract(month FROM back.day) = 12 THEN 0.6 ELSE 1 END
           * coalesce((SELECT CASE WHEN l.day - back.day > 9 THEN 1.7 ELSE 0.25 END
                       FROM demo_lebaran l WHERE l.day - back.day BETWEEN -7 AND 55 LIMIT 1), 1)
           * (0.7 + 0.6 * pg_temp.chance(back.day - date '2000-01-01', 4)) AS weight
    FROM demo_now, LATERAL (SELECT today - 730 + g AS day, g / 730.0 AS share FROM generate_series(0, 730) g) back
), summed AS (
    SELECT day, sum(weight) OVER (ORDER BY day) / sum(weight) OVER () AS share FROM weighed
)
SELECT day, (floor(share * :orders + 0.000001) - floor(coalesce(lag(share) OVER (ORDER BY day), 0) * :orders + 0.000001))::integer AS orders
FROM summed;

-- Orders come in from 8 to 17 o'clock; those of today until now.
CREATE TEMP TABLE demo_order ON COMMIT DROP AS
SELECT n, day, created_at, today - day AS age, (extract(year FROM day) * 100 + extract(month FROM day))::integer AS month,
       row_number() OVER (PARTITION BY date_trunc('month', day) ORDER BY n)::integer AS counter,
       1 + floor(40 * pg_temp.chance(n, 10) ^ 1.8)::integer AS customer, pg_temp.chance(n, 11) AS luck,
       1 + floor(6 * pg_temp.chance(n, 12) ^ 1.4)::integer AS lines
FROM (SELECT row_number() OVER (ORDER BY day, i) AS n, day, today,
             date_trunc('milliseconds', CASE WHEN day = today THEN midnight + (now.instant - midnight) * place
                                             ELSE midnight + interval '8 hours' + interval '9 hours' * place END) AS created_at
      FROM demo_now now CROSS JOIN demo_day, LATERAL (SELECT day::timestamp AT TIME ZONE :'timezone' AS midnight) m,
           generate_series(1, orders) i, LATERAL (SELECT (i - 0.5) / orders AS place) p) placed;

CREATE TEMP TABLE demo_state ON COMMIT DROP AS
SELECT n, CASE
    WHEN age > 60 THEN CASE WHEN luck < 0.93 THEN 'delivered' WHEN luck < 0.965 THEN 'cancelled' WHEN luck < 0.985 THEN 'closed'
                            ELSE 'rejected' END
    WHEN age > 20 THEN CASE WHEN luck < 0.76 THEN 'delivered' WHEN luck < 0.87 THEN 'partially_delivered'
                            WHEN luck < 0.94 THEN 'approved' WHEN luck < 0.98 THEN 'cancelled' ELSE 'closed' END
    WHEN age > 6 THEN CASE WHEN luck < 0.25 THEN 'delivered' WHEN luck < 0.38 THEN 'partially_delivered'
                           WHEN luck < 0.80 THEN 'approved' WHEN luck < 0.88 THEN 'pending_approval' WHEN luck < 0.92 THEN 'rejected'
                           WHEN luck < 0.97 THEN 'draft' ELSE 'cancelled' END
    ELSE CASE WHEN luck < 0.32 THEN 'approved' WHEN luck < 0.58 THEN 'pending_approval' WHEN luck < 0.92 THEN 'draft'
              WHEN luck < 0.96 THEN 'rejected' ELSE 'cancelled' END
    END AS status
FROM demo_order;

-- ---- lines ----

CREATE TEMP TABLE demo_good ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY i.id) - 1 AS place, i.uuid, i.price, i.price < 1300000 AS small
FROM inventory.item i WHERE i.type = 'finished';

-- What a customer buys in one order stands apart by steps of 17 in the list of goods, so that no good comes twice.
CREATE TEMP TABLE demo_line ON COMMIT DROP AS
SELECT o.n, line, g.uuid AS item_id, q.qty, p.price, d.discount_pct,
       round(q.qty * p.price * (1 - d.discount_pct / 100), 2) AS line_total,
       CASE s.status WHEN 'delivered' THEN q.qty WHEN 'partially_delivered' THEN floor(q.qty / 2) WHEN 'closed' THEN floor(q.qty / 2)
                     ELSE 0 END AS shipped_qty
FROM demo_order o
JOIN demo_state s ON s.n = o.n
CROSS JOIN (SELECT count(*) AS goods FROM demo_good) all_goods
CROSS JOIN generate_series(1, 6) line
JOIN demo_good g ON g.place = (floor(goods * pg_temp.chance(o.n, 20) ^ 1.5)::bigint + line * 17) % goods,
LATERAL (SELECT CASE WHEN g.small THEN 2 * (1 + floor(24 * pg_temp.chance(o.n * 8 + line, 21) ^ 2))
                     ELSE 2 + floor(9 * pg_temp.chance(o.n * 8 + line, 21) ^ 2) END::numeric AS qty) q,
LATERAL (SELECT round(g.price * (1 - 0.04 * floor(o.age / 365.0)::numeric), -3) AS price) p,
LATERAL (SELECT CASE WHEN pg_temp.chance(o.n * 8 + line, 22) < 0.75 THEN 0
                     ELSE 2.5 * (1 + floor(4 * pg_temp.chance(o.n * 8 + line, 23))) END::numeric(5, 2) AS discount_pct) d
WHERE line <= o.lines;

-- ---- the course of each order ----

CREATE TEMP TABLE demo_course (status text, step integer, from_status text, to_status text, by text, after interval, note text)
    ON COMMIT DROP;
INSERT INTO demo_course VALUES
    ('draft', 1, NULL, 'draft', 'sales', '0', NULL),
    ('pending_approval', 1, NULL, 'draft', 'sales', '0', NULL),
    ('pending_approval', 2, 'draft', 'pending_approval', 'sales', '2 hours', NULL),
    ('approved', 1, NULL, 'draft', 'sales', '0', NULL), ('approved', 2, 'draft', 'pending_approval', 'sales', '1 hour', NULL),
    ('approved', 3, 'pending_approval', 'approved', 'manager', '1 day', NULL),
    ('partially_delivered', 1, NULL, 'draft', 'sales', '0', NULL),
    ('partially_delivered', 2, 'draft', 'pending_approval', 'sales', '1 hour', NULL),
    ('partially_delivered', 3, 'pending_approval', 'approved', 'manager', '1 day', NULL),
    ('partially_delivered', 4, 'approved', 'partially_delivered', 'warehouse', '5 days', NULL),
    ('delivered', 1, NULL, 'draft', 'sales', '0', NULL), ('delivered', 2, 'draft', 'pending_approval', 'sales', '1 hour', NULL),
    ('delivered', 3, 'pending_approval', 'approved', 'manager', '1 day', NULL),
    ('delivered', 4, 'approved', 'delivered', 'warehouse', '6 days', NULL),
    ('closed', 1, NULL, 'draft', 'sales', '0', NULL), ('closed', 2, 'draft', 'pending_approval', 'sales', '1 hour', NULL),
    ('closed', 3, 'pending_approval', 'approved', 'manager', '1 day', NULL),
    ('closed', 4, 'approved', 'partially_delivered', 'warehouse', '5 days', NULL),
    ('closed', 5, 'partially_delivered', 'closed', 'manager', '15 days', 'Sisa pesanan dibatalkan pelanggan'),
    ('rejected', 1, NULL, 'draft', 'sales', '0', NULL), ('rejected', 2, 'draft', 'pending_approval', 'sales', '3 hours', NULL),
    ('rejected', 3, 'pending_approval', 'rejected', 'manager', '1 day', 'Harga di bawah batas'),
    ('cancelled', 1, NULL, 'draft', 'sales', '0', NULL), ('cancelled', 2, 'draft', 'cancelled', 'sales', '2 days', NULL);

-- What would lie in the future lies between the order's creation and now instead.
CREATE TEMP TABLE demo_history ON COMMIT DROP AS
SELECT o.n, c.step, c.from_status, c.to_status, c.by, c.note,
       date_trunc('milliseconds', o.created_at + least(c.after * (0.5 + pg_temp.chance(o.n, 30)),
                                                       (now.instant - o.created_at) * (c.step - 1) / (c.step + 1))) AS at
FROM demo_now now CROSS JOIN demo_order o
JOIN demo_state s ON s.n = o.n
JOIN demo_course c ON c.status = s.status;

-- ---- into the tables ----

INSERT INTO sales.sales_order (uuid, number_month, number_counter, customer_id, warehouse_id, order_date, delivery_date,
                               customer_po, status, subtotal, discount_amount, tax_rate, tax_amount, total, notes,
                               created_by, created_at, updated_at, version)
SELECT pg_temp.demo_uuid(3, o.n), o.month, o.counter, c.id, '00000000-0000-7000-8000-000000000001', o.day,
       o.day + 7 + (28 * pg_temp.chance(o.n, 40))::integer, po.customer_po, s.status, l.subtotal, d.discount_amount, :'tax_rate'::numeric,
       t.tax_amount, l.subtotal - d.discount_amount + t.tax_amount,
       CASE WHEN pg_temp.chance(o.n, 41) < 0.08 THEN 'Kirim sebelum jam 12, hubungi gudang pelanggan' END,
       'sales', o.created_at, h.updated_at, h.steps
FROM demo_order o
JOIN demo_state s ON s.n = o.n
JOIN (SELECT n, sum(line_total) AS subtotal FROM demo_line GROUP BY n) l ON l.n = o.n
JOIN (SELECT n, max(at) AS updated_at, count(*) AS steps FROM demo_history GROUP BY n) h ON h.n = o.n
JOIN sales.customer c ON c.uuid = pg_temp.demo_uuid(2, CASE WHEN o.customer = 39 AND o.age < 200 THEN 1 ELSE o.customer END),
LATERAL (SELECT CASE WHEN pg_temp.chance(o.n, 42) < 0.6
                     THEN format('PO/%s/%s', to_char(o.day, 'YYYY'), 1000 + (pg_temp.chance(o.n, 43) * 8999)::integer) END AS customer_po) po,
LATERAL (SELECT CASE WHEN pg_temp.chance(o.n, 44) < 0.12 THEN trunc(l.subtotal * 0.02, -4) ELSE 0 END AS discount_amount) d,
LATERAL (SELECT round((l.subtotal - d.discount_amount) * :'tax_rate'::numeric / 100, 2) AS tax_amount) t
ORDER BY o.n;

CREATE TEMP TABLE demo_id ON COMMIT DROP AS
SELECT o.n, so.id FROM demo_order o JOIN sales.sales_order so ON so.uuid = pg_temp.demo_uuid(3, o.n);

INSERT INTO sales.sales_order_history (order_id, at, by, from_status, to_status, note)
SELECT i.id, h.at, h.by, h.from_status, h.to_status, h.note
FROM demo_history h JOIN demo_id i ON i.n = h.n
ORDER BY i.id, h.step;

INSERT INTO sales.document_counter (series, month, last)
SELECT 'SO', month, max(counter) FROM demo_order GROUP BY month;

-- Some customers have a limit, above what is open now.
UPDATE sales.customer c
SET credit_limit = (ceil(coalesce((SELECT sum(o.total) FROM sales.sales_order o WHERE o.customer_id = c.id
                                   AND o.status IN ('approved', 'partially_delivered')), 0) * 1.5 / 50000000) + 2) * 50000000
WHERE c.id % 5 IN (1, 3);

INSERT INTO sales.sales_order_line (order_id, line, item_id, qty, price, discount_pct, line_total, allocated_qty, shipped_qty,
                                    delivered_qty)
SELECT i.id, l.line, l.item_id, l.qty, l.price, l.discount_pct, l.line_total, l.shipped_qty, l.shipped_qty, l.shipped_qty
FROM demo_line l JOIN demo_id i ON i.n = l.n
ORDER BY i.id, l.line;

-- ---- deliveries: one per order that has shipped something, a day before the goods arrive ----

CREATE TEMP TABLE demo_delivery ON COMMIT DROP AS
SELECT n, arrived, created_at, left_at, day, (extract(year FROM day) * 100 + extract(month FROM day))::integer AS month,
       row_number() OVER (PARTITION BY date_trunc('month', day) ORDER BY created_at, n)::integer AS counter
FROM (SELECT h.n, h.at AS arrived, h.at - least(interval '1 day', (h.at - a.at) / 3) AS left_at,
             h.at - least(interval '30 hours', (h.at - a.at) / 2) AS created_at
      FROM demo_history h
      JOIN demo_history a ON a.n = h.n AND a.to_status = 'approved'
      WHERE h.to_status IN ('partially_delivered', 'delivered')) delivery,
     LATERAL (SELECT (created_at AT TIME ZONE :'timezone')::date AS day) d;

INSERT INTO sales.delivery_order (uuid, number_month, number_counter, sales_order_id, status, carrier, tracking_no, shipped_at,
                                  delivered_at, received_by, customer_id, search_text, created_on, created_by, created_at, updated_at, version)
SELECT pg_temp.demo_uuid(4, d.n), d.month, d.counter, i.id, 'delivered', k.carrier,
       k.code || lpad((pg_temp.chance(d.n, 50) * 99999999)::integer::text, 8, '0'), date_trunc('milliseconds', d.left_at), d.arrived,
       (ARRAY['Budi', 'Sari', 'Agus', 'Dewi', 'Joko', 'Rina', 'Hendra', 'Wati'])[1 + floor(8 * pg_temp.chance(d.n, 51))],
       o.customer_id, sales.document_number('DO', d.month, d.counter) || E'\n' || o.number, d.day, 'warehouse',
       date_trunc('milliseconds', d.created_at), d.arrived, 3
FROM demo_delivery d
JOIN demo_id i ON i.n = d.n
JOIN sales.sales_order o ON o.id = i.id
JOIN (VALUES (0, 'JNE Trucking', 'JNE'), (1, 'Dakota Cargo', 'DKT'), (2, 'Indah Cargo', 'IND'), (3, 'Armada sendiri', 'TRK'))
     k (place, carrier, code) ON k.place = floor(4 * pg_temp.chance(d.n, 52))
ORDER BY d.created_at, d.n;

INSERT INTO sales.delivery_order_line (delivery_id, line, item_id, qty)
SELECT d.id, l.line, l.item_id, l.shipped_qty
FROM demo_line l JOIN sales.delivery_order d ON d.uuid = pg_temp.demo_uuid(4, l.n)
WHERE l.shipped_qty > 0
ORDER BY d.id, l.line;

INSERT INTO sales.document_counter (series, month, last)
SELECT 'DO', month, max(counter) FROM demo_delivery GROUP BY month;
