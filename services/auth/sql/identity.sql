-- The feed of what gateways must learn of tokens that are out.

-- name: identity_changes
SELECT c.id, c.role_id, c.user_uuid, c.username, c.session_uuid,
       CASE WHEN c.user_uuid IS NULL THEN ',' || array_to_string(r.permissions || ''::text, ',') END AS permissions
FROM identity_change c LEFT JOIN role r ON r.id = c.role_id
WHERE c.id > :after_id::bigint AND (c.until IS NULL OR c.until > clock_timestamp())
ORDER BY c.id LIMIT :limit::bigint;

-- name: identity_last
SELECT coalesce(max(id), 0) FROM identity_change;

-- Changes that no living token knows of, and those of a role that a later one of it repeats.
-- name: identity_forget
DELETE FROM identity_change c
WHERE c.until < clock_timestamp()
   OR (c.until IS NULL AND EXISTS (SELECT FROM identity_change l
                                   WHERE l.role_id = c.role_id AND l.user_uuid IS NULL AND l.id > c.id));
