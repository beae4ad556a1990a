-- Signing in, and what slows down those who guess.

-- The name as it is compared, and the account of that name, if it may sign in.
-- name: login_account
SELECT n.name, u.uuid, u.password_hash FROM (SELECT lower(:username::text) AS name) AS n
LEFT JOIN user_account u ON u.username_key = n.name AND u.is_active AND u.deleted_at IS NULL;

-- Sign-ins under a name, and those from an address, are judged one after another, so that none slips through between
-- the count and the next failure. Always the name first.
-- name: login_lock
SELECT pg_advisory_xact_lock(1, hashtext(encode(:name_hash::bytea, 'hex'))), pg_advisory_xact_lock(2, hashtext(:address::text));

-- Requests of one moment are judged in another order than they came in: failures a little later than `now` count too.
-- Seconds until the name, and the address, have fewer than 5 and 20 failures in 15 minutes again; 0: they do.
-- name: login_history
WITH f AS (
    SELECT :name_hash::bytea AS name_hash, :address::text AS address, :now::timestamptz AS now
), own AS (
    SELECT count(*) AS failures, max(l.at) AS last_at FROM f JOIN login_failure l ON l.name_hash = f.name_hash
    WHERE l.address = f.address AND l.at > f.now - interval '15 minutes' AND l.at < f.now + interval '1 minute'
), known AS (
    SELECT a.last_at FROM f JOIN login_address a ON a.address = f.address
    JOIN user_account u ON u.id = a.user_id AND u.username_key = :name::text AND u.deleted_at IS NULL
)
SELECT coalesce((SELECT ceil(extract(epoch FROM l.at + interval '15 minutes' - f.now))::bigint FROM login_failure l
                 WHERE l.name_hash = f.name_hash AND l.at > f.now - interval '15 minutes' AND l.at < f.now + interval '1 minute'
                 ORDER BY l.at DESC OFFSET 4 LIMIT 1), 0) AS name_wait,
       coalesce((SELECT ceil(extract(epoch FROM l.at + interval '15 minutes' - f.now))::bigint FROM login_failure l
                 WHERE l.address = f.address AND l.at > f.now - interval '15 minutes' AND l.at < f.now + interval '1 minute'
                 ORDER BY l.at DESC OFFSET 19 LIMIT 1), 0) AS address_wait,
       own.failures AS pair_failures,
       greatest(coalesce(floor(extract(epoch FROM f.now - own.last_at))::bigint, 0), 0) AS pair_idle,
       EXISTS (SELECT FROM known) AS known,
       EXISTS (SELECT FROM known WHERE known.last_at > f.now - interval '30 days') AS known_lately
FROM f, own;

-- name: login_fail
INSERT INTO login_failure (name_hash, address, at) VALUES (:name_hash::bytea, :address::text, :now::timestamptz);

-- name: login_succeed
INSERT INTO login_address (user_id, address, last_at) VALUES (:user_id::bigint, :address::text, :now::timestamptz)
ON CONFLICT (user_id, address) DO UPDATE SET last_at = excluded.last_at;

-- Who knows the password has not been guessing; failures under other names stay counted for the address.
-- name: login_forgive
DELETE FROM login_failure WHERE name_hash = :name_hash::bytea AND address = :address::text;

-- The account as it was when its password was checked, or nothing; holds the row.
-- name: login_owner
SELECT u.id, u.role_id FROM user_account u
WHERE u.uuid = :uuid::uuid AND u.password_hash = :password_hash::text AND u.is_active AND u.deleted_at IS NULL
FOR NO KEY UPDATE;

-- name: login_rehash
UPDATE user_account SET password_hash = :password_hash::text WHERE id = :user_id::bigint;

-- name: login_forget
DELETE FROM login_failure WHERE at < :now::timestamptz - interval '15 minutes';
