#!/usr/bin/env bash
# What sqlembed refuses, and where it says so. Not what it accepts: the store tests run on its output.
set -euo pipefail

sqlembed=$1
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
failures=0

# refuses <line> <part of the message> <text>
refuses() {
    printf '%b\n' "$3" >"$home/case.sql"
    if "$sqlembed" case "$home/case.c" "$home/case.h" "$home/case.sql" 2>"$home/errors"; then
        echo "accepted: $3"
    elif ! grep -qF -- "case.sql:$1: error: " "$home/errors" || ! grep -qF -- "$2" "$home/errors"; then
        echo "expected line $1, '$2': $(cat "$home/errors")"
    else
        return 0
    fi
    failures=$((failures + 1))
}

refuses 2 "FROM … WHERE …" '-- list: a\n-- count: thing t\nSELECT'
refuses 1 "text before the first" 'SELECT 1'
refuses 3 ":x has no type" '-- name: a\nSELECT\n:x'
refuses 2 ":x is uuid here and text before" '-- name: a\nSELECT :x::text, :x::uuid'
refuses 2 "needs a scale" '-- name: a\nSELECT :x::numeric'
refuses 3 "a stands at" '-- name: a\nSELECT 1\n-- name: a\nSELECT 2'
refuses 3 "more than one statement" '-- name: a\nSELECT 1;\nSELECT 2'
refuses 2 "a quote is not closed" "-- name: a\nSELECT 'x"
refuses 2 "a dollar quote is not closed" '-- name: a\nSELECT $x$ 1'
refuses 2 "a comment is not closed" '-- name: a\n/* SELECT 1'
refuses 2 "numbered parameter" '-- name: a\nSELECT $1'
refuses 1 "no statement" '-- name: a\n-- name: b\nSELECT 1'
refuses 1 "is no name" '-- name: A\nSELECT 1'
refuses 1 "has no '-- sort:'" '-- list: a\n-- id: t.id\nSELECT 1 FROM t WHERE true'
refuses 1 "has no '-- id:'" '-- list: a\n-- sort: x=t.x:text\nSELECT 1 FROM t WHERE true'
refuses 1 "WHERE true" '-- list: a\n-- sort: x=t.x:text\n-- id: t.id\nSELECT 1 FROM t'
refuses 4 "no ORDER" '-- list: a\n-- sort: x=t.x:text\n-- id: t.id\nSELECT 1 FROM t WHERE true ORDER BY 1'
refuses 4 "parentheses" '-- list: a\n-- sort: x=t.x:text\n-- id: t.id\nSELECT 1 FROM t WHERE a OR b'
refuses 2 "name=column:type" '-- list: a\n-- sort: x=t.x\nSELECT 1'
refuses 2 "not 'flter'" '-- list: a\n-- flter: x = 1\nSELECT 1'
refuses 2 "one parameter" '-- list: a\n-- filter: x = t.x = :x::text AND t.y = :y::text\nSELECT 1'
refuses 2 "through a '-- filter:'" '-- list: a\nSELECT 1 FROM t WHERE t.x = :x::text'

[ "$failures" -eq 0 ]
