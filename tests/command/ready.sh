#!/usr/bin/env bash
# A port that another program holds does not make an instance ready, whatever that program answers.
# usage: ready.sh <project root>
# shellcheck disable=SC2034 # STATE is for daemons.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=check.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/check.sh"
# shellcheck source=tools/cmd/daemons.sh
. "$1/tools/cmd/daemons.sh"

server=''
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

STATE=$folder
mkdir "$folder/run"

start() { # false where the port is taken
    port=$((20000 + RANDOM % 12000))
    nats-server -a 127.0.0.1 -p "$port" >"$folder/log" 2>&1 &
    server=$!
    eventually "a program listens" grep -qE 'Server is ready|address already in use' "$folder/log"
    grep -q 'Server is ready' "$folder/log"
}
start || start || start || fail "no free port"

echo "$server" >"$folder/run/ours.pid"
echo "$$" >"$folder/run/another.pid"
instance_listens ours "$port" || fail "who listens is seen"
instance_listens another "$port" && fail "another's port is not ours"
instance_listens absent "$port" && fail "who does not run listens nowhere"
kill "$server"
wait "$server" || true
server=''
instance_listens ours "$port" && fail "who has ended listens nowhere"
exit 0
