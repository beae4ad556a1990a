# ./sentient doctor: compares what the services keep about the same things. Reads only; repairs nothing.
# The checks are queries in tools/doctor/*.sql, whose rows are differences. All of them are one statement, so that they see
# one moment (docs/adr/0011-doctor-asks-postgresql.md).
# shellcheck shell=bash

doctor_usage() {
    say "usage: ./sentient doctor [--wait SECONDS] [--json]"
    exit 2
}

# What each service reacts to, from the tables of its main.c: ('sales', 'item.created'), …
doctor_heard() {
    local service
    for service in $(services); do
        sed -nE "s/.*\{&EVENT_([A-Z]+)_([A-Z_]+),.*/('$service', '\L\1.\2'),/p" "$ROOT/services/$service/main.c"
    done
}

# A query of every service's schema: @service@ stands for its name.
doctor_each() { # query
    local service union=''
    for service in $(services); do
        printf '%s%s\n' "$union" "${1//@service@/$service}"
        union='UNION ALL '
    done
}

# One row: place, title, number of differences, the first five of them.
doctor_check() { # title, query
    printf "SELECT '%s' AS title, count(*) AS differences, coalesce(json_agg(row) FILTER (WHERE n <= 5), '[]') AS rows\n" "$1"
    printf 'FROM (SELECT row_number() OVER () AS n, row_to_json(q) AS row FROM (\n%s) q) d\n' "$2"
}

# A file's checks: "-- check: <title>" begins one; "-- each service" asks every schema.
doctor_checks() { # file…
    local title='' query='' each='' line union=''
    while IFS= read -r line; do
        case $line in
        '-- check: '* | '-- end')
            [ -z "$each" ] || query=$(doctor_each "$query")
            [ -z "$title" ] || printf '%s%s\n' "$union" "$(doctor_check "$title" "$query")"
            union=${title:+'UNION ALL '}
            title=${line#-- check: } query='' each=''
            ;;
        '-- each service') each=1 ;;
        --*) ;;
        *) query+=$line$'\n' ;;
        esac
    done < <(cat "$@" && echo '-- end')
}

doctor_statement() { # text|json
    printf 'WITH heard (service, subject) AS (VALUES %s),\n' "$(doctor_heard | sed '$ s/,$//')"
    printf 'position AS (\n%s),\n' \
        "$(doctor_each "SELECT '@service@' AS service, stream_created, last_sequence FROM @service@.consumer_position")"
    printf 'stream AS (\n%s ORDER BY checked_at DESC LIMIT 1' \
        "$(doctor_each 'SELECT stream_created, checked_at FROM @service@.relay_position')"
    printf '), checks AS (\n%s\n)\n' "$(doctor_checks "$ROOT"/tools/doctor/*.sql)"
    case $1 in
    json)
        cat <<'SQL'
SELECT json_build_object('ok', sum(differences) = 0, 'checkedAt', now(), 'checks', json_agg(json_build_object(
    'title', title, 'differences', differences, 'rows', rows)))
FROM checks;
SQL
        ;;
    text)
        cat <<'SQL'
SELECT CASE WHEN c.differences = 0 THEN 'ok    ' || c.title
            ELSE 'FAIL  ' || c.title || ': ' || c.differences || CASE c.differences WHEN 1 THEN ' difference' ELSE ' differences' END
       END || coalesce((SELECT string_agg(E'\n        ' || (SELECT string_agg(f.key || ' ' || coalesce(f.value, '-'), ', ')
                                                          FROM json_each_text(d.row) f), '')
                        FROM json_array_elements(c.rows) AS d (row)), '')
FROM checks c;
SQL
        ;;
    esac
}

doctor_look() { # statement
    PGOPTIONS='-c default_transaction_read_only=on -c work_mem=64MB -c jit=off' \
        psql -XqAt -v ON_ERROR_STOP=1 -d sentient <<<"$1"
}

doctor_is_well() { # report
    [[ $1 != *FAIL\ \ * && $1 != '{"ok" : false'* ]]
}

# Effects in other services take a moment, so it looks again until all is well or the time is over.
cmd_doctor() {
    local form=text wait=10 statement report until
    while [ $# -gt 0 ]; do
        case $1 in
        --json) form=json ;;
        --wait)
            [[ ${2:-} =~ ^[0-9]{1,5}$ ]] || doctor_usage
            wait=$2
            shift
            ;;
        *) doctor_usage ;;
        esac
        shift
    done
    status_open
    supervisor_pid >/dev/null || die "nothing runs in $STATE; ./sentient up starts it"
    postgres_superuser
    statement=$(doctor_statement "$form")
    until=$((SECONDS + wait))
    while true; do
        report=$(doctor_look "$statement") || die "the database did not answer"
        doctor_is_well "$report" && break
        [ "$SECONDS" -lt "$until" ] || break
        sleep 0.2
    done
    printf '%s\n' "$report"
    doctor_is_well "$report"
}
