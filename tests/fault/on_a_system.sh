#!/usr/bin/env bash
# Runs a command on a system that no other test uses now: one of the state folders $SENTIENT_HOME-1, -2 …
# usage: on_a_system.sh command [argument …]
set -u

TAKEN=99 # what flock says where another has the system; no exit code of a test
while true; do
    for home in "$SENTIENT_HOME"-[0-9]; do
        flock -n -o -E "$TAKEN" "$home/run/test.lock" env SENTIENT_HOME="$home" "$@"
        code=$?
        [ "$code" -eq "$TAKEN" ] || exit "$code"
    done
    sleep 0.1
done
