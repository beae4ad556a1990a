#!/usr/bin/env bash
# db/migrate.sh with migrations of its own: what it applies, what it refuses, what the roles may do.
# usage: pg.sh migrate.sh <project root>
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=check.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/check.sh"
trap 'rm -rf "$folder"' EXIT

root=$1
export DB_NAME=migrate_test DB_PASS_LEFT="it's \"left\"" DB_PASS_RIGHT=right
unset PGDATABASE
files="$folder/a project/db"
mkdir -p "$files"/migrations/{common,left,right}
cp "$root"/db/migrate.sh "$root"/db/roles.sql "$files"
echo 'CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);' >"$files/migrations/common/0001_both.sql"
echo 'CREATE TABLE thing (id bigserial PRIMARY KEY, name text);' >"$files/migrations/left/0001_thing.sql"

migrate() {
    "$files/migrate.sh" 2>&1
}

as() { # role statement
    local password=DB_PASS_${1^^}
    PGUSER=$1 PGPASSWORD=${!password} psql -XqAt -d "$DB_NAME" -c "$2" 2>&1
}

expect() { # what wanted got
    [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}

refuses() { # role statement
    local said
    said=$(as "$1" "$2") && fail "$1 may: $2"
    [[ $said == *'permission denied'* || $said == *'must be owner'* ]] || fail "$1: $2: $said"
}

# Two at once: each file once.
migrate >"$folder/one" &
migrate >"$folder/two"
wait $!
expect "files applied" "left: common/0001_both.sql left: left/0001_thing.sql right: common/0001_both.sql " \
    "$(sort "$folder/one" "$folder/two" | tr '\n' ' ')"
expect "nothing to do" "" "$(migrate)"

expect "its own table" x "$(as left "INSERT INTO thing (name) VALUES ('x') RETURNING name")"
expect "its own outbox" 1 "$(as right "INSERT INTO outbox (note) VALUES ('r') RETURNING id")"
expect "trigrams" t "$(as left "SELECT 'abc' % 'abc'")"
expect "a short list in front of a search's index" 64kB "$(as left 'SHOW gin_pending_list_limit')"
expect "who applied what" 2 "$(as left 'SELECT count(*) FROM schema_migration')"
refuses right 'SELECT * FROM "left".thing'
refuses left 'DELETE FROM schema_migration'
refuses left 'CREATE TABLE mine (id int)'
refuses left 'CREATE TABLE public.mine (id int)'
refuses left 'CREATE TEMP TABLE mine (id int)'
refuses left 'DROP TABLE thing'

# A broken file leaves nothing of itself, and the ones before it.
echo 'CREATE TABLE half (id int); CREATE TABEL broken;' >"$files/migrations/left/0002_half.sql"
migrate >"$folder/broken" && fail "a broken file is an error"
grep -q '0002_half.sql' "$folder/broken" || fail "the broken file is named"
expect "half a file" "" "$(as left "SELECT to_regclass('half')")"
echo 'CREATE TABLE half (id int);' >"$files/migrations/left/0002_half.sql"
expect "mended" "left: left/0002_half.sql" "$(migrate)"

echo '-- changed' >>"$files/migrations/left/0001_thing.sql"
migrate >"$folder/changed" && fail "a changed file is an error"
grep -q 'left/0001_thing.sql was changed' "$folder/changed" || fail "the changed file is named"
