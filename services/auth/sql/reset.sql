-- Forgotten passwords.

-- The same work for everybody: an address that nobody has leaves a row without a user. At most 5 in 15 minutes are sent.
-- The user's row is held, so that a change under way, which ends links, does not miss this one.
-- name: reset_open
INSERT INTO password_reset (uuid, hash, user_id, created_at, expires_at, next_at)
SELECT :uuid::uuid, :hash::bytea,
       (SELECT u.id FROM user_account u
        WHERE u.email_key = lower(:email::text) AND u.is_active AND u.deleted_at IS NULL
          AND (SELECT count(*) FROM password_reset r
               WHERE r.user_id = u.id AND r.created_at > :now::timestamptz - interval '15 minutes') < 5
        FOR SHARE),
       :now::timestamptz, :now::timestamptz + interval '30 minutes', :now::timestamptz;

-- The newest state of a link that may still be used, and its user; holds both, as every change of a user first his row.
-- name: reset_owner
SELECT r.id, u.id AS user_id, u.uuid, u.username
FROM user_account u JOIN password_reset r ON r.user_id = u.id
WHERE r.hash = :hash::bytea AND r.used_at IS NULL AND r.expires_at > :now::timestamptz AND u.is_active AND u.deleted_at IS NULL
FOR UPDATE;

-- All links of the user, also those whose mail has not left: after one was used, and after whatever ends their reason.
-- name: reset_spend
UPDATE password_reset r SET used_at = :now::timestamptz
FROM user_account u
WHERE u.uuid = :uuid::uuid AND r.user_id = u.id AND r.used_at IS NULL;

-- name: reset_set_password
WITH u AS (
    UPDATE user_account
    SET password_hash = :password_hash::text, password_changed_at = :now::timestamptz, version = version + 1,
        updated_at = :now::timestamptz
    WHERE id = :user_id::bigint
    RETURNING *
)
SELECT u.uuid, u.username, u.email, u.full_name, u.phone, u.role_id, r.name AS role, u.language, u.is_active,
       u.created_by, u.created_at, u.updated_at, u.version
FROM u JOIN role r ON r.id = u.role_id;

-- name: reset_pending
SELECT r.id, r.uuid, r.attempts, u.email, u.full_name, u.language
FROM password_reset r JOIN user_account u ON u.id = r.user_id
WHERE r.sent_at IS NULL AND r.used_at IS NULL AND r.next_at <= :now::timestamptz AND r.expires_at > :now::timestamptz
  AND u.is_active AND u.deleted_at IS NULL
ORDER BY r.next_at LIMIT 1;

-- name: reset_sent
UPDATE password_reset SET sent_at = :now::timestamptz, attempts = attempts + 1 WHERE id = :id::bigint;

-- name: reset_postpone
UPDATE password_reset SET attempts = attempts + 1, next_at = :now::timestamptz + :seconds::bigint * interval '1 second'
WHERE id = :id::bigint;

-- name: reset_forget
DELETE FROM password_reset WHERE expires_at < :now::timestamptz;
