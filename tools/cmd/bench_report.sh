# What ./sentient bench found, as Markdown: printed, and put into docs/performance.md by a full run. Not the measuring: bench.sh.
# shellcheck shell=bash disable=SC2153,SC2154 # ROW_TITLE, FIGURE and the rest are bench.sh's

report_machine() {
    local model
    model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
    printf '%s, %s cores, %s GiB; Linux %s; PostgreSQL %s, %s; commit %s%s of %s.\n' "${model:-unknown processor}" "$(nproc)" \
        "$(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)" "$(uname -r)" \
        "$("$PG_BIN/postgres" --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/')" "$(nats-server --version | sed 's/: / /')" \
        "$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)" \
        "$(git -C "$ROOT" diff --quiet HEAD 2>/dev/null || echo ' and changes')" "$(date +%F)"
    printf '%s orders; %s s per figure; load average at the end %s.\n' "$SIZE" "$BENCH_SECONDS" "$(cut -d ' ' -f 1 /proc/loadavg)"
}

# Requests per second, latencies, and what a request costs each process.
report_load() { # row…
    local row connections key
    printf '| request | connections | per second | p50 ms | p99 ms | errors | unanswered | CPU µs per request: gateway + daemon + NATS + PostgreSQL |\n'
    printf '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n'
    for row in "$@"; do
        for connections in "${BENCH_CONNECTIONS[@]}"; do
            key=$row.$connections
            printf '| %s | %d | %.0f | %s | %s | %d | %d | %s |\n' "${ROW_TITLE[$row]}" "$connections" "${FIGURE[$key.rate]}" \
                "$(bench_ms "${FIGURE[$key.p50_us]}")" "$(bench_ms "${FIGURE[$key.p99_us]}")" \
                $((FIGURE[$key.errors] + FIGURE[$key.lost])) "${FIGURE[$key.unanswered]}" "$(report_cpu "$key")"
        done
    done
}

report_cpu() { # row.connections
    local gateway=${FIGURE[$1.cpu.gateway]} daemons=$((FIGURE[$1.cpu.sales] + FIGURE[$1.cpu.inventory]))
    local nats=${FIGURE[$1.cpu.nats-server]} postgres=${FIGURE[$1.cpu.postgres]}
    printf '%d + %d + %d + %d = %d' "$gateway" "$daemons" "$nats" "$postgres" $((gateway + daemons + nats + postgres))
}

report_ratio() { # figure of figure
    awk -v a="${1:-0}" -v b="${2:-0}" 'BEGIN {if (b > 0) printf "%.2f", a / b; else printf "–"}'
}

report_best() { # figure…
    printf '%s\n' "$@" | sort -g | tail -n 1
}

# Beside PostgreSQL alone.
report_pgbench() { # row…
    local row clients
    local -a ours theirs
    printf '| request | pgbench with 1, 4, 16 clients | ratio at 16 | best to best |\n| --- | --- | ---: | ---: |\n'
    for row in "$@"; do
        [ -n "${FIGURE[$row.pgbench.16]:-}" ] || continue
        ours=() theirs=()
        for clients in "${BENCH_CONNECTIONS[@]}"; do
            ours+=("${FIGURE[$row.$clients.rate]}")
        done
        for clients in "${BENCH_CLIENTS[@]}"; do
            theirs+=("${FIGURE[$row.pgbench.$clients]:-0}")
        done
        printf '| %s | %s | %s | %s |\n' "${ROW_TITLE[$row]}" "$(printf ' %.0f' "${theirs[@]}")" \
            "$(report_ratio "${FIGURE[$row.16.rate]}" "${FIGURE[$row.pgbench.16]}")" \
            "$(report_ratio "$(report_best "${ours[@]}")" "$(report_best "${theirs[@]}")")"
    done
}

report_memory() {
    local name size comma=''
    printf 'Resident memory behind it, MiB: '
    for name in gateway auth sales inventory nats-server; do
        size=${FIGURE[memory.$name]}
        printf '%s%s %d.%d' "$comma" "$name" $((size / 1024)) $((size % 1024 * 10 / 1024))
        comma=', '
    done
    printf '.\n'
}

report_print() { # row…
    report_machine
    printf '\n'
    report_load "$@"
    printf '\n'
    report_pgbench "$@"
    printf '\n'
    report_memory
}

# Between the two marks in docs/performance.md, where all rows were measured.
bench_report() { # row…
    local file=$STATE/bench/report.md document=$ROOT/docs/performance.md
    report_print "$@" | tee "$file"
    [ -z "$BENCH_ONLY" ] && [ "$SIZE" -eq 100000 ] && [ -f "$document" ] || return 0
    sed -i -e "/^<!-- bench -->\$/,/^<!-- end of bench -->\$/{/^<!--/!d}" -e "/^<!-- bench -->\$/r $file" "$document"
    say "docs/performance.md has these figures"
}
