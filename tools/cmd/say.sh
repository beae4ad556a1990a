# What the user sees: progress, errors. Not what goes to log files.
# shellcheck shell=bash

STARTED=$EPOCHREALTIME
STEP='' STEP_STARTED=$STARTED

# Seconds with one decimal since a value of EPOCHREALTIME.
elapsed() {
    local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

say() {
    printf 'sentient: %s\n' "$*" >&2
}

die() {
    step_break
    say "$@"
    exit 1
}

on_terminal() {
    [ -t 1 ]
}

# A step is one line: its name at once, and what came of it with the seconds it took at its end.
step_begin() {
    STEP=$1 STEP_STARTED=$EPOCHREALTIME
    step_note ''
}

# What the step is at; on a terminal only.
step_note() {
    if on_terminal; then
        printf '\r\e[K  %-12s %s  %s s' "$STEP" "$1" "$(elapsed "$STEP_STARTED")"
    fi
}

step_end() {
    if on_terminal; then
        printf '\r\e[K'
    fi
    printf '  %-12s %s  (%s s)\n' "$STEP" "$1" "$(elapsed "$STEP_STARTED")"
    STEP=''
}

step_break() {
    if [ -n "$STEP" ] && on_terminal; then
        printf '\n'
    fi
}

# Runs a command with its output in a file. The step shows the last line that looks like progress;
# a failure shows the end of the file.
run_logged() { # file command…
    local log=$1 job
    shift
    if on_terminal; then
        "$@" >"$log" 2>&1 </dev/null &
        job=$!
        while kill -0 "$job" 2>/dev/null; do
            step_note "$(tail -n 1 "$log" | cut -c 1-60)"
            sleep 0.1
        done
        wait "$job" && return 0
    else
        "$@" >"$log" 2>&1 </dev/null && return 0
    fi
    step_break
    say "failed: $*"
    tail -n 40 "$log" >&2
    return 1
}
