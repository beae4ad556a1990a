#!/usr/bin/env bash
# The demo data holds what the services' own rules would have held: run by pg.sh against a migrated, empty database.
set -euo pipefail

seed=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../db/seed" && pwd)/demo.sql
failures=0

load() { # orders
    psql -XqAt -v orders="$1" -v timezone=Asia/Jakarta -v tax_rate=11 -f "$seed" 2>&1
}

# expect <what> <wanted> <SQL>
expect() {
    local found
    found=$(PGOPTIONS='-c search_path=sales,inventory,public' psql -XqAt -v ON_ERROR_STOP=1 -c "$3" 2>&1) || true
    [ "$found" = "$2" ] && return
    printf '%s: wanted %s, found %s\n' "$1" "$2" "$found"
    failures=$((failures + 1))
}

none() { # what, SQL of the rows that break it
    expect "$1" 0 "SELECT count(*) FROM ($2) broken"
}

# The triggers were silent, so references are looked at one by one.
expect_references() {
    local statement
    while IFS= read -r statement; do
        none "$statement" "$statement"
    done < <(psql -XqAt <<'SQL'
SELECT format('SELECT 1 FROM %s c WHERE c.%I IS NOT NULL AND NOT EXISTS (SELECT FROM %s p WHERE p.%I = c.%I)',
              conrelid::regclass, a.attname, confrelid::regclass, b.attname, a.attname)
FROM pg_constraint
JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
WHERE contype = 'f' AND connamespace::regnamespace::text IN ('sales', 'inventory');
SQL
    )
}

expect_figures() {
    none 'line totals' "SELECT 1 FROM sales_order_line WHERE line_total <> round(qty * price * (1 - discount_pct / 100), 2)"
    none 'subtotals' "SELECT 1 FROM sales_order o WHERE subtotal IS DISTINCT FROM
        (SELECT sum(line_total) FROM sales_order_line WHERE order_id = o.id)"
    none 'tax' "SELECT 1 FROM sales_order WHERE tax_amount <> round((subtotal - discount_amount) * tax_rate / 100, 2)"
    none 'numbers without gaps' "SELECT 1 FROM sales_order GROUP BY number_month HAVING max(number_counter) <> count(*)"
    none 'order counters' "SELECT 1 FROM (SELECT number_month, max(number_counter) AS last FROM sales_order GROUP BY 1) o
        FULL JOIN (SELECT * FROM sales.document_counter WHERE series = 'SO') c ON c.month = o.number_month
        WHERE o.last IS DISTINCT FROM c.last"
    none 'delivery counters' "SELECT 1 FROM (SELECT number_month, max(number_counter) AS last FROM delivery_order GROUP BY 1) o
        FULL JOIN (SELECT * FROM sales.document_counter WHERE series = 'DO') c ON c.month = o.number_month
        WHERE o.last IS DISTINCT FROM c.last"
    none 'months' "SELECT 1 FROM sales_order WHERE number_month <> to_char(order_date, 'YYYYMM')::integer"
    none 'history ends in the status' "SELECT 1 FROM sales_order o WHERE (status, updated_at) IS DISTINCT FROM
        (SELECT (to_status, at) FROM sales_order_history WHERE order_id = o.id ORDER BY id DESC LIMIT 1)"
    none 'history is a chain' "SELECT 1 FROM (SELECT from_status, at, lag(to_status) OVER w AS before, lag(at) OVER w AS earlier
        FROM sales_order_history WINDOW w AS (PARTITION BY order_id ORDER BY id)) h
        WHERE from_status IS DISTINCT FROM before OR at < earlier"
    none 'what was shipped is on deliveries' "SELECT 1 FROM (SELECT order_id, item_id, sum(shipped_qty) AS qty
            FROM sales_order_line GROUP BY 1, 2 HAVING sum(shipped_qty) > 0) o
        FULL JOIN (SELECT d.sales_order_id, l.item_id, sum(l.qty) AS qty
            FROM delivery_order d JOIN delivery_order_line l ON l.delivery_id = d.id GROUP BY 1, 2) d
        ON d.sales_order_id = o.order_id AND d.item_id = o.item_id WHERE d.qty IS DISTINCT FROM o.qty"
    none 'everything lies in the past' "SELECT 1 FROM sales_order_history WHERE at > now()
        UNION ALL SELECT 1 FROM delivery_order WHERE delivered_at > now() OR created_at > shipped_at"
    none 'credit limits hold' "SELECT 1 FROM customer c WHERE credit_limit < (SELECT sum(total) FROM sales_order o
        WHERE o.customer_id = c.id AND o.status IN ('approved', 'partially_delivered'))"
    none 'ledger and balances agree' "SELECT 1 FROM stock_balance b FULL JOIN
        (SELECT item_id, warehouse_id, sum(qty) AS qty, sum(value) AS value, max(at) AS at FROM stock_ledger GROUP BY 1, 2) l
        USING (item_id, warehouse_id) WHERE (b.on_hand, b.value, b.last_at) IS DISTINCT FROM (l.qty, l.value, l.at)"
    none 'ledger is a chain' "SELECT 1 FROM (SELECT *, lag(on_hand, 1, 0) OVER w AS held, lag(stock_value, 1, 0) OVER w AS worth
        FROM stock_ledger WINDOW w AS (PARTITION BY item_id, warehouse_id ORDER BY at, id)) l
        WHERE on_hand <> held + qty OR stock_value <> worth + value"
    none 'what was shipped has left the stock' "SELECT 1 FROM (SELECT l.item_id, d.uuid, l.qty FROM delivery_order d
            JOIN delivery_order_line l ON l.delivery_id = d.id) d
        FULL JOIN (SELECT i.uuid AS item, s.uuid, -l.qty AS qty FROM stock_ledger l JOIN item i ON i.id = l.item_id
            JOIN stock_source s ON s.id = l.source_id WHERE s.type = 'delivery_order') l
        ON l.uuid = d.uuid AND l.item = d.item_id WHERE d.qty IS DISTINCT FROM l.qty"
    none 'adjustment counters' "SELECT 1 FROM (SELECT number_month, max(number_counter) AS last, count(*) AS documents
            FROM adjustment GROUP BY 1) a
        FULL JOIN (SELECT * FROM inventory.document_counter WHERE series = 'ADJ') c ON c.month = a.number_month
        WHERE a.last IS DISTINCT FROM c.last OR a.last <> a.documents"
    none 'low items' "SELECT 1 FROM item i WHERE is_low <> (reorder_point > 0 AND reorder_point >=
        coalesce((SELECT sum(on_hand) FROM stock_balance b WHERE b.item_id = i.id), 0))"
    none 'no audit, no events' "SELECT 1 FROM sales.audit UNION ALL SELECT 1 FROM sales.outbox"
}

[ "$(load 700)" = 700 ] || { echo "700 orders were wanted"; failures=1; }
expect 'customers' 40 'SELECT count(*) FROM customer'
expect 'all states occur' 8 'SELECT count(DISTINCT status) FROM sales_order'
expect_references
expect_figures
[ "$(load 50)" = '' ] || { echo "a second run did something"; failures=1; }
expect 'a second run adds nothing' 700 'SELECT count(*) FROM sales_order'
[ "$failures" -eq 0 ]
