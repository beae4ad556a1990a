-- Customers. Deleted ones are seen by the export alone.

-- list: customer_list
-- sort: createdAt=c.created_at:timestamptz code=c.code_key:text name=c.name:text
-- search: c.search_text prefix c.code_key
-- filter: is_active = c.is_active = :is_active::boolean
-- id: c.id
SELECT c.uuid, c.code, c.name, c.email, c.phone, c.address, c.tax_id, c.payment_term_days, c.credit_limit,
       c.is_active, c.created_at, c.updated_at, c.version
FROM customer c
WHERE c.deleted_at IS NULL

-- name: customer_get
SELECT uuid, code, name, email, phone, address, tax_id, payment_term_days, credit_limit, is_active, created_at,
       updated_at, version
FROM customer
WHERE uuid = :uuid::uuid AND deleted_at IS NULL;

-- name: customer_lock
SELECT uuid, code, name, email, phone, address, tax_id, payment_term_days, credit_limit, is_active, created_at,
       updated_at, version
FROM customer
WHERE uuid = :uuid::uuid AND deleted_at IS NULL
FOR UPDATE;

-- name: customer_next_code
-- The next generated code that nobody has given by hand.
SELECT code
FROM (SELECT 'CUST-' || lpad(n::text, greatest(5, length(n::text)), '0') AS code
      FROM (SELECT nextval('customer_code_seq') AS n FROM generate_series(1, 10000)) numbers) candidate
WHERE NOT EXISTS (SELECT FROM customer c WHERE c.code_key = lower(candidate.code) AND c.deleted_at IS NULL)
LIMIT 1;

-- name: customer_insert
INSERT INTO customer (uuid, code, name, email, phone, address, tax_id, payment_term_days, credit_limit, is_active,
                      created_at, updated_at)
VALUES (:uuid::uuid, :code::text, :name::text, :email::text, :phone::text, :address::text, :tax_id::text,
        :payment_term_days::integer, :credit_limit::numeric(15,2), :is_active::boolean, :now::timestamptz,
        :now::timestamptz)
RETURNING uuid, code, name, email, phone, address, tax_id, payment_term_days, credit_limit, is_active, created_at,
          updated_at, version;

-- name: customer_update
UPDATE customer
SET code = :code::text, name = :name::text, email = :email::text, phone = :phone::text, address = :address::text,
    tax_id = :tax_id::text, payment_term_days = :payment_term_days::integer,
    credit_limit = :credit_limit::numeric(15,2), is_active = :is_active::boolean,
    updated_at = greatest(:now::timestamptz, updated_at), version = version + 1
WHERE uuid = :uuid::uuid
RETURNING updated_at, version;

-- name: customer_delete
UPDATE customer
SET deleted_at = :now::timestamptz, updated_at = greatest(:now::timestamptz, updated_at), version = version + 1
WHERE uuid = :uuid::uuid
RETURNING updated_at, version, true AS deleted;

-- name: customer_open_orders
-- With orders that are closed while a delivery is still under way.
SELECT count(*) AS documents
FROM sales_order o
JOIN customer c ON c.id = o.customer_id
WHERE c.uuid = :uuid::uuid
  AND (o.is_open
       OR (o.status = 'closed'
           AND EXISTS (SELECT FROM delivery_order d WHERE d.sales_order_id = o.id AND d.status = 'shipped')));

-- name: customer_export_end
-- A page holds up to 100 customers, as many as half a MiB does, and always one. The sizes are rather too large.
SELECT max(id) AS last_id
FROM (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS upto
      FROM (SELECT id, 300 + octet_length(concat(name, email, phone, address, tax_id)) AS bytes
            FROM customer
            WHERE id > :after_id::bigint
            ORDER BY id
            LIMIT 100) customers) page
WHERE upto <= 524288 OR upto = bytes;

-- name: customer_export
SELECT uuid, code, name, email, phone, address, tax_id, payment_term_days, credit_limit, is_active, created_at,
       updated_at, version, CASE WHEN deleted_at IS NOT NULL THEN true END AS deleted
FROM customer
WHERE id > :after_id::bigint AND id <= :last_id::bigint
ORDER BY id;
