-- Database, roles and schemas: one role and one schema per service, which sees that schema alone.
-- Not the tables (migrations/) and not the passwords (migrate.sh). Run by migrate.sh, as often as one likes.
-- psql variables: database; services, their names separated by blanks.

SELECT pg_advisory_lock(hashtext('sentient migrate'));
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
\connect :"database"
SELECT pg_advisory_lock(hashtext('sentient migrate'));

BEGIN;
-- sentient_owner owns every schema and what migrations make in it; nobody signs in as it.
SELECT format('CREATE ROLE %I %s', name, option)
FROM (SELECT 'sentient_owner', 'NOLOGIN'
      UNION ALL SELECT name, 'LOGIN' FROM unnest(string_to_array(:'services', ' ')) AS name) AS role (name, option)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO sentient_owner;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

SELECT format(line, name)
FROM unnest(string_to_array(:'services', ' ')) AS name, LATERAL (VALUES
    (1, 'CREATE SCHEMA IF NOT EXISTS %1$I AUTHORIZATION sentient_owner'),
    (2, 'GRANT CONNECT ON DATABASE ' || quote_ident(:'database') || ' TO %1$I'),
    (3, 'GRANT USAGE ON SCHEMA %1$I, public TO %1$I'),
    (4, 'ALTER ROLE %1$I SET search_path = %1$I, public'),
    -- Below the daemons' lock_timeout, so that a deadlock is called one and retried.
    (9, 'ALTER ROLE %1$I SET deadlock_timeout = ''200ms'''),
    -- What was written lately lies in front of a search's index, and every search reads all of it: 4 MB by default.
    (10, 'ALTER ROLE %1$I SET gin_pending_list_limit = ''64kB'''),
    (5, 'ALTER DEFAULT PRIVILEGES FOR ROLE sentient_owner IN SCHEMA %1$I '
        || 'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %1$I'),
    (6, 'ALTER DEFAULT PRIVILEGES FOR ROLE sentient_owner IN SCHEMA %1$I GRANT USAGE ON SEQUENCES TO %1$I'),
    (7, 'CREATE TABLE IF NOT EXISTS %1$I.schema_migration (file text PRIMARY KEY, sha256 text NOT NULL, '
        || 'applied_at timestamptz NOT NULL DEFAULT now())'),
    (8, 'GRANT SELECT ON %1$I.schema_migration TO %1$I')) AS lines (n, line)
ORDER BY name, n \gexec
COMMIT;
