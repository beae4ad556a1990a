#!/usr/bin/env bash
# The users of tools/nats.conf.sh on a real nats-server: who may publish and subscribe to what. Speaks NATS' text protocol.
# usage: nats.sh <project root>
# shellcheck disable=SC2016 # $JS and $SRV are NATS subjects
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=check.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/check.sh"

root=$1
server=''
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

export NATS_STORE="$folder/a store" SERVICES="auth sales inventory"
for user in bootstrap gateway integrator $SERVICES; do
    export "NATS_PASS_${user^^}=$user-secret"
done

start() { # false where the port is taken
    export NATS_PORT=$((20000 + RANDOM % 12000))
    "$root/tools/nats.conf.sh" >"$folder/nats.conf"
    nats-server -c "$folder/nats.conf" >"$folder/log" 2>&1 &
    server=$!
    eventually "nats-server starts" grep -qE 'Server is ready|address already in use' "$folder/log"
    grep -q 'Server is ready' "$folder/log"
}
start || start || start || fail "no free port"

# Sends lines as a user; prints what the server says, up to its PONG.
talk() { # user line…
    local user=$1 line
    shift
    exec 3<>"/dev/tcp/127.0.0.1/$NATS_PORT"
    printf 'CONNECT {"verbose":false,"user":"%s","pass":"%s-secret","headers":true,"protocol":1}\r\n' "$user" "$user" >&3
    printf '%s\r\n' "$@" PING >&3
    while IFS= read -r -t 5 line <&3; do
        printf '%s\n' "$line"
        [[ $line != PONG* ]] || break
    done
    exec 3>&-
}

allowed() { # user PUB|SUB subject
    local line="$2 $3" said
    if [ "$2" = SUB ]; then
        line+=' 1'
    else
        line+=$' 0\r\n'
    fi
    said=$(talk "$1" "$line")
    [[ $said == *PONG* ]] || fail "$1: no answer: $said"
    [[ $said != *'Permissions Violation'* ]]
}

may() { # user PUB|SUB subject…
    local subject
    for subject in "${@:3}"; do
        allowed "$1" "$2" "$subject" || fail "$1 may not $2 $subject"
    done
}

may_not() { # user PUB|SUB subject…
    local subject
    for subject in "${@:3}"; do
        ! allowed "$1" "$2" "$subject" || fail "$1 may $2 $subject"
    done
}

may gateway PUB sales.so.create auth.user.list inventory.item.get ai.chat
may_not gateway PUB sales.internal.usage.count inventory.item.export item.created '$JS.API.STREAM.DELETE.EVENTS' _INBOX.sales.x
may gateway SUB _INBOX.gateway.x alert.raised
may_not gateway SUB '>' _INBOX.sales.x sales.so.create item.created

may sales PUB inventory.internal.reference.find inventory.item.export customer.created so.created \
    '$JS.API.STREAM.CREATE.EVENTS' '$JS.API.STREAM.MSG.GET.EVENTS' '$JS.API.CONSUMER.CREATE.EVENTS' '$JS.FC.EVENTS.c.x'
may_not sales PUB item.created user.created inventory.item.create sales.so.create _INBOX.gateway.x \
    '$JS.API.STREAM.DELETE.EVENTS' '$JS.API.STREAM.PURGE.EVENTS' '$JS.API.STREAM.CREATE.OTHER'
may sales SUB sales.so.create sales.internal.usage.count _INBOX.sales.x '$SRV.PING'
may_not sales SUB '>' inventory.item.get _INBOX.gateway.x '_INBOX.>'

may integrator SUB 'item.*' so.created user.updated _INBOX.integrator.x
may_not integrator SUB '>' sales.so.create _INBOX.gateway.x '_INBOX.>'
may integrator PUB '$JS.API.CONSUMER.CREATE.EVENTS' '$JS.API.CONSUMER.MSG.NEXT.EVENTS.c' '$JS.ACK.EVENTS.c.1'
may_not integrator PUB item.created sales.so.create _INBOX.gateway.x '$JS.API.STREAM.CREATE.EVENTS' \
    '$JS.API.CONSUMER.DELETE.EVENTS.c'

talk nobody | grep -q "Authorization Violation" || fail "a stranger may connect"
