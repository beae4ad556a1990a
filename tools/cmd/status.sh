# ./sentient status, logs, psql: looks at the running system.
# shellcheck shell=bash

status_pid() { # name
    local pid=''
    { read -r pid <"$STATE/run/$1.pid"; } 2>/dev/null || return 0
    [ ! -d "/proc/$pid" ] || printf '%s\n' "$pid"
}

# Passwords are made of hexadecimal digits, so they need no escaping in a URL.
status_postgres_url() {
    printf 'postgres://sentient:%s@127.0.0.1:%s/sentient' "${SECRET[postgres.PGPASSWORD]:-}" "${PORT[PG_PORT]}"
}

status_service_json() { # name
    local pid url=''
    pid=$(status_pid "$1")
    case $1 in postgres | nats-server) ;; *) url=$(admin_url "$1") ;; esac
    printf '"%s":{"pid":%s' "$1" "${pid:-null}"
    [ -z "$url" ] || printf ',"admin":"%s"' "$url"
    printf '}'
}

status_json() {
    local name comma=''
    if ! supervisor_pid >/dev/null; then
        printf '{"gateway":null,"nats":null,"postgres":null,"services":{}}\n'
        return 1
    fi
    printf '{"gateway":"http://127.0.0.1:%s","nats":"nats://127.0.0.1:%s","postgres":"%s",' \
        "${PORT[APP_PORT]}" "${PORT[NATS_PORT]}" "$(status_postgres_url)"
    printf '"integrator":{"user":"integrator","password":"%s","inboxPrefix":"_INBOX.integrator"},"services":{' \
        "${SECRET[integrator.NATS_PASS]:-}"
    for name in $(plan_daemons) nats-server postgres; do
        printf '%s' "$comma"
        status_service_json "$name"
        comma=','
    done
    printf '}}\n'
}

status_text() {
    local name pid ready
    if ! supervisor_pid >/dev/null; then
        printf 'nothing runs in %s\n' "$STATE"
        return 1
    fi
    printf '%-14s %s\n' gateway "http://127.0.0.1:${PORT[APP_PORT]}/api" nats "nats://127.0.0.1:${PORT[NATS_PORT]}" \
        postgres "127.0.0.1:${PORT[PG_PORT]} (./sentient psql)" state "$STATE"
    printf '\n%-14s %8s  %-8s %s\n' process pid state admin
    for name in $(plan_daemons) nats-server postgres; do
        pid=$(status_pid "$name") ready=up
        case $name in
            nats-server) nats_accepts || ready='not ready' ;;
            postgres) postgres_accepts || ready='not ready' ;;
            *) instance_is_ready "$name" || ready='not ready' ;;
        esac
        [ -n "$pid" ] || ready=away
        printf '%-14s %8s  %-8s %s\n' "$name" "${pid:--}" "$ready" "$(admin_url "$name")"
    done
}

# Finds the state and what is known of it.
status_open() {
    state_find
    postgres_find
    ports_read
    secrets_read
}

cmd_status() {
    status_open
    case ${1:-} in
        '') status_text ;;
        --json) status_json ;;
        *) die "status: unknown option $1" ;;
    esac
}

cmd_logs() {
    local names=() follow=() part
    state_find
    for part in "$@"; do
        case $part in
            -f | --follow) follow=(-F) ;;
            -*) die "logs: unknown option $part" ;;
            *) names+=("$STATE/log/$part.log") ;;
        esac
    done
    [ ${#names[@]} -gt 0 ] || names=("$STATE"/log/*.log)
    [ -e "${names[0]}" ] || die "there is no ${names[0]}"
    exec tail -n 100 "${follow[@]}" -- "${names[@]}"
}

cmd_psql() {
    status_open
    supervisor_pid >/dev/null || die "nothing runs in $STATE; ./sentient up starts it"
    postgres_superuser
    if [ $# -gt 0 ] && [ -n "${SECRET[$1.DB_PASS]:-}" ]; then
        export PGUSER=$1 PGPASSWORD=${SECRET[$1.DB_PASS]}
        shift
    fi
    export PGDATABASE=sentient
    exec psql "$@"
}
