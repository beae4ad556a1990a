-- Sessions and their tokens.

-- name: session_profile
SELECT u.uuid, u.username, u.email, u.full_name, r.name AS role, r.permissions
FROM user_account u JOIN role r ON r.id = u.role_id
WHERE u.uuid = :uuid::uuid AND u.is_active AND u.deleted_at IS NULL;

-- name: session_open
WITH s AS (
    INSERT INTO user_session (uuid, user_id, address, created_at, expires_at, access_until)
    VALUES (:session::uuid, :user_id::bigint, :address::text, :now::timestamptz,
            :now::timestamptz + :seconds::bigint * interval '1 second',
            clock_timestamp() + :access_seconds::bigint * interval '1 second')
    RETURNING id, created_at, expires_at
)
INSERT INTO refresh_token (hash, session_id, created_at, expires_at)
SELECT :hash::bytea, s.id, s.created_at, s.expires_at FROM s;

-- The token, its session and its owner as the last of several requests left them; holds token and session.
-- name: session_token
SELECT s.id AS session_id, s.uuid AS session, u.uuid AS owner, u.role_id, t.spent_at IS NOT NULL AS spent,
       s.ended_at IS NULL AND t.expires_at > :now::timestamptz AND u.is_active AND u.deleted_at IS NULL AS alive
FROM refresh_token t
JOIN user_session s ON s.id = t.session_id
JOIN user_account u ON u.id = s.user_id
WHERE t.hash = :hash::bytea
FOR UPDATE OF t, s;

-- name: session_spend
UPDATE refresh_token SET spent_at = :now::timestamptz WHERE hash = :hash::bytea;

-- name: session_extend
WITH s AS (
    UPDATE user_session
    SET expires_at = least(:now::timestamptz + :seconds::bigint * interval '1 second',
                           created_at + :max_seconds::bigint * interval '1 second'),
        access_until = greatest(access_until, clock_timestamp() + :access_seconds::bigint * interval '1 second')
    WHERE id = :session_id::bigint
    RETURNING id, expires_at
)
INSERT INTO refresh_token (hash, session_id, created_at, expires_at)
SELECT :hash::bytea, s.id, :now::timestamptz, s.expires_at FROM s;

-- name: session_end
UPDATE user_session SET ended_at = :now::timestamptz WHERE id = :session_id::bigint AND ended_at IS NULL;

-- name: session_logout
UPDATE user_session s SET ended_at = :now::timestamptz
FROM user_account u
WHERE s.uuid = :session::uuid AND u.id = s.user_id AND u.uuid = :uuid::uuid AND s.ended_at IS NULL;

-- name: session_own_hash
SELECT username, username_key AS name, password_hash AS old_hash FROM user_account
WHERE uuid = :uuid::uuid AND is_active AND deleted_at IS NULL;

-- Only over the password that was checked.
-- name: session_set_password
WITH u AS (
    UPDATE user_account
    SET password_hash = :new_hash::text, password_changed_at = :now::timestamptz, version = version + 1,
        updated_at = :now::timestamptz
    WHERE uuid = :uuid::uuid AND password_hash = :old_hash::text AND is_active AND deleted_at IS NULL
    RETURNING *
)
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM u JOIN role r ON r.id = u.role_id;

-- name: session_end_others
UPDATE user_session s SET ended_at = :now::timestamptz
FROM user_account u
WHERE u.uuid = :uuid::uuid AND s.user_id = u.id AND s.uuid <> :session::uuid AND s.ended_at IS NULL;

-- name: session_end_all
UPDATE user_session s SET ended_at = :now::timestamptz
FROM user_account u
WHERE u.uuid = :uuid::uuid AND s.user_id = u.id AND s.ended_at IS NULL;

-- Sessions that ran out a month ago, with their tokens.
-- name: session_forget
DELETE FROM user_session WHERE expires_at < :now::timestamptz - interval '30 days';
