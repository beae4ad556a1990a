-- The copies of inventory's items and warehouses. A row is written where it is new or newer than what is here.

-- name: item_copy_save
INSERT INTO item_copy (uuid, code, name, uom, price, is_active, deleted, version)
SELECT uuid, code, name, uom, price, is_active, coalesce(deleted, false), version
FROM unnest(:uuid::uuid[], :code::text[], :name::text[], :uom::text[], :price::numeric(15,2)[],
            :is_active::boolean[], :deleted::boolean[], :version::bigint[])
     AS given (uuid, code, name, uom, price, is_active, deleted, version)
ORDER BY uuid
ON CONFLICT (uuid) DO UPDATE
    SET code = excluded.code, name = excluded.name, uom = excluded.uom, price = excluded.price,
        is_active = excluded.is_active, deleted = excluded.deleted, version = excluded.version
    WHERE item_copy.version < excluded.version;

-- name: warehouse_copy_save
INSERT INTO warehouse_copy (uuid, code, name, version)
SELECT uuid, code, name, version
FROM unnest(:uuid::uuid[], :code::text[], :name::text[], :version::bigint[]) AS given (uuid, code, name, version)
ORDER BY uuid
ON CONFLICT (uuid) DO UPDATE SET code = excluded.code, name = excluded.name, version = excluded.version
    WHERE warehouse_copy.version < excluded.version;

-- name: reference_usage
-- Open orders, and orders that are closed while a delivery is still under way.
SELECT count(*) AS documents
FROM (SELECT order_id FROM sales_order_line WHERE item_id = :uuid::uuid
      UNION
      SELECT id FROM sales_order WHERE warehouse_id = :uuid::uuid AND is_open) used
JOIN sales_order o ON o.id = used.order_id
WHERE o.is_open
   OR (o.status = 'closed'
       AND EXISTS (SELECT FROM delivery_order d WHERE d.sales_order_id = o.id AND d.status = 'shipped'));
