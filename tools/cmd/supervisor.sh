# The supervisor of the state folder's processes, and clearing what a killed one left.
# shellcheck shell=bash disable=SC2034 # SUPERVISOR is used by up.sh

# The pid of the supervisor that runs; false where none does. It holds a lock on its pid file.
supervisor_pid() {
    local file=$STATE/run/supervise.pid
    [ -f "$file" ] && ! flock -n "$file" true && cat "$file" 2>/dev/null
}

# Starts it with the plan. With `follow` it ends when this shell does.
supervisor_start() { # follow|stay
    local follow=()
    [ "$1" = stay ] || follow=("$BASHPID")
    "$ROOT/build/$PRESET/bin/sentient-supervise" "$STATE/run/plan" "$STATE/run/supervise.pid" "${follow[@]}" \
        >>"$STATE/log/supervise.log" 2>&1 </dev/null &
    SUPERVISOR=$!
}

wait_until() { # seconds command…
    local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    shift
    until "$@"; do
        [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
        sleep 0.05
    done
}

pids_gone() { # pid…
    local pid
    for pid in "$@"; do
        [ ! -d "/proc/$pid" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null)" = Z ] || return 1
    done
}

no_supervisor() {
    ! supervisor_pid >/dev/null
}

# Processes of this state folder, by the mark in their environment.
leftovers() {
    { grep -lzFxs -- "SENTIENT_SUPERVISED=$STATE" /proc/[0-9]*/environ || true; } | cut -d / -f 3
}

# Signals once, waits, kills.
pids_end() { # signal seconds pid…
    local signal=$1 seconds=$2
    shift 2
    [ $# -gt 0 ] || return 0
    kill "-$signal" "$@" 2>/dev/null || true
    wait_until "$seconds" pids_gone "$@" && return
    kill -KILL "$@" 2>/dev/null || true
    wait_until 5 pids_gone "$@" || die "these processes do not end: $*"
}

leftovers_clear() {
    local pids postgres
    postgres_find
    postgres=$(postgres_leftover) || postgres=''
    mapfile -t pids < <(leftovers | grep -vx "${postgres:-none}")
    [ -z "${pids[*]}$postgres" ] || say "ends what an earlier run left: ${pids[*]} $postgres"
    pids_end TERM 8 "${pids[@]}"
    # shellcheck disable=SC2086 # none or one
    pids_end INT 20 $postgres
    rm -f "$PG_DATA/postmaster.pid" "$STATE"/run/*.pid "$STATE"/run/*.admin "$STATE/run/ready"
}

# Stops everything of the state folder; nothing to stop is fine.
everything_stop() {
    local pid
    if pid=$(supervisor_pid) && [ -n "$pid" ]; then
        kill -TERM "$pid" 2>/dev/null || die "the system belongs to another user (pid $pid)"
        wait_until 60 no_supervisor || kill -KILL "$pid" 2>/dev/null || true
    fi
    leftovers_clear
}
