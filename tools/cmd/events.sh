# ./sentient events: what waits, what was put aside, reading again. Changes rows of the runtime's tables only; the daemons'
# consumers notice. docs/events.md tells when to use what.
# shellcheck shell=bash

events_usage() {
    cat >&2 <<'TEXT'
usage: ./sentient events list [SERVICE]               what waits to leave, where readers stand, what was put aside
       ./sentient events retry SERVICE [EVENT|all]    give events that were put aside another chance, in their order
       ./sentient events discard SERVICE EVENT        give one up; later events of its document follow
       ./sentient events replay SERVICE SEQUENCE      read the stream again from there
       ./sentient events rebuild SERVICE              build the copies anew: exports, then the stream
TEXT
    exit 2
}

events_sql() { # service, SQL…
    local service=$1
    shift
    PGOPTIONS="-c search_path=$service" psql -XqAt -v ON_ERROR_STOP=1 -F '  ' -d sentient "$@"
}

events_list() { # service
    printf '%s\n' "$1"
    events_sql "$1" -c "SELECT '  waiting to leave: ' || count(*) || coalesce(', the oldest since ' || min(created_at)::timestamptz(0), '')
        FROM outbox WHERE published_at IS NULL"
    events_sql "$1" -c "SELECT '  read up to ' || last_sequence FROM consumer_position"
    events_sql "$1" -c "SELECT '  ' || state || '  ' || event_id || '  ' || subject || '  document ' || document || '  ' || error
        FROM dead_letter ORDER BY id LIMIT 100"
}

# The consumer begins anew from what the tables say.
events_restart_consumer() { # service
    events_sql "$1" -o /dev/null -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE usename = '$1' AND application_name = '$1-consumer'"
}

events_retry() { # service, event or all
    local which=${2:-all}
    if [ "$which" != all ]; then
        events_known "$1" "$which"
    fi
    events_sql "$1" -v which="$which" <<'SQL'
WITH freed AS (
    UPDATE dead_letter SET state = 'parked' WHERE state = 'dead' AND :'which' IN ('all', event_id::text) RETURNING 1
)
SELECT count(*) || ' to be tried again' FROM freed;
SQL
}

events_discard() { # service, event
    events_known "$1" "$2"
    events_sql "$1" -v which="$2" <<'SQL'
DELETE FROM dead_letter WHERE event_id = :'which'::uuid RETURNING 'discarded ' || subject || ' of ' || document;
SQL
}

events_known() { # service, event
    local found
    [[ $2 =~ ^[0-9a-f-]{36}$ ]] || die "$2 is no event id: ./sentient events list $1"
    found=$(events_sql "$1" -c "SELECT 1 FROM dead_letter WHERE event_id = '$2'")
    [ -n "$found" ] || die "$1 has not put aside $2"
}

events_replay() { # service, sequence
    [[ $2 =~ ^[1-9][0-9]{0,17}$ ]] || events_usage
    events_sql "$1" -v from="$2" <<'SQL'
BEGIN;
DELETE FROM inbox WHERE stream_sequence >= :from;
UPDATE consumer_position SET last_sequence = :from - 1, last_event = NULL;
COMMIT;
SQL
    events_restart_consumer "$1"
    say "$1 reads again from $2"
}

# Copies are the tables called *_copy, and what a row keeps of another service's document stands beside the version that it
# had: *_version. A version of 0 lets the owner's row win.
events_rebuild() { # service
    events_sql "$1" -v schema="$1" <<'SQL'
BEGIN;
SELECT format('UPDATE %I SET %I = 0 WHERE %2$I <> 0', table_name, column_name) FROM information_schema.columns
WHERE table_schema = :'schema' AND (column_name LIKE '%\_version' OR (column_name = 'version' AND table_name LIKE '%\_copy')) \gexec
DELETE FROM inbox;
DELETE FROM dead_letter;
DELETE FROM consumer_position;
COMMIT;
SQL
    events_restart_consumer "$1"
    say "$1 builds its copies anew"
}

cmd_events() {
    local verb=${1:-} service=${2:-}
    status_open
    supervisor_pid >/dev/null || die "nothing runs in $STATE; ./sentient up starts it"
    postgres_superuser
    if [ "$verb" = list ] && [ -z "$service" ]; then
        for service in $(services); do
            events_list "$service"
        done
        return
    fi
    services | grep -qx -- "$service" || events_usage
    case $verb:$# in
    list:2) events_list "$service" ;;
    retry:2 | retry:3) events_retry "$service" "${3:-all}" ;;
    discard:3) events_discard "$service" "$3" ;;
    replay:3) events_replay "$service" "$3" ;;
    rebuild:2) events_rebuild "$service" ;;
    *) events_usage ;;
    esac
}
