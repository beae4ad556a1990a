# ./sentient up: from a bare machine to a system that answers.
# shellcheck shell=bash

PRESET=${SENTIENT_PRESET:-release}
UP_LOCK=''
SUPERVISOR='' # the supervisor that this shell started
LOG_OFFSET=1  # where this start begins in the supervisor's log
READY_SECONDS=90

# Two of one state folder follow each other.
up_lock() {
    exec {UP_LOCK}>"$STATE/run/up.lock"
    if ! flock -n "$UP_LOCK"; then
        say "another ./sentient up of $STATE is at work: waiting for it"
        flock "$UP_LOCK"
    fi
}

up_unlock() {
    exec {UP_LOCK}>&-
}

up_is_settled() {
    local instance
    supervisor_pid >/dev/null || return 0
    while read -r instance; do
        instance_is_ready "$instance" || return
    done < <(plan_daemons)
}

# Started to the end, neither ending now nor broken.
up_is_running() {
    [ -f "$STATE/run/ready" ] || return
    ports_read
    wait_until 10 up_is_settled && supervisor_pid >/dev/null
}

up_say_address() { # Ready after 3.1 s
    printf '\n%s  http://127.0.0.1:%s/api\n' "$1" "${PORT[APP_PORT]}"
    if [ "${APP_ENV:-development}" = development ]; then
        printf 'Sign in as admin with Password123! (POST /api/auth/login)\n'
    fi
}

up_prepare() {
    local targets ports
    mapfile -t targets < <(services | sed 's/^/sentient-/')
    mapfile -t ports < <(gateway_port_names)
    build "$PRESET" OFF sentient-supervise sentient-gateway "${targets[@]}"
    step_begin postgres
    ports_choose "${ports[@]}"
    secrets_make
    postgres_prepare
    nats_prepare
}

up_servers() { # follow|stay
    plan_write servers
    LOG_OFFSET=$(($(stat -c %s "$STATE/log/supervise.log" 2>/dev/null || echo 0) + 1))
    supervisor_start "$1"
    up_server postgres postgres_accepts PG_PORT
    step_begin nats-server
    up_server nats-server nats_accepts NATS_PORT
}

up_server_is_decided() { # name accepts
    "$2" || up_is_hopeless "$1"
}

up_server() { # name accepts port-name
    wait_until 60 up_server_is_decided "$1" "$2" || true
    "$2" || up_fail "$1"
    step_end "127.0.0.1:${PORT[$3]}"
}

up_migrate() {
    local log=$STATE/log/migrate.log count
    step_begin database
    if ! postgres_migrate >"$log" 2>&1; then
        step_break
        cat "$log" >&2
        die "the database could not be migrated"
    fi
    count=$(wc -l <"$log")
    if [ "$count" -gt 0 ]; then
        step_end "$count migrations applied"
    else
        step_end "up to date"
    fi
}

# A process that has ended many times since this start.
up_is_hopeless() { # name
    [ "$(tail -c +"$LOG_OFFSET" "$STATE/log/supervise.log" | grep -cF " $1: ended by ")" -ge 5 ]
}

up_daemons() {
    local waiting=() still=() instance total end=$((SECONDS + READY_SECONDS))
    step_begin daemons
    plan_write all
    kill -HUP "$SUPERVISOR"
    mapfile -t waiting < <(plan_daemons)
    total=${#waiting[@]}
    while [ ${#waiting[@]} -gt 0 ]; do
        still=()
        for instance in "${waiting[@]}"; do
            instance_is_ready "$instance" && continue
            still+=("$instance")
            if [ "$SECONDS" -ge "$end" ] || up_is_hopeless "$instance"; then
                up_fail "$instance"
            fi
        done
        waiting=("${still[@]}")
        step_note "$((total - ${#waiting[@]})) of $total ready"
        [ ${#waiting[@]} -eq 0 ] || sleep 0.05
    done
    step_end "$total ready: $(plan_daemons | tr '\n' ' ')"
}

up_fail() { # name of the process that is not ready
    step_break
    say "$1 is not ready; the end of $STATE/log/$1.log:"
    tail -n 20 "$STATE/log/$1.log" >&2 || true
    exit 1
}

# However this shell ends before the system is ready, or while it follows it, nothing is left.
up_cleanup() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    [ -z "$SUPERVISOR" ] || everything_stop
    exit "$status"
}

up_interrupted() {
    step_break
    printf '\nEnding everything …\n'
    exit 130
}

up_follow() {
    printf 'Ctrl-C ends everything.\n'
    tail -n 0 -F --pid="$SUPERVISOR" "$STATE/log/supervise.log" 2>/dev/null &
    wait "$SUPERVISOR" || true
    SUPERVISOR=''
    say "the supervisor has ended"
}

cmd_up() {
    local mode=follow
    while [ $# -gt 0 ]; do
        case $1 in
            -d | --detach) mode=stay ;;
            --scale) [ $# -gt 1 ] || die "--scale wants sales=3,gateway=2"; scale_set "$2"; shift ;;
            --scale=*) scale_set "${1#*=}" ;;
            --demo-orders) [ $# -gt 1 ] || die "--demo-orders wants a number"; demo_set_orders "$2"; shift ;;
            --demo-orders=*) demo_set_orders "${1#*=}" ;;
            *) die "up: unknown option $1" ;;
        esac
        shift
    done
    state_make
    postgres_find
    up_lock
    if up_is_running; then
        up_say_address 'Already running:'
        return
    fi
    packages_install "${PACKAGES_UP[@]}"
    trap up_cleanup EXIT
    trap up_interrupted INT TERM HUP
    everything_stop
    up_prepare
    up_servers "$mode"
    up_migrate
    demo_seed
    up_daemons
    : >"$STATE/run/ready"
    up_unlock
    up_say_address "Ready after $(elapsed "$STARTED") s:"
    if [ "$mode" = follow ]; then
        up_follow
    else
        disown "$SUPERVISOR"
        SUPERVISOR=''
    fi
}
