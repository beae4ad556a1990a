-- Demo data of inventory: what the factory buys, makes and sells. Run by demo.sql.

-- Price and cost in thousands of rupiah; for finished furniture of sungkai, other woods cost more.
CREATE TEMP TABLE demo_product (code text, name text, size_code text, size text, price integer) ON COMMIT DROP;
INSERT INTO demo_product VALUES
    ('MM', 'Meja Makan', '160', '160x90 cm', 2850), ('MM', 'Meja Makan', '200', '200x100 cm', 3650),
    ('MK', 'Meja Kerja', '120', '120x60 cm', 1950), ('MK', 'Meja Kerja', '150', '150x75 cm', 2450),
    ('MT', 'Meja Tamu', '090', '90x60 cm', 1450), ('MR', 'Meja Rias', '100', '100x45 cm', 2250),
    ('KM', 'Kursi Makan', 'STD', '', 650), ('KM', 'Kursi Makan', 'JOK', 'jok kain', 825),
    ('KT', 'Kursi Tamu', 'STD', '', 1250), ('KR', 'Kursi Teras', 'STD', '', 850), ('BK', 'Bangku', '120', '120 cm', 575),
    ('LP', 'Lemari Pakaian', '2PT', '2 pintu', 4150), ('LP', 'Lemari Pakaian', '3PT', '3 pintu', 5650),
    ('LB', 'Lemari Buku', '180', 'tinggi 180 cm', 2650), ('LD', 'Lemari Dapur', '120', '120 cm', 3950),
    ('BF', 'Bufet', '150', '150 cm', 3250), ('RT', 'Rak TV', '140', '140 cm', 1850), ('RT', 'Rak TV', '180', '180 cm', 2350),
    ('NK', 'Nakas', '050', '50 cm', 750),
    ('DP', 'Dipan', '120', '120x200 cm', 2950), ('DP', 'Dipan', '160', '160x200 cm', 3650),
    ('DP', 'Dipan', '180', '180x200 cm', 4150), ('RK', 'Rak Serbaguna', '090', '90 cm', 1150),
    ('PL', 'Partisi Lipat', '3PN', '3 panel', 1350);

CREATE TEMP TABLE demo_wood (code text, name text, factor numeric) ON COMMIT DROP;
INSERT INTO demo_wood VALUES ('JT', 'Jati', 1.60), ('MH', 'Mahoni', 1.15), ('TR', 'Trembesi', 1.35), ('SK', 'Sungkai', 1.00);

-- Of which the products are made: a piece of it stands in price for a share of the product.
CREATE TEMP TABLE demo_part (code text, name text, cost integer) ON COMMIT DROP;
INSERT INTO demo_part VALUES
    ('DM', 'Daun Meja', 620), ('KS', 'Set Kaki Meja', 380), ('RK', 'Rangka Kursi', 210), ('DK', 'Dudukan Kursi', 95),
    ('PT', 'Pintu Lemari', 340), ('RL', 'Rangka Lemari', 890), ('LC', 'Laci', 145), ('SD', 'Sandaran Dipan', 480);

