# Demo data in a new development system. Not the data: db/seed/.
# shellcheck shell=bash

DEMO_ORDERS='' # as asked for with --demo-orders; the default otherwise

demo_is_wanted() {
    [ "${APP_ENV:-development}" = development ] && [ "${SENTIENT_DEMO:-1}" != 0 ]
}

demo_set_orders() { # number
    [[ $1 =~ ^[1-9][0-9]{0,6}$ ]] || die "--demo-orders: $1: a number from 1 to 9999999 is wanted"
    demo_is_wanted || die "--demo-orders: only in development, and not with SENTIENT_DEMO=0"
    DEMO_ORDERS=$1
}

# Prints how many orders were made; nothing where there is data already.
demo_load() { # orders
    (
        postgres_superuser
        exec psql -XqAt -d sentient -v orders="$1" -v timezone="${APP_TIMEZONE:-Asia/Jakarta}" \
            -v tax_rate="${TAX_RATE:-11}" -f "$ROOT/db/seed/demo.sql"
    )
}

# Before the daemons start: they take it for what they left behind.
demo_seed() {
    local log=$STATE/log/demo.log count
    demo_is_wanted || return 0
    step_begin 'demo data'
    if ! count=$(demo_load "${DEMO_ORDERS:-2400}" 2>"$log"); then
        step_break
        cat "$log" >&2
        die "the demo data could not be made"
    fi
    [ -n "$count" ] && step_end "$count orders" || step_end "there is data already"
}
