#!/usr/bin/env bash
# Prints the configuration of nats-server: JetStream, and one user per service with the subjects that it needs.
# Not a server: ./sentient up starts one with it.
#
# Environment: NATS_PORT, NATS_STORE (folder of JetStream), NATS_HOST (default 127.0.0.1), NATS_MAX_FILE_STORE (default
# 10GB), SERVICES (names separated by blanks), and per user NATS_PASS_<USER>: GATEWAY, BOOTSTRAP, INTEGRATOR and each
# service. The events that a service may publish are those that its .proto file declares. Inboxes begin with
# _INBOX.<user>, so that nobody reads another's answers.
# shellcheck disable=SC2016 # $JS and $SRV are NATS subjects
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# a b c → "a", "b", "c"
quoted() {
    local list
    printf -v list '"%s", ' "$@"
    printf '%s' "${list%, }"
}

events_of() { # service, or common: what every service sends
    local proto="$root/proto/sentient/$1.proto"
    [ -f "$proto" ] || return 0
    tr '\n' ' ' <"$proto" | { grep -oE '\((sentient\.)?event\) *= *\{ *subject: *"[^"]+"' || true; } | sed 's/.*"\(.*\)"/\1/'
}

user() { # name, publish, deny publishing, subscribe; the three are quoted lists, empty for nothing
    local password="NATS_PASS_${1^^}" deny='' responses=''
    [ -z "$3" ] || deny=", deny: [$3]"
    # Replies to what it was asked, and nothing else, go to other users' inboxes.
    [ -z "${RESPONDS:-}" ] || responses=$'\n      allow_responses: { max: 1, expires: "65s" }'
    cat <<CONF
    { user: "$1", password: "${!password:?is not set}", permissions: {
      publish: { allow: [$2]$deny }
      subscribe: { allow: [$4] }$responses
    } }
CONF
}

# What an ordered consumer of the stream needs.
STREAM_READ=('$JS.API.STREAM.INFO.EVENTS' '$JS.API.STREAM.MSG.GET.EVENTS' '$JS.API.DIRECT.GET.EVENTS'
    '$JS.API.CONSUMER.CREATE.EVENTS' '$JS.API.CONSUMER.CREATE.EVENTS.>' '$JS.API.CONSUMER.INFO.EVENTS.>' '$JS.FC.EVENTS.>')
# Every service makes sure that the stream exists.
STREAM_KEEP=('$JS.API.STREAM.CREATE.EVENTS' '$JS.API.STREAM.UPDATE.EVENTS' '$JS.API.CONSUMER.DELETE.EVENTS.>')
STREAM_PULL=('$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.>' '$JS.API.CONSUMER.MSG.NEXT.EVENTS.>' '$JS.ACK.EVENTS.>')

user_service() { # name
    local events
    mapfile -t events < <(events_of "$1" && events_of common)
    RESPONDS=1 user "$1" \
        "$(quoted '*.internal.>' '*.*.export' "${events[@]}" "${STREAM_READ[@]}" "${STREAM_KEEP[@]}")" '' \
        "$(quoted "$1.>" "_INBOX.$1.>" '$SRV.>')"
}

# Of the leaves it may ask the feed of ended sessions and changed roles alone.
user_gateway() { # services…
    RESPONDS=1 user gateway "$(quoted "${@/%/.*.*}" 'ai.*' auth.internal.identity.changes)" \
        "$(quoted '*.internal.*' '*.*.export')" \
        "$(quoted '_INBOX.gateway.>' 'alert.*' '$SRV.>')"
}

# Subscribes to every event and reads the stream; asks for nothing.
user_integrator() { # services…
    local kinds service
    mapfile -t kinds < <(for service in "$@"; do events_of "$service"; done | sed 's/\..*/.*/' | sort -u)
    user integrator "$(quoted "${STREAM_READ[@]}" "${STREAM_PULL[@]}")" '' \
        "$(quoted '_INBOX.integrator.>' "${kinds[@]}")"
}

main() {
    local services service
    read -ra services <<<"${SERVICES:?is not set}"
    cat <<CONF
# Written by tools/nats.conf.sh.
server_name: sentient
listen: "${NATS_HOST:-127.0.0.1}:${NATS_PORT:?is not set}"
max_payload: 8MB
ping_interval: "10s"
jetstream {
  store_dir: "${NATS_STORE:?is not set}"
  max_memory_store: 64MB
  max_file_store: ${NATS_MAX_FILE_STORE:-10GB}
}
authorization {
  users: [
    { user: "bootstrap", password: "${NATS_PASS_BOOTSTRAP:?is not set}" }
CONF
    user_gateway "${services[@]}"
    for service in "${services[@]}"; do
        user_service "$service"
    done
    user_integrator "${services[@]}"
    printf '  ]\n}\n'
}

main "$@"
