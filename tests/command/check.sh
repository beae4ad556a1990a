# What the tests of this folder share: conditions with a deadline, a folder of their own.
# shellcheck shell=bash disable=SC2034 # folder is the tests'

folder=$(mktemp -d "${TMPDIR:-/tmp}/sentient-command.XXXXXX")

fail() {
    printf 'FAIL %s\n' "$*" >&2
    exit 1
}

eventually() { # what command…
    local what=$1 end=$((SECONDS + 15))
    shift
    until "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || fail "$what"
        sleep 0.02
    done
}
