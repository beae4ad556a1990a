# ./sentient down: stops everything of the state folder.
# shellcheck shell=bash

cmd_down() {
    [ $# -eq 0 ] || die "down: unknown option $1"
    state_find
    postgres_find
    if [ ! -d "$STATE/run" ]; then
        say "nothing runs in $STATE"
        return
    fi
    everything_stop
    say "nothing runs in $STATE any more"
}
