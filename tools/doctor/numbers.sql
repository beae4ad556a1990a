-- Numbers of documents: by month from 1, none twice, none left out, the counter at the last one.

-- check: order numbers have no gap and no repeat
SELECT month, d.documents, d.numbers, d.highest, c.last AS counter
FROM (SELECT number_month AS month, count(*) AS documents, count(DISTINCT number_counter) AS numbers, max(number_counter) AS highest
      FROM sales.sales_order
      GROUP BY number_month) d
FULL JOIN (SELECT month, last FROM sales.document_counter WHERE series = 'SO') c USING (month)
WHERE (d.documents, d.numbers, d.highest) IS DISTINCT FROM (c.last, c.last, c.last)

-- check: delivery numbers have no gap and no repeat
SELECT month, d.documents, d.numbers, d.highest, c.last AS counter
FROM (SELECT number_month AS month, count(*) AS documents, count(DISTINCT number_counter) AS numbers, max(number_counter) AS highest
      FROM sales.delivery_order
      GROUP BY number_month) d
FULL JOIN (SELECT month, last FROM sales.document_counter WHERE series = 'DO') c USING (month)
WHERE (d.documents, d.numbers, d.highest) IS DISTINCT FROM (c.last, c.last, c.last)

-- check: adjustment numbers have no gap and no repeat
SELECT month, d.documents, d.numbers, d.highest, c.last AS counter
FROM (SELECT number_month AS month, count(*) AS documents, count(DISTINCT number_counter) AS numbers, max(number_counter) AS highest
      FROM inventory.adjustment
      GROUP BY number_month) d
FULL JOIN (SELECT month, last FROM inventory.document_counter WHERE series = 'ADJ') c USING (month)
WHERE (d.documents, d.numbers, d.highest) IS DISTINCT FROM (c.last, c.last, c.last)

-- check: transfer numbers have no gap and no repeat
SELECT month, d.documents, d.numbers, d.highest, c.last AS counter
FROM (SELECT number_month AS month, count(*) AS documents, count(DISTINCT number_counter) AS numbers, max(number_counter) AS highest
      FROM inventory.transfer
      GROUP BY number_month) d
FULL JOIN (SELECT month, last FROM inventory.document_counter WHERE series = 'TRF') c USING (month)
WHERE (d.documents, d.numbers, d.highest) IS DISTINCT FROM (c.last, c.last, c.last)
