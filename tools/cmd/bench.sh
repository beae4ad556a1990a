# ./sentient bench: what a system with many orders does per second and what a request costs, beside pgbench with the same
# statements. The rows: tests/bench/rows.sh. The table: bench_report.sh. Nothing here passes or fails.
# shellcheck shell=bash disable=SC2153,SC2154 # PORT, SECRET, ROW_* are set elsewhere

SIZE=100000 BENCH_SECONDS=5 BENCH_ONLY='' BENCH_FRESH=''
BENCH_CONNECTIONS=(1 16 64) BENCH_CLIENTS=(1 4 16)
BENCH_FOLDER='' # scripts, recordings, results; below the state folder
DRAFT_FIRST=0 DRAFT_NEXT=0 DRAFT_COUNT=0
RECORDER='' MARK=0
declare -A FIGURE # [row.connections.name], [row.pgbench.clients]

bench_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --size) [[ ${2:-} =~ ^[1-9][0-9]{2,6}$ ]] || die "--size wants a number from 100 to 9999999"; SIZE=$2; shift ;;
            --seconds) [[ ${2:-} =~ ^[1-9][0-9]{0,2}$ ]] || die "--seconds wants a number"; BENCH_SECONDS=$2; shift ;;
            --only) [ $# -gt 1 ] || die "--only wants one of: ${ROWS[*]}"; BENCH_ONLY=$2; shift ;;
            --fresh) BENCH_FRESH=1 ;;
            *) die "bench: unknown option $1" ;;
        esac
        shift
    done
    [ -z "$BENCH_ONLY" ] || [[ " ${ROWS[*]} " == *" $BENCH_ONLY "* ]] || die "--only: there are ${ROWS[*]}"
}

# ---- the system ----

# Another ./sentient on the bench's own state folder.
bench_system() { # command…
    APP_PORT=0 NATS_PORT=0 PG_PORT=0 APP_ENV=development SENTIENT_DEMO=1 RATE_LIMIT_RPS=0 RATE_LIMIT_IP_RPS=0 \
        "$ROOT/sentient" "$@"
}

# With as many orders as asked for: made anew where the state folder holds another number.
bench_up() {
    if [ -d "$STATE" ] && { [ -n "$BENCH_FRESH" ] || [ "$(cat "$STATE/bench.size" 2>/dev/null)" != "$SIZE" ]; }; then
        [ -f "$STATE/bench.size" ] || die "$STATE is not the bench's: give it a folder of its own in SENTIENT_HOME"
        bench_system down
        rm -rf "$(dirname "${PG_DATA:?}")/postgres" "${STATE:?}"
    fi
    mkdir -p "$STATE"
    printf '%s\n' "$SIZE" >"$STATE/bench.size"
    bench_system up --detach --demo-orders "$SIZE"
    state_make
    status_open
    postgres_superuser
    step_begin 'settling'
    wait_until 600 bench_is_settled || die "the services are not done with the demo data"
    step_end 'the services have read the demo data'
}

# Whether the services have built what follows from each other's exports.
bench_is_settled() {
    local service
    for service in sales inventory; do
        [ -n "$(psql -XqAt -d sentient -c "SELECT 1 FROM $service.consumer_position
            WHERE NOT EXISTS (SELECT FROM $service.outbox WHERE published_at IS NULL)")" ] || return
    done
}

# Whether sales and inventory have heard of each other's news: what one row left behind is not for the next to wait for.
bench_is_quiet() {
    [ "$(psql -XqAt -d sentient <<'SQL'
SELECT NOT EXISTS (SELECT FROM sales.outbox WHERE published_at IS NULL)
   AND NOT EXISTS (SELECT FROM inventory.outbox WHERE published_at IS NULL)
   AND i.last_sequence >= coalesce((SELECT max(stream_sequence) FROM sales.outbox
                                    WHERE subject IN ('so.approved', 'so.cancelled', 'so.closed', 'do.shipped')), 0)
   AND s.last_sequence >= coalesce((SELECT max(stream_sequence) FROM inventory.outbox WHERE subject = 'inv.reserved'), 0)
FROM inventory.consumer_position i, sales.consumer_position s
SQL
    )" = t ]
}

