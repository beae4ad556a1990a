# The state folder of one running system: where it is, its ports, its secrets.
#   log/ run/ (pids, plan, ports) secrets/ postgres/ nats/ mail/
# shellcheck shell=bash

STATE='' # its absolute path
declare -A PORT SECRET

# The services, from the build's one list of them.
services() {
    sed -n 's/^set(SF_SERVICES \(.*\))$/\1/p' "$ROOT/CMakeLists.txt" | tr ' ' '\n'
}

# Sets STATE; makes nothing.
state_find() {
    STATE=$(realpath -m -- "${SENTIENT_HOME:-$ROOT/.sentient}")
    case $STATE in
        *[\"\'\\$'\n']*) die "the state folder's path must not hold quotes, backslashes or line ends: $STATE" ;;
    esac
}

state_make() {
    state_find
    mkdir -p "$STATE"/{log,run,nats} || die "cannot write to the state folder $STATE"
    (umask 077 && mkdir -p "$STATE/secrets")
}

# ---- ports ----

# True where something listens on the port, on any address.
port_is_taken() { # port
    local local_address state hex
    printf -v hex ':%04X' "$1"
    while read -r _ local_address _ state _; do
        [ "$state" = 0A ] && [ "${local_address: -5}" = "$hex" ] && return 0
    done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    return 1
}

port_free() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000)) # below the range that the kernel gives to clients
        port_is_taken "$port" || break
    done
    printf '%d\n' "$port"
}

ports_read() {
    local name value
    PORT=()
    [ -f "$STATE/run/ports" ] || return 0
    while IFS='=' read -r name value; do
        PORT[$name]=$value
    done <"$STATE/run/ports"
}

# The wanted port, or else the one of last time if it is free, or else any.
port_choose() { # name wanted
    case $2 in *[!0-9]*) die "$1 is not a port: $2" ;; esac
    if [ "${2:-0}" -gt 0 ]; then
        port_is_taken "$2" && die "port $2 is taken by another program ($1=0 takes a free one)"
        PORT[$1]=$2
    elif [ -z "${PORT[$1]:-}" ] || port_is_taken "${PORT[$1]}"; then
        PORT[$1]=$(port_free)
    fi
}

ports_choose() { # further gateways: APP_PORT_2 …
    local name
    ports_read
    port_choose APP_PORT "${APP_PORT-8000}"
    port_choose NATS_PORT "${NATS_PORT:-0}"
    port_choose PG_PORT "${PG_PORT:-0}"
    for name in "$@"; do
        port_choose "$name" 0
    done
    for name in "${!PORT[@]}"; do
        printf '%s=%s\n' "$name" "${PORT[$name]}"
    done >"$STATE/run/ports"
}

# ---- secrets ----

secrets_read() {
    local file owner name value
    SECRET=()
    for file in "$STATE"/secrets/*.env; do
        [ -r "$file" ] || continue
        owner=$(basename "$file" .env)
        while IFS='=' read -r name value; do
            SECRET[$owner.$name]=$value
        done <"$file"
    done
}

random_text() {
    od -An -N 32 -t x1 /dev/urandom | tr -d ' \n'
}

# What is given wins, then what is stored, then something made up.
secret_keep() { # owner name given
    case $3 in *$'\n'*) die "$2 must be one line" ;; esac
    if [ -n "$3" ]; then
        SECRET[$1.$2]=$3
    elif [ -z "${SECRET[$1.$2]:-}" ]; then
        SECRET[$1.$2]=$(random_text)
    fi
}

secrets_write() {
    local key
    (
        umask 077
        rm -f "$STATE"/secrets/*.env
        for key in "${!SECRET[@]}"; do
            printf '%s=%s\n' "${key#*.}" "${SECRET[$key]}" >>"$STATE/secrets/${key%%.*}.env"
        done
    )
}

# A secret of the application that comes from a file or from Vault is the daemons' own business, and in
# production nothing is made up for them.
secret_keep_app() { # name
    local file="$1_FILE"
    if [ "${APP_ENV:-development}" = production ] || [ -n "${!file:-}" ] || [ -n "${VAULT_ADDR:-}" ]; then
        unset "SECRET[app.$1]"
        [ -z "${!1:-}" ] || SECRET[app.$1]=${!1}
    else
        secret_keep app "$1" "${!1:-}"
    fi
}

secrets_make() {
    local name
    secrets_read
    if postgres_exists && [ -z "${SECRET[postgres.PGPASSWORD]:-}" ]; then
        die "$STATE/secrets/postgres.env is gone, without it the database cannot be opened"
    fi
    secret_keep postgres PGPASSWORD ''
    for name in bootstrap integrator gateway $(services); do
        secret_keep "$name" NATS_PASS ''
    done
    for name in $(services); do
        secret_keep "$name" DB_PASS ''
    done
    for name in JWT_SECRET JWT_REFRESH_SECRET APP_SECRET; do
        secret_keep_app "$name"
    done
    secrets_write
}