CREATE TEMP TABLE demo_material (code text, name text, type text, uom text, cost integer, reorder integer) ON COMMIT DROP;
INSERT INTO demo_material VALUES
    ('PLY-03', 'Plywood 3 mm 122x244', 'raw', 'lembar', 62, 80), ('PLY-06', 'Plywood 6 mm 122x244', 'raw', 'lembar', 98, 80),
    ('PLY-09', 'Plywood 9 mm 122x244', 'raw', 'lembar', 138, 100), ('PLY-12', 'Plywood 12 mm 122x244', 'raw', 'lembar', 178, 100),
    ('PLY-15', 'Plywood 15 mm 122x244', 'raw', 'lembar', 218, 60), ('PLY-18', 'Plywood 18 mm 122x244', 'raw', 'lembar', 262, 60),
    ('MDF-09', 'MDF 9 mm 122x244', 'raw', 'lembar', 108, 60), ('MDF-12', 'MDF 12 mm 122x244', 'raw', 'lembar', 142, 60),
    ('MDF-18', 'MDF 18 mm 122x244', 'raw', 'lembar', 205, 40), ('VNR-JT', 'Veneer Jati 0,5 mm', 'raw', 'm2', 68, 120),
    ('VNR-MH', 'Veneer Mahoni 0,5 mm', 'raw', 'm2', 42, 120), ('VNR-SO', 'Veneer Sonokeling 0,5 mm', 'raw', 'm2', 96, 60),
    ('SKR-10', 'Sekrup Kayu 1"', 'raw', 'kotak', 18, 50), ('SKR-15', 'Sekrup Kayu 1 1/2"', 'raw', 'kotak', 22, 50),
    ('SKR-20', 'Sekrup Kayu 2"', 'raw', 'kotak', 27, 50), ('SKR-25', 'Sekrup Kayu 2 1/2"', 'raw', 'kotak', 33, 30),
    ('SKR-30', 'Sekrup Kayu 3"', 'raw', 'kotak', 39, 30), ('PKU-03', 'Paku 3 cm', 'raw', 'kg', 21, 40),
    ('PKU-05', 'Paku 5 cm', 'raw', 'kg', 20, 40), ('PKU-TB', 'Paku Tembak F30', 'raw', 'kotak', 24, 60),
    ('ENG-SD', 'Engsel Sendok Slow Motion', 'raw', 'pcs', 14, 300), ('ENG-PN', 'Engsel Piano 180 cm', 'raw', 'pcs', 46, 40),
    ('ENG-KP', 'Engsel Kupu-kupu 3"', 'raw', 'pcs', 11, 200), ('REL-30', 'Rel Laci 30 cm', 'raw', 'set', 38, 80),
    ('REL-40', 'Rel Laci 40 cm', 'raw', 'set', 44, 120), ('REL-50', 'Rel Laci 50 cm', 'raw', 'set', 52, 80),
    ('HDL-AN', 'Handel Antik Kuningan', 'raw', 'pcs', 26, 200), ('HDL-BR', 'Handel Batang 128 mm', 'raw', 'pcs', 17, 200),
    ('HDL-KN', 'Knop Kayu Bulat', 'raw', 'pcs', 8, 300), ('KNC-LM', 'Kunci Lemari', 'raw', 'pcs', 23, 120),
    ('KNC-LC', 'Kunci Laci', 'raw', 'pcs', 19, 120), ('LEM-PT', 'Lem Putih PVAc', 'raw', 'kg', 28, 100),
    ('LEM-KN', 'Lem Kuning Kontak', 'raw', 'kg', 54, 60), ('LEM-EP', 'Lem Epoxy', 'raw', 'kg', 92, 20),
    ('BSA-05', 'Busa Jok 5 cm', 'raw', 'lembar', 165, 40), ('BSA-08', 'Busa Jok 8 cm', 'raw', 'lembar', 238, 30),
    ('KAIN-OS', 'Kain Oscar', 'raw', 'm', 48, 150), ('KAIN-LN', 'Kain Linen', 'raw', 'm', 62, 150),
    ('KAIN-BD', 'Kain Beludru', 'raw', 'm', 74, 100), ('KULIT-S', 'Kulit Sintetis', 'raw', 'm', 88, 80),
    ('KCA-05', 'Kaca Bening 5 mm', 'raw', 'm2', 145, 30), ('KCA-08', 'Kaca Tempered 8 mm', 'raw', 'm2', 385, 20),
    ('CRM-05', 'Cermin 5 mm', 'raw', 'm2', 210, 25), ('KBS-40', 'Kaki Besi Hollow 40', 'raw', 'pcs', 68, 80),
    ('RDA-50', 'Roda 50 mm', 'raw', 'pcs', 16, 120), ('DWL-08', 'Dowel Kayu 8 mm', 'raw', 'kg', 34, 30),
    ('DWL-10', 'Dowel Kayu 10 mm', 'raw', 'kg', 34, 30), ('EDG-22', 'Edging PVC 22 mm', 'raw', 'm', 3, 1000),
    ('HPL-PT', 'HPL Putih 122x244', 'raw', 'lembar', 128, 40), ('HPL-KY', 'HPL Motif Kayu 122x244', 'raw', 'lembar', 146, 40),
    ('AMP-080', 'Amplas 80', 'consumable', 'm', 9, 100), ('AMP-120', 'Amplas 120', 'consumable', 'm', 9, 150),
    ('AMP-240', 'Amplas 240', 'consumable', 'm', 10, 150), ('AMP-400', 'Amplas 400', 'consumable', 'm', 11, 100),
    ('FIN-SS', 'Sanding Sealer', 'consumable', 'liter', 72, 60), ('FIN-ML', 'Melamin Clear Doff', 'consumable', 'liter', 94, 60),
    ('FIN-PU', 'Cat PU Clear', 'consumable', 'liter', 138, 40), ('FIN-WS', 'Wood Stain Salak', 'consumable', 'liter', 86, 40),
    ('FIN-PL', 'Politur', 'consumable', 'liter', 58, 30), ('FIN-TH', 'Thinner ND', 'consumable', 'liter', 31, 200),
    ('FIN-DP', 'Dempul Kayu', 'consumable', 'kg', 42, 40), ('KMS-KD', 'Kardus Double Wall 100x60', 'consumable', 'lembar', 19, 300),
    ('KMS-BW', 'Bubble Wrap', 'consumable', 'm', 4, 500), ('KMS-SF', 'Stretch Film', 'consumable', 'rol', 62, 40),
    ('KMS-LK', 'Lakban 2"', 'consumable', 'rol', 13, 120), ('KMS-SK', 'Siku Karton', 'consumable', 'm', 5, 400),
    ('ALT-MB', 'Mata Bor Kayu Set', 'consumable', 'set', 85, 10), ('ALT-MG', 'Mata Gergaji 10"', 'consumable', 'pcs', 240, 8),
    ('ALT-PS', 'Pisau Serut', 'consumable', 'pcs', 175, 8), ('ALT-KS', 'Kuas 3"', 'consumable', 'pcs', 16, 60),
    ('APD-MK', 'Masker Debu', 'consumable', 'kotak', 38, 20), ('APD-ST', 'Sarung Tangan', 'consumable', 'pasang', 9, 60),
    ('APD-KM', 'Kacamata Pelindung', 'consumable', 'pcs', 27, 15);

