# The daemons: which instances run, with what environment; the supervisor's plan of all processes; readiness.
# shellcheck shell=bash disable=SC2153 # PORT is state.sh's

declare -A SCALE # instances per daemon, where it is not one

scale_set() { # sales=3,gateway=2
    local part name count known
    known=" $(services | tr '\n' ' ')gateway "
    for part in ${1//,/ }; do
        name=${part%%=*} count=${part#*=}
        [[ $known == *" $name "* ]] || die "--scale: there is no daemon $name"
        [[ $count =~ ^[1-9][0-9]?$ ]] || die "--scale: $name=$count: a number from 1 to 99 is wanted"
        SCALE[$name]=$count
    done
}

# The names of a daemon's instances: sales sales-2 sales-3
instances() { # daemon
    local number
    printf '%s\n' "$1"
    for ((number = 2; number <= ${SCALE[$1]:-1}; number++)); do
        printf '%s-%d\n' "$1" "$number"
    done
}

# ---- environment ----

# A daemon gets the settings that it says it has, and no other secret than those.
settings_of() { # daemon
    timeout 5 "$ROOT/build/$PRESET/bin/sentient-$1" --help </dev/null 2>/dev/null |
        sed -n 's/^ *\([A-Z][A-Z0-9_]*\) .*/\1/p'
}

env_line() { # name value
    printf '%s=%s\0' "$1" "$2"
}

# Names that tools of developers use.
env_common() {
    local name
    env_line PATH /usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
    env_line LANG C.UTF-8
    env_line SENTIENT_SUPERVISED "$STATE" # by which leftovers are found
    for name in ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS; do
        [ -z "${!name:-}" ] || env_line "$name" "${!name}"
    done
}

# What is given in our own environment, or by a file, or what the state folder keeps.
env_setting() { # name
    local file=${1}_FILE
    if [ -n "${SECRET[app.$1]:-}" ]; then
        env_line "$1" "${SECRET[app.$1]}"
    elif [ -n "${!1:-}" ]; then
        env_line "$1" "${!1}"
    elif [ -n "${!file:-}" ]; then
        env_line "$file" "$(realpath -m -- "${!file}")"
    fi
}

env_of() { # daemon instance
    local name
    env_common
    for name in $(settings_of "$1"); do
        case $name in
            APP_ENV) env_line "$name" "${APP_ENV:-development}" ;;
            APP_PORT) env_line "$name" "$(gateway_port "$2")" ;;
            ADMIN_PORT) env_line "$name" 0 ;;
            ADMIN_PORT_FILE) env_line "$name" "$STATE/run/$2.admin" ;;
            NATS_URL) env_line "$name" "nats://127.0.0.1:${PORT[NATS_PORT]}" ;;
            NATS_USER | DB_USER) env_line "$name" "$1" ;;
            NATS_PASS | DB_PASS) env_line "$name" "${SECRET[$1.$name]}" ;;
            DB_HOST) env_line "$name" 127.0.0.1 ;;
            DB_PORT) env_line "$name" "${PORT[PG_PORT]}" ;;
            DB_NAME) env_line "$name" sentient ;;
            MAIL_DIR) env_line "$name" "${MAIL_DIR:-$STATE/mail}" ;;
            JWT_SECRET | JWT_SECRET_PREVIOUS) token_key_setting "$1" "$name" ;;
            NATS_CREDS | ADMIN_HOST) ;;
            *) env_setting "$name" ;;
        esac
    done
}

gateway_port() { # instance
    local number=${1#gateway}
    printf '%s\n' "${PORT[APP_PORT${number/-/_}]}"
}

gateway_port_names() {
    instances gateway | sed -n 's/^gateway-/APP_PORT_/p'
}

# ---- the plan ----

plan_unit() { # name stage grace_ms signal program arg…
    local name=$1
    printf 'unit %s\nstage %d\ngrace %d\nsignal %s\n' "$name" "$2" "$3" "$4"
    printf 'log %s\npid %s\nenv %s\n' "$STATE/log/$name.log" "$STATE/run/$name.pid" "$STATE/run/$name.env"
    shift 4
    printf 'arg %s\n' "$@"
}

plan_servers() {
    local name
    for name in postgres nats-server; do
        env_common >"$STATE/run/$name.env"
    done
    plan_unit postgres 0 30000 INT "$PG_BIN/postgres" -D "$PG_DATA"
    [ "$EUID" -ne 0 ] || printf 'user %s\n' "$PG_USER"
    plan_unit nats-server 1 8000 TERM "$(command -v nats-server || echo /usr/sbin/nats-server)" -c "$STATE/run/nats.conf"
}

plan_daemon() { # daemon stage
    local instance
    while read -r instance; do
        env_of "$1" "$instance" >"$STATE/run/$instance.env"
        plan_unit "$instance" "$2" 8000 TERM "$ROOT/build/$PRESET/bin/sentient-$1"
    done < <(instances "$1")
}

# The supervisor reads it at its start, and again on SIGHUP. `servers` or `all`.
plan_write() { # what
    local service
    [ -z "${SECRET[app.JWT_SECRET]:-}" ] || token_keys_write
    (
        umask 077
        {
            plan_servers
            if [ "$1" = all ]; then
                for service in $(services); do
                    plan_daemon "$service" 2
                done
                plan_daemon gateway 3
            fi
        } >"$STATE/run/plan"
    )
}

# The instances of daemons in the plan, gateways first.
plan_daemons() {
    sed -n 's/^unit //p' "$STATE/run/plan" 2>/dev/null | grep -vxE 'postgres|nats-server' |
        awk '/^gateway/ {print; next} {rest = rest $0 "\n"} END {printf "%s", rest}'
}

# ---- readiness ----

# The address of an instance's /healthz, /readyz, /metrics.
admin_url() { # instance
    local port=''
    if [ -s "$STATE/run/$1.admin" ]; then
        read -r port <"$STATE/run/$1.admin" || true
    elif [[ $1 == gateway* ]]; then
        port=$(gateway_port "$1")
    fi
    [ -z "$port" ] || printf 'http://127.0.0.1:%s\n' "$port"
}

# The status of a GET; nothing where nobody answers.
http_status() { # url path
    local address=${1#http://} socket line
    trap '' PIPE # always runs in a subshell of its own
    { exec {socket}<>"/dev/tcp/${address%:*}/${address#*:}"; } 2>/dev/null || return 0
    { printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$address" >&"$socket"; } 2>/dev/null
    { IFS=$' \r' read -r -t 3 -u "$socket" _ line _; } 2>/dev/null || line=''
    exec {socket}>&-
    printf '%s\n' "$line"
}

# Whether the instance's process is the one that listens on the port: another program may have been faster.
instance_listens() { # instance port
    local pid hex inode inodes
    { read -r pid <"$STATE/run/$1.pid"; } 2>/dev/null || return
    printf -v hex ':%04X' "$2"
    mapfile -t inodes < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port {print $10}')
    for inode in "${inodes[@]}"; do
        [ -z "$(find "/proc/$pid/fd" -lname "socket:\\[$inode\\]" 2>/dev/null)" ] || return 0
    done
    return 1
}

instance_is_ready() { # instance
    local url
    url=$(admin_url "$1")
    [ -n "$url" ] && instance_listens "$1" "${url##*:}" && [ "$(http_status "$url" /readyz)" = 200 ]
}
