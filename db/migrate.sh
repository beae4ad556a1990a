#!/usr/bin/env bash
# Brings the database to the newest schema: roles.sql, then for every service migrations/common/*.sql and
# migrations/<service>/*.sql that its schema has not had yet. Forward only; not a tool to go back.
#
#   db/migrate.sh
#
# Connects as libpq's environment says (PGHOST PGPORT PGUSER PGPASSWORD …), as a superuser.
# DB_NAME (default sentient) is created where it is missing. A service's
# role gets the password of DB_PASS_<SERVICE>, where that is set. Prints one line per file applied.
# Each file runs in one transaction, as sentient_owner, with its schema first in the search_path. A file that was
# changed after it was applied is an error that names it. Two runs at once follow each other.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
database=${DB_NAME:-sentient}

# The services are the folders below migrations/, except common.
services() {
    local folder
    for folder in "$here"/migrations/*/; do
        folder=$(basename "$folder")
        [ "$folder" = common ] || printf '%s\n' "$folder"
    done
}

# \getenv keeps the password off every command line and out of this script's output.
emit_password() { # service
    cat <<SQL
\\unset password
\\getenv password DB_PASS_${1^^}
\\if :{?password}
ALTER ROLE "$1" PASSWORD :'password';
\\endif
SQL
}

emit_helpers() {
    cat <<'SQL'
CREATE FUNCTION pg_temp.pending(wanted_schema text, wanted_file text, wanted_sha256 text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE applied text;
BEGIN
    EXECUTE format('SELECT sha256 FROM %I.schema_migration WHERE file = $1', wanted_schema)
    INTO applied USING wanted_file;
    IF applied <> wanted_sha256 THEN
        RAISE EXCEPTION 'db/migrations/% was changed after it was applied to schema %: take the change back and '
                        'write a new file', wanted_file, wanted_schema;
    END IF;
    RETURN applied IS NULL;
END $$;
SQL
}

emit_file() { # schema file sha256
    cat <<SQL
SELECT pg_temp.pending('$1', '$2', '$3') AS pending \\gset
\\if :pending
BEGIN;
SET LOCAL ROLE sentient_owner;
SET LOCAL search_path = "$1", public;
\\i '$here/migrations/$2'
RESET ROLE;
INSERT INTO "$1".schema_migration (file, sha256) VALUES ('$2', '$3');
COMMIT;
\\echo '$1: $2'
\\endif
SQL
}

emit_script() { # services…
    local file sha256 service
    local -A sums=()
    cd "$here/migrations"
    while read -r sha256 file; do
        sums[$file]=$sha256
    done < <(find . -mindepth 2 -maxdepth 2 -name '*.sql' -printf '%P\0' | xargs -0r sha256sum)

    cat "$here/roles.sql"
    echo "SET log_min_error_statement = panic; SET log_statement = none;"
    for service in "$@"; do
        emit_password "$service"
    done
    echo "RESET log_min_error_statement; RESET log_statement;"
    emit_helpers
    for service in "$@"; do
        for file in common/*.sql "$service"/*.sql; do
            [ ! -f "$file" ] || emit_file "$service" "$file" "${sums[$file]}"
        done
    done
}

main() {
    local names
    mapfile -t names < <(services)
    case $here in *[\'\\]*) echo "migrate: the project's path must not hold ' or \\" >&2; return 1 ;; esac
    emit_script "${names[@]}" |
        PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning" \
            psql -X -q -A -t -v ON_ERROR_STOP=1 -v database="$database" -v services="${names[*]}" \
            -d "${PGDATABASE:-postgres}" -o /dev/null -f -
}

main "$@"
