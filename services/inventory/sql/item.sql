-- Items. Deleted ones are seen by the export alone.

-- list: item_list
-- sort: createdAt=i.created_at:timestamptz code=i.code_key:text name=i.name:text price=i.price:numeric
-- search: i.search_text prefix i.code_key
-- filter: type = i.type = :type::text
-- filter: is_active = i.is_active = :is_active::boolean
-- id: i.id
SELECT i.uuid, i.code, i.name, i.type, i.uom, i.price, i.standard_cost, i.reorder_point, i.reorder_qty,
       i.lead_time_days, i.preferred_vendor_id, i.barcode, i.is_active, i.created_at, i.updated_at, i.version
FROM item i
WHERE i.deleted_at IS NULL

-- name: item_get
SELECT uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
       preferred_vendor_id, barcode, is_active, created_at, updated_at, version
FROM item
WHERE uuid = :uuid::uuid AND deleted_at IS NULL;

-- name: item_lock
SELECT uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
       preferred_vendor_id, barcode, is_active, created_at, updated_at, version
FROM item
WHERE uuid = :uuid::uuid AND deleted_at IS NULL
FOR UPDATE;

-- name: item_insert
INSERT INTO item (uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
                  preferred_vendor_id, barcode, is_active, created_at, updated_at)
VALUES (:uuid::uuid, :code::text, :name::text, :type::text, :uom::text, :price::numeric(15,2),
        :standard_cost::numeric(15,2), :reorder_point::numeric(15,3), :reorder_qty::numeric(15,3),
        :lead_time_days::integer, :preferred_vendor_id::uuid, :barcode::text, :is_active::boolean,
        :now::timestamptz, :now::timestamptz)
RETURNING uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
          preferred_vendor_id, barcode, is_active, created_at, updated_at, version;

-- name: item_update
UPDATE item
SET code = :code::text, name = :name::text, type = :type::text, uom = :uom::text, price = :price::numeric(15,2),
    standard_cost = :standard_cost::numeric(15,2), reorder_point = :reorder_point::numeric(15,3),
    reorder_qty = :reorder_qty::numeric(15,3), lead_time_days = :lead_time_days::integer,
    preferred_vendor_id = :preferred_vendor_id::uuid, barcode = :barcode::text, is_active = :is_active::boolean,
    updated_at = greatest(:now::timestamptz, updated_at), version = version + 1
WHERE uuid = :uuid::uuid
RETURNING updated_at, version;

-- name: item_delete
UPDATE item
SET deleted_at = :now::timestamptz, updated_at = greatest(:now::timestamptz, updated_at), version = version + 1
WHERE uuid = :uuid::uuid
RETURNING updated_at, version, true AS deleted;

-- name: item_find
SELECT uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
       preferred_vendor_id, barcode, is_active, created_at, updated_at, version
FROM item
WHERE uuid = ANY (:uuid::uuid[]) AND deleted_at IS NULL;

-- name: item_export_end
SELECT max(id) AS last_id
FROM (SELECT id FROM item WHERE id > :after_id::bigint ORDER BY id LIMIT 100) page;

-- name: item_export
SELECT uuid, code, name, type, uom, price, standard_cost, reorder_point, reorder_qty, lead_time_days,
       preferred_vendor_id, barcode, is_active, created_at, updated_at, version,
       CASE WHEN deleted_at IS NOT NULL THEN true END AS deleted
FROM item
WHERE id > :after_id::bigint AND id <= :last_id::bigint
ORDER BY id;
