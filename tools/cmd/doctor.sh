# ./sentient doctor: compares what the services keep about the same things. Reads only; repairs nothing.
# The checks are queries in tools/doctor/*.sql, whose rows are differences. All of them are one statement, so that they see
# one moment: the exports, which carry the same figures, could only be read one after the other.
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

# One row per check: place, title, differences, the first five of them.
doctor_checks() {
    awk -v services="$(services | tr '\n' ' ')" '
        function finish(    i, n, name, part) {
            if (title == "") return
            if (each) {
                n = split(services, name, " ")
                for (i = 1; i <= n; i++) {
                    part = query
                    gsub(/@service@/, name[i], part)
                    all = i == 1 ? part : all "UNION ALL\n" part
                }
                query = all
            }
            printf "%sSELECT %d, \047%s\047, count(*), coalesce(json_agg(row) FILTER (WHERE n <= 5), \047[]\047)\nFROM (SELECT row_number() OVER () AS n, row_to_json(q) AS row FROM (\n%s) q) d\n", place++ ? "UNION ALL\n" : "", place, title, query
            title = ""
        }
        FNR == 1 { finish() }
        /^-- check: / { finish(); title = substr($0, 11); query = ""; each = 0; next }
        /^-- each service$/ { each = 1; next }
        /^--/ || title == "" { next }
        { query = query $0 "\n" }
        END { finish() }
    ' "$ROOT"/tools/doctor/{events,orders,stock,numbers}.sql
}

doctor_statement() { # text|json
    local service union=''
    printf 'WITH heard (service, subject) AS (VALUES %s),\nposition (service, stream_created, last_sequence) AS (\n' \
        "$(doctor_heard | sed '$ s/,$//')"
    for service in $(services); do
        printf "%sSELECT '%s', stream_created, last_sequence FROM %s.consumer_position\n" "$union" "$service" "$service"
        union='UNION ALL '
    done
    printf '), checks (place, title, differences, rows) AS (\n%s\n)\n' "$(doctor_checks)"
    case $1 in
    json)
        cat <<'SQL'
SELECT json_build_object('ok', sum(differences) = 0, 'checkedAt', now(), 'checks', json_agg(json_build_object(
    'title', title, 'differences', differences, 'rows', rows) ORDER BY place))
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
FROM checks c
ORDER BY c.place;
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
