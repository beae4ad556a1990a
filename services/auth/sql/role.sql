-- Roles and the closed set of permissions.

-- list: role_list
-- sort: createdAt=r.created_at:timestamptz name=r.name_key:text
-- search: r.search_text prefix r.name_key
-- id: r.id
SELECT r.id, r.name, r.description, r.is_system, r.created_at, r.updated_at, r.version FROM role r
WHERE true

-- list: permission_list
-- sort: name=p.name:text
-- search: p.search_text prefix p.name
-- id: p.id
SELECT p.name, p.description FROM permission p
WHERE true

-- name: role_document
SELECT id, name, description, permissions, is_system, created_at, updated_at, version
FROM role WHERE id = :id::bigint;

-- What decides over a change; holds the row.
-- name: role_facts
SELECT uuid, is_system, version, array_to_string(permissions, ',') AS rights
FROM role WHERE id = :id::bigint FOR UPDATE;

-- name: role_insert
INSERT INTO role (uuid, name, description, permissions, created_by, created_at, updated_at)
VALUES (:uuid::uuid, :name::text, :description::text,
        ARRAY(SELECT DISTINCT p COLLATE "C" FROM unnest(:permissions::text[]) AS p ORDER BY 1), :created_by::text,
        :now::timestamptz, :now::timestamptz)
RETURNING id, name, description, permissions, is_system, created_at, updated_at, version;

-- name: role_set_permissions
UPDATE role
SET permissions = ARRAY(SELECT DISTINCT p COLLATE "C" FROM unnest(:permissions::text[]) AS p ORDER BY 1),
    version = version + 1, updated_at = :now::timestamptz
WHERE id = :id::bigint
RETURNING id, name, description, permissions, is_system, created_at, updated_at, version;

-- name: role_seed_permissions
INSERT INTO permission (name, description)
SELECT n.name, n.description FROM unnest(:name::text[], :description::text[]) AS n (name, description)
ON CONFLICT (name) DO UPDATE SET description = excluded.description
    WHERE permission.description <> excluded.description;

-- name: role_drop_permissions
DELETE FROM permission WHERE name <> ALL (:name::text[]);

-- Of other roles than Admin, which is completed below.
-- name: role_prune
UPDATE role SET permissions = ARRAY(SELECT p COLLATE "C" FROM unnest(permissions) AS p WHERE p = ANY (:name::text[]) ORDER BY 1),
    version = version + 1, updated_at = :now::timestamptz
WHERE NOT is_system AND NOT permissions <@ :name::text[]
RETURNING uuid, id, name, description, permissions, version;

-- No conflict clause: it would use up an id for every role at every start. Starts follow each other.
-- name: role_seed
INSERT INTO role (uuid, name, description, permissions, is_system, created_by, created_at, updated_at)
SELECT :uuid::uuid, :name::text, :description::text,
       ARRAY(SELECT DISTINCT p COLLATE "C" FROM unnest(:permissions::text[]) AS p ORDER BY 1), :is_system::boolean, 'system',
       :now::timestamptz, :now::timestamptz
WHERE NOT EXISTS (SELECT FROM role WHERE name_key = lower(:name::text))
RETURNING uuid, id, name, description, permissions, version;

-- A new version of the contract may know more permissions than the Admin of an older one.
-- name: role_complete_admin
UPDATE role SET permissions = a.permissions, version = version + 1, updated_at = :now::timestamptz
FROM (SELECT ARRAY(SELECT name COLLATE "C" FROM permission ORDER BY 1) AS permissions) AS a
WHERE is_system AND role.permissions <> a.permissions
RETURNING uuid, id, name, description, role.permissions, version;

-- name: role_export_end
SELECT max(id) AS last_id FROM (SELECT id FROM role WHERE id > :after_id::bigint ORDER BY id LIMIT 100) page;

-- name: role_export
SELECT uuid, id, name, description, permissions, version FROM role
WHERE id > :after_id::bigint AND id <= :last_id::bigint
ORDER BY id;
