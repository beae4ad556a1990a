-- Statements of the store tests.

-- name: thing_insert
INSERT INTO thing (uuid, code, name, qty, price, weight, flag, made_on, tags, blob)
VALUES (:uuid::uuid, :code::text, coalesce(:name::text, ''), :qty::numeric(15,3), coalesce(:price::numeric(15,2), 0),
        :weight::integer, :flag::boolean, :made_on::date, :tags::text[], :blob::bytea);

-- name: thing_insert_all
INSERT INTO thing (uuid, code, name, qty, price, weight, flag, made_on, blob)
SELECT * FROM unnest(:uuid::uuid[], :code::text[], :name::text[], :qty::numeric(15,3)[], :price::numeric(15,2)[],
                     :weight::integer[], :flag::boolean[], :made_on::date[], :blob::bytea[]);

-- name: thing_get
SELECT t.uuid, t.code, t.name, t.qty, t.price, t.weight, t.flag, t.made_on, t.tags, t.blob, t.created_at, t.version,
       m.uuid AS "maker.uuid", m.name AS "maker.name", m.country AS "maker.country.code", t.id AS _id
FROM thing t LEFT JOIN maker m ON m.id = t.maker_id
WHERE t.uuid = :uuid::uuid;

-- name: thing_all
SELECT uuid, code, name, qty, price FROM thing ORDER BY id;

-- name: thing_names
SELECT name FROM thing ORDER BY id;

-- name: thing_count
SELECT count(*) FROM thing;

-- name: thing_id
SELECT id FROM thing WHERE code = :code::text;

-- name: thing_lock
SELECT id FROM thing WHERE code = :code::text FOR UPDATE;

-- name: thing_touch
UPDATE thing SET version = version + 1 WHERE code = :code::text;

-- name: thing_set_price
UPDATE thing SET price = :price::numeric(15,4)::numeric(15,2) WHERE code = :code::text RETURNING price, code;

-- name: thing_set_qty
UPDATE thing SET qty = :qty::numeric(15,3) WHERE code = :code::text;

-- name: thing_multiply
UPDATE thing SET price = price * :factor::bigint WHERE code = :code::text;

-- name: thing_set_maker
UPDATE thing SET maker_id = :maker::bigint WHERE code = :code::text;

-- name: thing_wrong_scale
UPDATE thing SET price = :qty::numeric(15,2) WHERE uuid = :uuid::uuid;

-- name: thing_unknown_column
SELECT code, name AS title FROM thing;

-- name: thing_raw_cost
SELECT code, price / 3 AS price FROM thing;

-- name: late_insert
INSERT INTO late VALUES (:n::bigint);

-- name: doomed_insert
INSERT INTO doomed VALUES (:n::bigint);

-- name: echo
SELECT :text::text;

-- name: echo_length
SELECT length(:text::text);

-- name: echo_instant
SELECT :text::timestamptz;

-- name: echo_list
SELECT :list::text[] AS tags;

-- name: echo_maker
SELECT :maker.name::text AS name;

-- name: echo_makers
SELECT :maker.name::text[] AS tags;

-- name: echo_small
SELECT :n::bigint AS small;

-- name: wrong
SELECT nonsense FROM nowhere;

-- name: backend
SELECT pg_backend_pid();

-- name: backend_ends
SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5);

-- name: backend_ends_once
SELECT CASE WHEN nextval('tries') > 1 THEN 7
            ELSE (SELECT 0 FROM pg_terminate_backend(pg_backend_pid()), pg_sleep(5)) END;

-- name: sleep
SELECT pg_sleep(3);

-- name: repeatable_read
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- name: setting
SELECT current_setting(:name::text);

-- list: thing_list
-- sort: createdAt=t.created_at:timestamptz code=t.code_key:text price=t.price:numeric
-- search: t.search_text prefix t.code_key
-- filter: flag = t.flag = :flag::boolean
-- filter: from = t.made_on >= :from::date OR t.made_on IS NULL AND :from::date < '2000-01-02'
-- filter: codes = t.code = ANY(:codes::text[])
-- id: t.id
SELECT t.uuid, t.code, t.name, t.price, (SELECT m.name FROM maker m WHERE m.id = t.maker_id) AS "maker.name"
FROM thing t WHERE t.version > 0

-- list: made_list
-- sort: code=t.code_key:text
-- search: t.code_key
-- related: t.maker_id = SELECT m.id FROM maker m WHERE m.name ILIKE :text::text
-- filter: flag = t.flag = :flag::boolean
-- id: t.id
SELECT t.uuid, t.code, t.name, t.price
FROM thing t WHERE true

-- list: counted_list
-- sort: code=t.code_key:text
-- filter: flag = t.flag = :flag::boolean
-- id: t.id
-- count: FROM thing t WHERE t.code < 'A10'
SELECT t.uuid, t.code, t.name, t.price
FROM thing t WHERE true

-- list: broken_list
-- sort: name=t.no_such_column:text
-- id: t.id
SELECT t.uuid FROM thing t WHERE true

-- name: backend_is
SELECT (pg_backend_pid() = :backend::int)::same_session AS same;