bench_sign_in() {
    TOKEN=$(curl -sf "$1/api/auth/login" -H 'Content-Type: application/json' \
        -d '{"username":"admin","password":"Password123!"}' | sed -n 's/.*"accessToken":"\([^"]*\)".*/\1/p')
    export TOKEN
    [ -n "$TOKEN" ] || die "could not sign in"
}

bench_rows() { # url
    local row document
    document=$(curl -sf "$1/api/openapi.json") || die "there is no OpenAPI document"
    for row in "${ROWS[@]}"; do
        [ -z "$BENCH_ONLY" ] || [ "$BENCH_ONLY" = "$row" ] || continue
        if [[ $document == *"\"${ROW_ROUTE[$row]}\""* ]]; then
            printf '%s\n' "$row"
        else
            say "left out, there is no ${ROW_ROUTE[$row]} yet: $row"
        fi
    done
}

# Orders to be approved, each of them once.
bench_drafts() {
    DRAFT_COUNT=$(((BENCH_SECONDS + 1) * 2400 + 100))
    DRAFT_FIRST=$(psql -XqAt -d sentient -v count="$DRAFT_COUNT" -f "$ROOT/tests/bench/drafts.sql") || die "no drafts"
    DRAFT_NEXT=$DRAFT_FIRST
}

# ---- recording: what a request sends to PostgreSQL ----

# A second instance of the service, which writes down what it sends; it answers a share of the requests.
bench_recorder() { # service
    local variables=()
    mapfile -d '' variables <"$STATE/run/$1.env"
    env -i "${variables[@]}" ADMIN_PORT_FILE="$BENCH_FOLDER/$1.admin" LD_PRELOAD="$ROOT/build/$PRESET/bin/bench_record.so" \
        RECORD="$BENCH_FOLDER/$1.recording" "$ROOT/build/$PRESET/bin/sentient-$1" >"$BENCH_FOLDER/$1.log" 2>&1 </dev/null &
    RECORDER=$!
    wait_until 10 bench_recorder_is_ready "$1" || die "no second $1: $BENCH_FOLDER/$1.log"
}

