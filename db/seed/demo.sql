-- Demo data: a furniture factory in Central Java with two years of trade up to today. Not what every system needs: the
-- migrations and the daemons bring that along.
--
--   psql -d sentient -v orders=2400 -v timezone=Asia/Jakarta -v tax_rate=11 -f db/seed/demo.sql
--
-- As a superuser, before the daemons start. Does nothing where there is an item or a customer already. Made of hashes of
-- row numbers, so that the same day gives the same data; one transaction, set by set. Prints how many orders it made.
-- Triggers stay silent: these rows have no audit and no events, other services read them through the owners' exports.
\set ON_ERROR_STOP on
SELECT NOT EXISTS (SELECT FROM inventory.item) AND NOT EXISTS (SELECT FROM sales.customer) AS fresh \gset
\if :fresh
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off;
SET LOCAL client_min_messages = warning;

-- A number from 0 to 1 that looks like chance, of a row and a purpose.
CREATE FUNCTION pg_temp.chance(row_number bigint, purpose integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(row_number, purpose) & 16777215) / 16777216.0::double precision;

-- The uuid of the n-th row of a kind: 1 item, 2 customer, 3 sales order, 4 delivery, 5 adjustment.
CREATE FUNCTION pg_temp.demo_uuid(kind integer, n bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ('00000000-0000-7000-8' || lpad(kind::text, 3, '0') || '-' || lpad(n::text, 12, '0'))::uuid;

-- Today by the business calendar, and now in the precision of the API.
CREATE TEMP TABLE demo_now ON COMMIT DROP AS
SELECT (now() AT TIME ZONE :'timezone')::date AS today, date_trunc('milliseconds', now()) AS instant;

\ir inventory.sql
\ir sales.sql
\ir stock.sql
COMMIT;
VACUUM (ANALYZE) inventory.item, sales.item_copy, sales.customer, sales.sales_order, sales.sales_order_line,
    sales.sales_order_history, sales.delivery_order, sales.delivery_order_line, inventory.stock_source, inventory.stock_ledger,
    inventory.stock_balance;
SELECT count(*) FROM sales.sales_order;
\endif
