# ./sentient test: builds and runs the tests of tests/. Not the tests themselves: ctest knows them by label.
# shellcheck shell=bash

TEST_KINDS=(unit store flow fault shape asan fuzz)
TEST_KINDS_BY_NAME=(tsan) # ThreadSanitizer does not run on every kernel
FAULT_SCALE=auth=2,sales=2,inventory=2,gateway=2
FAULT_SYSTEMS=(fault-1 fault-2 fault-3) # tests/fault/on_a_system.sh takes one of them
TEST_FOLDER='' # logs, and the state folders of the systems under test
TEST_FAILED=0

test_wants() { # kind
    [[ " ${TEST_WANTED[*]} " == *" $1 "* ]]
}

# Another ./sentient, for a system of its own: one with the daemons of a preset, or `fault-…`, which have no demo data and
# shorter waits.
test_system() { # preset|fault-… command…
    local system=$1 preset=$1 patience=${REQUEST_TIMEOUT_MS:-} demo=${SENTIENT_DEMO:-}
    shift
    [[ $system != fault-* ]] || preset=release patience=2000 demo=0
    SENTIENT_HOME=$TEST_FOLDER/$system SENTIENT_PRESET=$preset APP_PORT=0 NATS_PORT=0 PG_PORT=0 APP_ENV=development \
        CORS_ORIGINS=https://erp.example.test REQUEST_TIMEOUT_MS=$patience SENTIENT_DEMO=$demo "$ROOT/sentient" "$@"
}

test_ctest() { # preset labels [preset of the tests]
    printf '\n'
    SENTIENT_HOME=$TEST_FOLDER/$1 SENTIENT_PRESET=$1 ctest --test-dir "$ROOT/build/${3:-$1}" -L "^($2)\$" -j "$(nproc)" \
        --output-on-failure --no-tests=error || TEST_FAILED=1
    printf '\n'
}

# Runs labels of a preset; `flow` and `asan` need a running system.
test_run() { # preset labels [preset of the tests]
    local running=''
    if [[ "|$2|" == *"|flow|"* || "|$2|" == *"|asan|"* ]]; then
        test_system "$1" up --detach && running=1 || TEST_FAILED=1
        # A system that does not start fails its own tests alone.
    fi
    test_ctest "$@"
    [ -z "$running" ] || test_system "$1" down || TEST_FAILED=1
}

test_release() {
    local labels='' kind
    for kind in unit store flow shape; do
        test_wants "$kind" && labels+="|$kind"
    done
    [ -n "$labels" ] || return 0
    build release ON all
    test_run release "${labels#|}"
}

test_fault() {
    local system
    test_wants fault || return 0
    build release ON all
    for system in "${FAULT_SYSTEMS[@]}"; do
        test_system "$system" up --detach --scale "$FAULT_SCALE" || TEST_FAILED=1
    done
    printf '\n'
    SENTIENT_HOME=$TEST_FOLDER/fault SENTIENT_PRESET=release ctest --test-dir "$ROOT/build/release" -L '^fault$' \
        -j "${#FAULT_SYSTEMS[@]}" --output-on-failure --no-tests=error || TEST_FAILED=1
    printf '\n'
    for system in "${FAULT_SYSTEMS[@]}"; do
        test_system "$system" down || TEST_FAILED=1
    done
}

test_asan() {
    test_wants asan || return 0
    build asan ON all
    test_run asan 'unit|asan'
}

# The daemons alone are watched: Criterion, by which the tests run, does not live with ThreadSanitizer.
test_tsan() {
    test_wants tsan || return 0
    build release ON all
    build tsan OFF all
    test_run tsan flow release
}

test_fuzz() {
    test_wants fuzz || return 0
    build fuzz ON tests/fuzz/all
    test_run fuzz fuzz
}

# A sanitizer's report fails the run wherever it stands: in a test's output or in a daemon's log.
test_sanitizers() {
    local found
    found=$(grep -rnE '(ERROR|WARNING): [A-Za-z]*Sanitizer|runtime error:' "$TEST_FOLDER" "$ROOT"/build/*/Testing/Temporary/LastTest.log \
        --include='*.log' 2>/dev/null | head -n 20) || true # grep finds nothing: all is well
    [ -z "$found" ] && return
    say "a sanitizer reported:"
    printf '%s\n' "$found" >&2
    TEST_FAILED=1
}

test_cleanup() {
    local status=$? system
    trap '' INT TERM HUP
    trap - EXIT
    for system in release asan tsan "${FAULT_SYSTEMS[@]}"; do
        [ ! -d "$TEST_FOLDER/$system" ] || test_system "$system" down 2>/dev/null || true
    done
    if [ "$status" -eq 0 ]; then
        rm -rf "$TEST_FOLDER"
    else
        say "logs: $TEST_FOLDER"
    fi
    exit "$status"
}

# A folder for logs and systems, which goes when everything was well.
test_begin() {
    TEST_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/sentient-test.XXXXXX")
    chmod 711 "$TEST_FOLDER" # the user who runs PostgreSQL passes through
    trap test_cleanup EXIT
    trap 'exit 130' INT TERM HUP
    SENTIENT_HOME=$TEST_FOLDER state_make
    packages_install "${PACKAGES_TEST[@]}"
}

cmd_test() {
    local kind
    TEST_WANTED=("$@")
    [ $# -gt 0 ] || TEST_WANTED=("${TEST_KINDS[@]}")
    for kind in "${TEST_WANTED[@]}"; do
        [[ " ${TEST_KINDS[*]} ${TEST_KINDS_BY_NAME[*]} " == *" $kind "* ]] ||
            die "test: unknown kind $kind; there are: ${TEST_KINDS[*]} ${TEST_KINDS_BY_NAME[*]}"
    done
    test_begin
    rm -f "$ROOT"/build/*/Testing/Temporary/LastTest.log
    test_release
    test_fault
    test_asan
    test_tsan
    test_fuzz
    test_sanitizers
    if [ "$TEST_FAILED" -ne 0 ]; then
        say "tests failed"
        exit 1
    fi
    printf 'All tests passed after %s s: %s\n' "$(elapsed "$STARTED")" "${TEST_WANTED[*]}"
}