bench_recorder_is_ready() { # service
    [ -s "$BENCH_FOLDER/$1.admin" ] && [ "$(http_status "http://127.0.0.1:$(cat "$BENCH_FOLDER/$1.admin")" /readyz)" = 200 ]
}

bench_recorder_stop() {
    [ -n "$RECORDER" ] || return 0
    kill -TERM "$RECORDER" 2>/dev/null || true
    wait "$RECORDER" || true
    RECORDER=''
}

# Sends one line of a row's requests.
bench_send() { # url line
    local method path body
    IFS=' ' read -r method path body <<<"$2"
    curl -sf -o /dev/null -X "$method" "$1$path" -H "Authorization: Bearer $TOKEN" ${body:+-H 'Content-Type: application/json' -d "$body"}
}

# Whether the last request went to the recorder.
bench_recorded() { # recording
    awk -F '\t' '$1 == "M" {seen = 0} $2 ~ /-worker$/ && $3 == "sync" {seen = 1} END {exit !seen}' "$1"
}

# Sends requests until the recorder had each of a group twice; prints the marks of those, in the group's order.
bench_record() { # row url
    local row=$1 group=${ROW_GROUP[$1]:-1} recording=$BENCH_FOLDER/${ROW_SERVICE[$1]}.recording step=0 line
    local -A marks=()
    row_"$row" 80 >"$BENCH_FOLDER/$row.record"
    while IFS= read -r line; do
        MARK=$((MARK + 1))
        printf 'M\t%d\n' "$MARK" >>"$recording"
        bench_send "$2" "$line" || say "$row: not answered: $line"
        ! bench_recorded "$recording" || marks[$step]+=" $MARK"
        step=$(((step + 1) % group))
    done <"$BENCH_FOLDER/$row.record"
    for ((step = 0; step < group; step++)); do
        # shellcheck disable=SC2086 # words
        bench_script "$row" "$step" ${marks[$step]:-} || return
    done
}

bench_script() { # row step mark mark …
    [ $# -ge 4 ] || { say "$1: not recorded"; return 1; }
    awk -v first="$3" -v second="$4" -v tag="$(printf '%d_' "$2")" -v variables="$BENCH_FOLDER/$1.variables.$2" \
        -f "$ROOT/tests/bench/script.awk" "$BENCH_FOLDER/${ROW_SERVICE[$1]}.recording" >>"$BENCH_FOLDER/$1.pgbench"
}

# Enough of what the whole flow delivers.
bench_stock() { # url
    local item
    seq -f 00000000-0000-7000-8001-%012g 121 205 | while IFS= read -r item; do
        bench_send "$1" "POST /api/inventory/adjustments {\"reason\":\"bench\",\"items\":[{\"itemId\":\"$item\",\"qty\":1000}]}"
    done
}

bench_record_all() { # url row…
    local url=$1 service row
    shift
    for service in sales inventory; do
        bench_recorder "$service"
        for row in "$@"; do
            [ "${ROW_SERVICE[$row]:-}" != "$service" ] || bench_record "$row" "$url" || rm -f "$BENCH_FOLDER/$row.pgbench"
        done
        bench_recorder_stop
    done
}

# ---- load ----

# CPU ticks (10 ms) so far of the processes of a row, by name: gateway=12 sales=3 …
bench_ticks() {
    local name pid
    for name in gateway sales inventory nats-server; do
        pid=$(status_pid "$name")
        awk -v name="$name" '{sub(/^.*\) /, ""); print name "=" $12 + $13}' "/proc/$pid/stat"
    done
    { cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v server="$(status_pid postgres)" '
        {pid = $1; sub(/^.*\) /, ""); if (pid == server || $2 == server) sum += $12 + $13 + (pid == server ? $14 + $15 : 0)}
        END {print "postgres=" sum + 0}'
}

bench_load() { # row connections
    local row=$1 key=$1.$2 group=${ROW_GROUP[$1]:-1} script=$BENCH_FOLDER/$1.load count=4000 options=() before after part
    if [ -n "${ROW_ONCE[$row]:-}" ]; then
        options=(-1) count=$((group * (BENCH_SECONDS + 1) * 800 / group))
        [ "$group" -gt 1 ] || count=$((count * 5))
    fi
    [ -z "${ROW_FLOW[$row]:-}" ] || options+=(-f)
    row_"$row" $((count * group)) >"$script"
    wait_until 60 bench_is_quiet || say "$row: begins while events of the row before are on their way"
    psql -Xq -d sentient -c CHECKPOINT
    before=$(bench_ticks)
    part=$("$ROOT/build/$PRESET/bin/bench_load" -p "${PORT[APP_PORT]}" -c "$2" -w 1 -s "$BENCH_SECONDS" -g "$group" \
        "${options[@]}" "$script")
    after=$(bench_ticks)
    for part in $part; do
        FIGURE[$key.${part%%=*}]=${part#*=}
    done
    while IFS='=' read -r part before after; do
        FIGURE[$key.cpu.$part]=$(((after - before) * 10000 / (FIGURE[$key.answers] + 1)))
    done < <(paste -d = <(printf '%s\n' "$before") <(sed 's/.*=//' <<<"$after"))
    printf '    %3d connections  %8.0f/s  p50 %.2f ms\n' "$2" "${FIGURE[$key.rate]}" "$(bench_ms "${FIGURE[$key.p50_us]}")"
}

bench_ms() { # microseconds
    printf '%d.%03d\n' $(($1 / 1000)) $(($1 % 1000))
}

# ---- pgbench ----

# PostgreSQL alone, and a copy of the database, so that what pgbench writes is nobody's.
bench_database() {
    bench_system down
    mkdir -p "$STATE/run"
    plan_write servers
    supervisor_start follow
    wait_until 60 postgres_accepts || die "PostgreSQL does not start"
    PGOPTIONS='-c client_min_messages=warning' psql -Xq -d postgres -c 'DROP DATABASE IF EXISTS bench' -c 'CREATE DATABASE bench TEMPLATE sentient'
    psql -Xq -d bench -c 'VACUUM ANALYZE'
}

bench_pgbench() { # row clients seconds
    local variables=() part threads=1 items=${ROW_ITEMS[$1]:-1 96} range=(-D "min_003=1" -D "max_003=$SIZE")
    [ "$2" -eq 1 ] || threads=2
    [ "$1" != order_approve ] || range=(-D "min_003=$DRAFT_FIRST" -D "max_003=$((DRAFT_FIRST + DRAFT_COUNT - 1))")
    while IFS= read -r part; do
        variables+=(-D "$part")
    done < <(cat "$BENCH_FOLDER/$1.variables."* 2>/dev/null)
    PGUSER=${ROW_SERVICE[$1]} PGPASSWORD=${SECRET[${ROW_SERVICE[$1]}.DB_PASS]} \
        PGOPTIONS="${ROW_COMPOSED[$1]:+-c plan_cache_mode=force_custom_plan}" \
        "$PG_BIN/pgbench" -n -M prepared -c "$2" -j "$threads" -T "$3" -D n=0 -D "base=$(date +%s)000000000" \
        -D "min_001=${items% *}" -D "max_001=${items#* }" -D min_002=1 -D max_002=38 "${range[@]}" "${variables[@]}" \
        -f "$BENCH_FOLDER/$1.pgbench" bench >"$BENCH_FOLDER/$1.pgbench.log" 2>&1 || { tail -n 5 "$BENCH_FOLDER/$1.pgbench.log" >&2; return 1; }
    sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$BENCH_FOLDER/$1.pgbench.log"
}

bench_pgbench_row() { # row
    local clients tps
    [ -s "$BENCH_FOLDER/$1.pgbench" ] || return 0
    bench_pgbench "$1" 1 1 >/dev/null || return 0 # warms up
    for clients in "${BENCH_CLIENTS[@]}"; do
        psql -Xq -d bench -c CHECKPOINT
        tps=$(bench_pgbench "$1" "$clients" "$BENCH_SECONDS") || continue
        FIGURE[$1.pgbench.$clients]=$(awk -v tps="$tps" -v group="${ROW_GROUP[$1]:-1}" 'BEGIN {printf "%.1f", tps * group}')
        printf '    %3d clients      %8.0f/s\n' "$clients" "${FIGURE[$1.pgbench.$clients]}"
    done
}

# ---- all of it ----

bench_cleanup() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    bench_recorder_stop
    everything_stop
    exit "$status"
}

bench_memory() {
    local name
    for name in gateway auth sales inventory nats-server; do
        FIGURE[memory.$name]=$(awk '/^VmRSS:/ {print $2}' "/proc/$(status_pid "$name")/status")
    done
}

cmd_bench() {
    local rows=() row connections url
    # shellcheck source=tests/bench/rows.sh
    . "$ROOT/tests/bench/rows.sh"
    bench_options "$@"
    export SENTIENT_HOME=${SENTIENT_HOME:-$ROOT/.sentient/bench}
    state_find
    postgres_find
    trap bench_cleanup EXIT
    trap 'exit 130' INT TERM HUP
    packages_install "${PACKAGES_UP[@]}" curl
    bench_up
    build "$PRESET" ON bench_load bench_record
    BENCH_FOLDER=$STATE/bench
    rm -rf "${BENCH_FOLDER:?}" && mkdir "$BENCH_FOLDER"
    url=http://127.0.0.1:${PORT[APP_PORT]}
    bench_sign_in "$url"
    bench_drafts
    mapfile -t rows < <(bench_rows "$url")
    [[ " ${rows[*]} " != *' order_flow '* ]] || bench_stock "$url"
    bench_record_all "$url" "${rows[@]}"
    for row in "${rows[@]}"; do
        printf '%s\n' "${ROW_TITLE[$row]}"
        for connections in "${BENCH_CONNECTIONS[@]}"; do
            bench_load "$row" "$connections"
        done
    done
    bench_memory
    printf 'pgbench with the same statements\n'
    bench_database
    for row in "${rows[@]}"; do
        printf '%s\n' "${ROW_TITLE[$row]}"
        bench_pgbench_row "$row"
    done
    bench_report "${rows[@]}"
}
