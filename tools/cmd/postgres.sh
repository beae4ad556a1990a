# The private PostgreSQL cluster: where it lies, initdb, its settings, migrations.
# Not its process: the supervisor runs it.
# shellcheck shell=bash

PG_BIN=/usr/lib/postgresql/15/bin
PG_USER=postgres # of the system, who runs the cluster where we are root
PG_DATA=''       # set by postgres_find

as_postgres() {
    if [ "$EUID" -eq 0 ]; then
        setpriv --reuid="$PG_USER" --regid="$PG_USER" --init-groups "$@"
    else
        "$@"
    fi
}

# The cluster lies in the state folder, or where the file postgres.path says.
postgres_find() {
    PG_DATA=$STATE/postgres
    if [ -f "$STATE/postgres.path" ]; then
        PG_DATA=$(cat "$STATE/postgres.path")
    fi
}

postgres_exists() {
    [ -f "$PG_DATA/PG_VERSION" ]
}

# PostgreSQL refuses root, so as root it runs as another user, who may not be able to enter the state folder
# (below /root, for example). Then the cluster lies in /var/lib, and postgres.path says where.
postgres_place() {
    local other
    [ "$EUID" -eq 0 ] && ! postgres_exists || return 0
    chmod o+x "$STATE"
    as_postgres test -x "$STATE" && return
    for other in /var/lib/sentient-*; do # of a state folder of this name that was deleted
        if [ "$(cat "$other/state-folder" 2>/dev/null)" = "$STATE" ]; then
            rm -rf "$other"
        fi
    done
    other=/var/lib/sentient-$(random_text | cut -c 1-12)
    mkdir "$other" && chmod 711 "$other"
    printf '%s\n' "$STATE" >"$other/state-folder"
    printf '%s\n' "$other/postgres" >"$STATE/postgres.path"
    step_break
    say "the user $PG_USER cannot enter $STATE: the database lies in $other"
    postgres_find
}

# initdb into a folder beside, so that a killed one leaves nothing that looks like a cluster.
postgres_create() {
    local new=$PG_DATA.new password=$PG_DATA.password
    rm -rf "$new"
    mkdir "$new"
    (umask 077 && printf '%s\n' "${SECRET[postgres.PGPASSWORD]}" >"$password")
    [ "$EUID" -ne 0 ] || chown "$PG_USER:" "$new" "$password"
    (cd / && as_postgres "$PG_BIN/initdb" -D "$new" --no-sync -E UTF8 --locale=C.UTF-8 -U sentient \
        --auth=scram-sha-256 --pwfile="$password") >"$STATE/log/initdb.log" 2>&1 ||
        { rm -f "$password"; tail -n 20 "$STATE/log/initdb.log" >&2; die "initdb failed"; }
    rm -f "$password"
    mv "$new" "$PG_DATA"
}

# Written anew at every start: change it here.
postgres_configure() {
    cat >"$PG_DATA/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = ${PORT[PG_PORT]}
unix_socket_directories = ''
max_connections = 300
shared_buffers = 128MB
max_wal_size = 1GB
deadlock_timeout = 200ms # below lock_timeout of the daemons, so that a deadlock is called one
password_encryption = scram-sha-256
shared_preload_libraries = 'pg_stat_statements'
log_line_prefix = '%m [%p] %u '
timezone = 'UTC'
log_timezone = 'UTC'
END
}

postgres_prepare() {
    postgres_place
    postgres_exists || postgres_create
    postgres_configure
}

# libpq's environment of the superuser.
postgres_superuser() {
    export PGHOST=127.0.0.1 PGPORT=${PORT[PG_PORT]} PGUSER=sentient PGPASSWORD=${SECRET[postgres.PGPASSWORD]}
}

postgres_accepts() {
    "$PG_BIN/pg_isready" -q -h 127.0.0.1 -p "${PORT[PG_PORT]}" -t 2
}

# Prints what was applied; fails with what psql says.
postgres_migrate() {
    local service
    (
        postgres_superuser
        for service in $(services); do
            export "DB_PASS_${service^^}=${SECRET[$service.DB_PASS]}"
        done
        exec "$ROOT/db/migrate.sh"
    )
}

# The process that holds the cluster, as postmaster.pid has it.
postgres_leftover() {
    local pid=''
    { read -r pid <"$PG_DATA/postmaster.pid"; } 2>/dev/null || return 1
    grep -qzF -- "$PG_DATA" "/proc/$pid/cmdline" 2>/dev/null && printf '%s\n' "$pid"
}
