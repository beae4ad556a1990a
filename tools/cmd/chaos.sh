# ./sentient chaos: kills and freezes processes of a system of its own while clients write, then compares what was
# answered with what is there. Not for a system in use: it never touches the state folder's. docs/reliability.md.
# shellcheck shell=bash

chaos_usage() {
    say "usage: ./sentient chaos [--kills N] [--seed S]"
    exit 2
}

cmd_chaos() {
    local kills=500 seed='' status=0
    while [ $# -gt 0 ]; do
        [[ ${2:-} =~ ^[0-9]{1,18}$ ]] || chaos_usage
        case $1 in
            --kills) kills=$2 ;;
            --seed) seed=$2 ;;
            *) chaos_usage ;;
        esac
        shift 2
    done
    test_begin
    build release ON fault_chaos
    test_system fault-1 up --detach --scale "$FAULT_SCALE"
    printf '\n'
    SENTIENT_HOME=$TEST_FOLDER/fault-1 FAULT_KILLS=$kills FAULT_SEED=$seed "$ROOT/build/release/bin/fault_chaos" --timeout 0 -j1 ||
        status=1
    printf '\n'
    test_system fault-1 down
    exit "$status"
}
