#!/usr/bin/env bash
# Runs a command against a private PostgreSQL cluster in a temporary folder, and removes both afterwards.
# Not for data that is to stay: fsync is off.
#
#   tests/support/pg.sh command [argument …]
#
# The command finds DB_HOST DB_PORT DB_NAME DB_USER DB_PASS (a superuser) and libpq's PG* in its environment.
# The schema is the newest one, where db/migrate.sh is there; SF_PG_EMPTY=1 leaves it out.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
home=$(mktemp -d "${TMPDIR:-/tmp}/sentient-pg.XXXXXX")
data=$home/data

# PostgreSQL refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@")
    else
        "$@"
    fi
}

find_server() {
    local folder
    for folder in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        if [ -x "$folder/initdb" ]; then
            printf '%s\n' "$folder"
            return
        fi
    done
    echo "pg.sh: no PostgreSQL server found" >&2
    return 1
}

cleanup() {
    if [ -f "$data/postmaster.pid" ]; then
        as_server "$bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$home"
}

make_cluster() {
    local pass=$home/password
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$pass"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$home"
    as_server "$bin/initdb" -D "$data" -U postgres --pwfile="$pass" --auth=scram-sha-256 --encoding=UTF8 \
        --locale=C.UTF-8 --no-sync >/dev/null
    cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 300
fsync = off
full_page_writes = off
deadlock_timeout = 200ms
password_encryption = scram-sha-256
CONF
    PGPASSWORD=$(cat "$pass")
    export PGPASSWORD
    rm "$pass"
}

# Another program may take the port between choosing and using it: then the next one.
start_cluster() {
    local try port
    for try in 1 2 3 4 5 6 7 8; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            continue
        fi
        if as_server "$bin/pg_ctl" -D "$data" -l "$home/log" -o "-p $port" -w -t 30 start >/dev/null 2>&1; then
            export PGPORT=$port
            return
        fi
    done
    echo "pg.sh: PostgreSQL does not start (try $try)" >&2
    cat "$home/log" >&2
    return 1
}

main() {
    [ $# -gt 0 ] || { echo "usage: pg.sh command [argument ...]" >&2; return 2; }
    bin=$(find_server)
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    make_cluster
    start_cluster
    export PGHOST=127.0.0.1 PGUSER=postgres
    export DB_HOST=$PGHOST DB_PORT=$PGPORT DB_NAME=sentient DB_USER=$PGUSER DB_PASS=$PGPASSWORD
    if [ -x "$root/db/migrate.sh" ] && [ -z "${SF_PG_EMPTY:-}" ]; then
        "$root/db/migrate.sh" >/dev/null
    else
        "$bin/createdb" "$DB_NAME"
    fi
    export PGDATABASE=$DB_NAME
    "$@"
}

main "$@"
