-- Users.

-- list: user_list
-- sort: createdAt=u.created_at:timestamptz username=u.username_key:text fullName=u.full_name:text email=u.email_key:text
-- search: u.search_text prefix u.username_key
-- filter: role = lower(:role::text) IN (r.name_key, r.id::text)
-- filter: is_active = u.is_active = :is_active::boolean
-- id: u.id
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM user_account u JOIN role r ON r.id = u.role_id
WHERE u.deleted_at IS NULL

-- name: user_document
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM user_account u JOIN role r ON r.id = u.role_id
WHERE u.uuid = :uuid::uuid AND u.deleted_at IS NULL;

-- What decides over a change; holds the row.
-- name: user_facts
SELECT u.id, u.is_active, r.is_system AS is_admin, array_to_string(r.permissions, ',') AS rights
FROM user_account u JOIN role r ON r.id = u.role_id
WHERE u.uuid = :uuid::uuid AND u.deleted_at IS NULL
FOR UPDATE OF u;

-- One at a time takes an Admin away, so that two do not take away the last two.
-- name: user_admin_lock
SELECT id FROM role WHERE is_system FOR NO KEY UPDATE;

-- name: user_admin_count
SELECT count(*) FROM user_account u JOIN role r ON r.id = u.role_id
WHERE r.is_system AND u.is_active AND u.deleted_at IS NULL;

-- name: user_taken_by
SELECT EXISTS (SELECT FROM user_account WHERE username_key = lower(:username::text) AND deleted_at IS NULL
                                          AND uuid <> :uuid::uuid) AS username,
       EXISTS (SELECT FROM user_account WHERE email_key = lower(:email::text) AND deleted_at IS NULL
                                          AND uuid <> :uuid::uuid) AS email;

-- name: user_role_rights
SELECT r.is_system AS is_admin, array_to_string(r.permissions, ',') AS rights FROM role r WHERE r.id = :role_id::bigint;

-- name: user_insert
WITH u AS (
    INSERT INTO user_account (uuid, username, email, full_name, phone, password_hash, role_id, language, is_active, created_by,
                              created_at, updated_at, password_changed_at)
    VALUES (:uuid::uuid, :username::text, :email::text, :full_name::text, :phone::text, :password_hash::text,
            :role_id::bigint, :language::text, :is_active::boolean, :created_by::text, :now::timestamptz, :now::timestamptz,
            :now::timestamptz)
    RETURNING *
)
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM u JOIN role r ON r.id = u.role_id;

-- name: user_save
WITH u AS (
    UPDATE user_account
    SET username = :username::text, email = :email::text, full_name = :full_name::text, phone = :phone::text,
        role_id = :role_id::bigint, language = :language::text, is_active = :is_active::boolean,
        password_hash = coalesce(:password_hash::text, password_hash),
        password_changed_at = CASE WHEN :password_hash::text IS NULL THEN password_changed_at ELSE :now::timestamptz END,
        version = version + 1, updated_at = :now::timestamptz
    WHERE uuid = :uuid::uuid
    RETURNING *
)
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM u JOIN role r ON r.id = u.role_id;

-- name: user_remove
WITH u AS (
    UPDATE user_account SET deleted_at = :now::timestamptz, version = version + 1, updated_at = :now::timestamptz
    WHERE uuid = :uuid::uuid
    RETURNING *
)
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version, true AS deleted
FROM u JOIN role r ON r.id = u.role_id;

-- name: user_end_sessions
UPDATE user_session SET ended_at = :now::timestamptz WHERE user_id = :id::bigint AND ended_at IS NULL;

-- A demo user counts as there once it was made, also after somebody deleted or renamed it, or where its e-mail is another's.
-- name: user_was_made
SELECT count(*) FROM user_account WHERE username_key = lower(:username::text) OR email_key = lower(:email::text);

-- name: user_role_named
SELECT id FROM role WHERE name_key = lower(:name::text);

-- An account of that name which may not sign in as Admin becomes one: the operator's way back in. A new one takes an
-- e-mail of its own where somebody else has the usual one.
-- name: user_bootstrap
WITH u AS (
    INSERT INTO user_account (uuid, username, email, full_name, password_hash, role_id, created_by, created_at,
                              updated_at, password_changed_at)
    SELECT :uuid::uuid, :username::text,
           CASE WHEN EXISTS (SELECT FROM user_account WHERE email_key = lower(:email::text) AND deleted_at IS NULL)
                THEN (:uuid::uuid)::text || '.' || :email::text ELSE :email::text END,
           :full_name::text, :password_hash::text, id, 'system', :now::timestamptz, :now::timestamptz, :now::timestamptz
    FROM role WHERE is_system
    ON CONFLICT (username_key) WHERE deleted_at IS NULL DO UPDATE
        SET role_id = excluded.role_id, is_active = true, password_hash = excluded.password_hash,
            password_changed_at = :now::timestamptz, version = user_account.version + 1, updated_at = :now::timestamptz
    RETURNING *
)
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM u JOIN role r ON r.id = u.role_id;

-- name: user_export_end
SELECT max(id) AS last_id
FROM (SELECT id FROM user_account WHERE id > :after_id::bigint ORDER BY id LIMIT 100) page;

-- name: user_export
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version, CASE WHEN u.deleted_at IS NOT NULL THEN true END AS deleted
FROM user_account u JOIN role r ON r.id = u.role_id
WHERE u.id > :after_id::bigint AND u.id <= :last_id::bigint
ORDER BY u.id;
