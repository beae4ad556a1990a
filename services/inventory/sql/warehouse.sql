-- Warehouses.

-- list: warehouse_list
-- sort: createdAt=w.created_at:timestamptz code=w.code_key:text name=w.name:text
-- search: w.search_text prefix w.code_key
-- id: w.id
SELECT w.uuid, w.code, w.name, w.address, w.created_at, w.updated_at, w.version
FROM warehouse w
WHERE true

-- name: warehouse_insert
INSERT INTO warehouse (uuid, code, name, address, created_at, updated_at)
VALUES (:uuid::uuid, :code::text, :name::text, :address::text, :now::timestamptz, :now::timestamptz)
RETURNING uuid, code, name, address, created_at, updated_at, version;

-- name: warehouse_find
SELECT uuid, code, name, address, created_at, updated_at, version
FROM warehouse
WHERE uuid = ANY (:uuid::uuid[]);

-- name: warehouse_export_end
-- A page holds up to 100 warehouses, as many as half a MiB does, and always one. The sizes are rather too large.
SELECT max(id) AS last_id
FROM (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS upto
      FROM (SELECT id, 300 + octet_length(concat(name, address)) AS bytes
            FROM warehouse
            WHERE id > :after_id::bigint
            ORDER BY id
            LIMIT 100) warehouses) page
WHERE upto <= 524288 OR upto = bytes;

-- name: warehouse_export
SELECT uuid, code, name, address, created_at, updated_at, version
FROM warehouse
WHERE id > :after_id::bigint AND id <= :last_id::bigint
ORDER BY id;