CREATE TEMP TABLE demo_item ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY sort, code) AS n, code, name, type, uom, price, cost, reorder, lead_days
FROM (SELECT 1 AS sort, format('FG-%s-%s-%s', p.code, p.size_code, w.code) AS code,
             concat_ws(' ', p.name, w.name, nullif(p.size, '')) AS name, 'finished' AS type, 'pcs' AS uom,
             round(p.price * w.factor / 25) * 25 * 1000 AS price, round(p.price * w.factor * 0.58) * 1000 AS cost,
             CASE WHEN p.price < 1300 THEN 40 ELSE 12 END AS reorder, 14 AS lead_days
      FROM demo_product p CROSS JOIN demo_wood w
      UNION ALL
      SELECT 2, format('WP-%s-%s', p.code, w.code), concat_ws(' ', p.name, w.name), 'wip', 'pcs', 0,
             round(p.cost * w.factor) * 1000, 20, 7
      FROM demo_part p CROSS JOIN demo_wood w WHERE w.code <> 'TR'
      UNION ALL
      SELECT 3, format('RM-%s-%s', b.code, w.code), concat_ws(' ', b.name, w.name), 'raw', 'm3', 0,
             round(b.cost * w.factor) * 1000, 4, 21
      FROM (VALUES ('P2', 'Papan 2 cm', 5200), ('P3', 'Papan 3 cm', 5400), ('BL', 'Balok 8x8 cm', 5800)) b (code, name, cost)
      CROSS JOIN demo_wood w
      UNION ALL
      SELECT 4, CASE type WHEN 'raw' THEN 'RM-' ELSE 'CS-' END || code, name, type, uom, 0, cost * 1000, reorder, 10
      FROM demo_material) item;

INSERT INTO inventory.item (uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
                            barcode, is_active, created_at, updated_at)
SELECT pg_temp.demo_uuid(1, n), code, name, type, uom, price, cost, reorder, reorder * 2, lead_days,
       CASE WHEN type = 'finished' THEN '899' || lpad((7310000 + n)::text, 10, '0') END, true, made.at, made.at
FROM demo_item,
     LATERAL (SELECT (today - 760)::timestamp AT TIME ZONE :'timezone' + interval '9 hours' + n * interval '3 minutes' AS at
              FROM demo_now) made
ORDER BY n;
