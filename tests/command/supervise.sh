#!/usr/bin/env bash
# The supervisor with small children: restart, further units, order at the end, the death of itself and of its parent.
# usage: supervise.sh <sentient-supervise>
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=check.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/check.sh"

program=$1
plan="$folder/the plan"
supervisor=''

cleanup() {
    [ -z "$supervisor" ] || kill -KILL "$supervisor" 2>/dev/null || true
    cat "$folder"/*.pid 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

# Notes its end in a file; `stubborn` does not end when it is asked to.
cat >"$folder/child.sh" <<'CHILD'
name=$1
if [ "$2" = stubborn ]; then
    trap '' TERM
else
    trap 'echo "$name" >>"$ENDS"; exit 0' TERM
fi
echo "$name runs, ${MARK:-no mark}"
while :; do read -rt 60 _ <> <(:) || true; done
CHILD

unit() { # name stage kind
    local grace=20000
    [ "$3" != stubborn ] || grace=300
    printf 'unit %s\nstage %d\ngrace %d\nenv %s\npid %s\nlog %s\n' "$1" "$2" "$grace" "$folder/env" "$folder/$1.pid" "$folder/$1.log"
    printf 'arg %s\n' /bin/bash "$folder/child.sh" "$1" "$3"
}

runs() { # name [other than this pid]
    local pid
    pid=$(cat "$folder/$1.pid") && [ "$pid" != "${2:-}" ] && [ -d "/proc/$pid" ] && grep -q runs "$folder/$1.log"
}

gone() { # pid…
    local pid
    for pid in "$@"; do
        [ ! -d "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || return 1
    done
}

start() {
    unit low 0 plain >"$plan"
    unit high 1 plain >>"$plan"
    printf 'MARK=a mark\0ENDS=%s\0' "$folder/ends" >"$folder/env"
    "$program" "$plan" "$folder/pid" >>"$folder/said" 2>&1 &
    supervisor=$!
    eventually "both run" runs low
    eventually "both run" runs high
}

start
grep -q 'low runs, a mark' "$folder/low.log" || fail "the environment is the plan's"
"$program" "$plan" "$folder/pid" >/dev/null 2>&1 && fail "a second supervisor is refused"

pid=$(cat "$folder/low.pid")
kill -KILL "$pid"
eventually "what is killed starts again" runs low "$pid"

unit late 1 stubborn >>"$plan"
kill -HUP "$supervisor"
eventually "SIGHUP starts what is new" runs late
[ "$(grep -c 'high: started' "$folder/said")" = 1 ] || fail "SIGHUP leaves the others alone"

pids=$(cat "$folder"/{low,high,late}.pid)
kill -TERM "$supervisor"
wait "$supervisor" || fail "it ends with 0"
# shellcheck disable=SC2086 # three pids
gone $pids || fail "all have ended"
[ "$(tr '\n' ' ' <"$folder/ends")" = "high low " ] || fail "the higher stage ends first"
grep -q 'late: killed' "$folder/said" || fail "what does not end is killed"

start
pids=$(cat "$folder"/{low,high}.pid)
kill -KILL "$supervisor"
# shellcheck disable=SC2086 # two pids
eventually "children end with the supervisor" gone $pids
rm -f "$folder"/*.pid # a zombie of the last round would pass for the next one's child

bash -c '"$@" >/dev/null 2>&1 & echo $! >"$0"; read -rt 60 _ <> <(:)' "$folder/follower" \
    bash -c 'exec "$@" "$PPID"' - "$program" "$plan" "$folder/pid" &
parent=$!
eventually "it runs below a parent" test -s "$folder/follower"
eventually "it runs below a parent" runs low
supervisor=$(cat "$folder/follower")
kill -KILL "$parent"
eventually "it ends with its parent" gone "$supervisor"
supervisor=''
