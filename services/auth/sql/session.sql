-- Signing in.

-- name: session_account
SELECT u.uuid, u.password_hash FROM user_account u
WHERE u.username_key = lower(:username::text) AND u.is_active AND u.deleted_at IS NULL;

-- The account as it was when its password was checked, or nothing; holds the row.
-- name: session_owner
SELECT u.id, u.role_id FROM user_account u
WHERE u.uuid = :uuid::uuid AND u.password_hash = :password_hash::text AND u.is_active AND u.deleted_at IS NULL
FOR NO KEY UPDATE;

-- name: session_profile
SELECT u.uuid, u.username, u.email, u.full_name, r.name AS role, r.permissions
FROM user_account u JOIN role r ON r.id = u.role_id
WHERE u.uuid = :uuid::uuid AND u.is_active AND u.deleted_at IS NULL;

-- name: session_open
WITH s AS (
    INSERT INTO user_session (uuid, user_id, address, created_at, expires_at)
    VALUES (:session::uuid, :user_id::bigint, :address::text, :now::timestamptz, :now::timestamptz + :seconds::bigint * interval '1 second')
    RETURNING id, created_at, expires_at
)
INSERT INTO refresh_token (hash, session_id, created_at, expires_at)
SELECT :hash::bytea, s.id, s.created_at, s.expires_at FROM s;

-- name: session_rehash
UPDATE user_account SET password_hash = :password_hash::text WHERE id = :user_id::bigint;

-- Sessions that ran out a month ago, with their tokens.
-- name: session_forget
DELETE FROM user_session WHERE expires_at < :now::timestamptz - interval '30 days';
