# What ./sentient bench measures: one row per kind of request. Not how: tools/cmd/bench.sh.
# shellcheck shell=bash disable=SC2034 # the tables are bench.sh's to read

# Rows in their order. A row's requests are printed by row_<name> COUNT, one per line: METHOD PATH BODY.
ROWS=(order_get order_list order_search_rare order_search_common order_create order_approve
    order_flow stock_adjust stock_list stock_card item_create)

declare -A ROW_TITLE=(
    [order_get]='order by uuid' [order_list]='order list, page 1' [order_search_rare]='order search, few hits'
    [order_search_common]='order search, many hits' [order_create]='create order, 3 lines'
    [order_approve]='submit, approve' [order_flow]='create, submit, approve, deliver, ship'
    [stock_adjust]='stock adjustment' [stock_list]='stock list'
    [stock_card]='stock card' [item_create]='create item'
)
# The route by which the OpenAPI document tells whether the row can be measured yet.
declare -A ROW_ROUTE=(
    [order_get]='/api/sales-orders/{uuid}' [order_list]=/api/sales-orders [order_search_rare]=/api/sales-orders
    [order_search_common]=/api/sales-orders [order_create]=/api/sales-orders
    [order_approve]='/api/sales-orders/{uuid}/approve' [stock_adjust]=/api/inventory/adjustments
    [order_flow]='/api/delivery-orders/{uuid}/ship'
    [stock_list]=/api/inventory [stock_card]='/api/inventory/{itemId}/history' [item_create]=/api/items
)
# The service whose statements are compared with pgbench; none where there are several.
declare -A ROW_SERVICE=(
    [order_get]=sales [order_list]=sales [order_search_rare]=sales [order_search_common]=sales [order_create]=sales
    [order_approve]=sales [stock_adjust]=inventory [stock_list]=inventory [stock_card]=inventory [item_create]=inventory
)
declare -A ROW_GROUP=([order_approve]=2 [order_flow]=5) # requests that follow each other, where it is not one
declare -A ROW_ONCE=([order_approve]=1 [item_create]=1) # each request can be made once
declare -A ROW_FLOW=([order_flow]=1) # the group is one thing, counted and timed as a whole
declare -A ROW_ITEMS=([stock_adjust]='121 205') # which items pgbench takes, where it is not the furniture; nobody reserves these
# Statements that are composed, not prepared: planned for their values each time.
declare -A ROW_COMPOSED=([order_list]=1 [order_search_rare]=1 [order_search_common]=1 [stock_list]=1 [stock_card]=1)

# Demo rows (db/seed/): kind 1 items, the furniture first; 2 customers; 3 orders; from DRAFTS on they are our own drafts.
demo_uuids() { # kind count from to
    awk -v kind="$1" -v count="$2" -v from="$3" -v to="$4" -v seed="$RANDOM" 'BEGIN {
        srand(seed)
        while (count--) printf "00000000-0000-7000-8%03d-%012d\n", kind, from + int(rand() * (to - from + 1))
    }'
}

repeated() { # line count
    awk -v line="$1" -v count="$2" 'BEGIN {while (count--) print line}'
}

row_order_get() { # count
    demo_uuids 3 "$1" 1 "$SIZE" | sed 's|^|GET /api/sales-orders/|'
}

row_order_list() { # count
    repeated 'GET /api/sales-orders' "$1"
}

row_order_search_rare() { # count
    repeated 'GET /api/sales-orders?search=PO/2026/1234' "$1"
}

row_order_search_common() { # count
    repeated 'GET /api/sales-orders?search=griya+nusantara' "$1"
}

row_order_create() { # count
    local today
    today=$(TZ=Asia/Jakarta date +%F)
    paste -d ' ' <(demo_uuids 2 "$1" 1 38) <(demo_uuids 1 "$1" 1 32) <(demo_uuids 1 "$1" 33 64) <(demo_uuids 1 "$1" 65 96) |
        awk -v today="$today" '{
            printf "POST /api/sales-orders {\"customerId\":\"%s\",\"orderDate\":\"%s\",\"customerPO\":\"PO-%d\",", $1, today, NR
            printf "\"items\":[{\"itemId\":\"%s\",\"qty\":4},{\"itemId\":\"%s\",\"qty\":2,\"discountPct\":5},", $2, $3
            printf "{\"itemId\":\"%s\",\"qty\":12.5,\"price\":650000}]}\n", $4
        }'
}

row_order_approve() { # count
    local first=$DRAFT_NEXT
    DRAFT_NEXT=$((DRAFT_NEXT + $1 / 2))
    awk -v first="$first" -v count="$(($1 / 2))" 'BEGIN {
        for (n = first; n < first + count; n++) {
            uuid = sprintf("00000000-0000-7000-8003-%012d", n)
            printf "POST /api/sales-orders/%s/submit\nPOST /api/sales-orders/%s/approve\n", uuid, uuid
        }
    }'
}

# One piece each of what nobody else orders, for customers without a credit limit; the last uuid digit is the line by
# whose answer it is told. Delivering waits for the reservation.
row_order_flow() { # count
    local today order=00000000-0000-0000-0000-000000000001 delivery=00000000-0000-0000-0000-000000000004
    today=$(TZ=Asia/Jakarta date +%F)
    paste -d ' ' <(demo_uuids 1 "$(($1 / 5))" 121 205) \
        <(psql -XqAt -d sentient -c "SELECT c.uuid FROM sales.customer c, generate_series(1, $(($1 / 5)))
            WHERE c.credit_limit IS NULL AND c.is_active AND c.deleted_at IS NULL LIMIT $(($1 / 5))") |
        awk -v today="$today" -v order="$order" -v delivery="$delivery" '{
            printf "POST /api/sales-orders {\"customerId\":\"%s\",\"orderDate\":\"%s\",", $2, today
            printf "\"items\":[{\"itemId\":\"%s\",\"qty\":1,\"price\":1000}]}\n", $1
            printf "POST /api/sales-orders/%s/submit\nPOST /api/sales-orders/%s/approve\n", order, order
            printf "POST /api/delivery-orders {\"salesOrderId\":\"%s\"}\n", order
            printf "PUT /api/delivery-orders/%s/ship {}\n", delivery
        }'
}

row_stock_adjust() { # count
    demo_uuids 1 "$1" 121 205 | awk '{
        printf "POST /api/inventory/adjustments {\"reason\":\"Hasil opname\",\"items\":[{\"itemId\":\"%s\",\"qty\":1}]}\n", $1
    }'
}

row_stock_list() { # count
    repeated 'GET /api/inventory' "$1"
}

row_stock_card() { # count
    demo_uuids 1 "$1" 1 96 | sed 's|.*|GET /api/inventory/&/history|'
}

row_item_create() { # count
    awk -v run="$(date +%s%N)" -v count="$1" 'BEGIN {
        for (n = 1; n <= count; n++)
            printf "POST /api/items {\"code\":\"B-%s-%d\",\"name\":\"Engsel %d\",\"type\":\"raw\",\"uom\":\"pcs\",\"price\":12500}\n",
                run, n, n
    }'
}
