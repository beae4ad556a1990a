# ./sentient lint: what compilers do not see. clang-tidy and cppcheck over the C files, shellcheck over the scripts.
# shellcheck shell=bash

LINT_FOLDERS=(shared gateway services tools tests)

lint_tidy() {
    git -C "$ROOT" ls-files -- "${LINT_FOLDERS[@]/%//*.c}" | grep -v '^tests/fuzz/' | (cd "$ROOT" && xargs -P "$(nproc)" -n 6 \
        clang-tidy --quiet -p build/release 2>/dev/null) | grep -E '(warning|error):'
}

lint_cppcheck() {
    (cd "$ROOT" && cppcheck -j "$(nproc)" --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=0 \
        --suppress=missingIncludeSystem --suppress=nullPointerRedundantCheck -Ishared -Ibuild/release/gen shared gateway services tools 2>&1) |
        grep -E ': (error|warning|portability):'
}

lint_shell() {
    (cd "$ROOT" && git ls-files -- '*.sh' sentient .ci/run | xargs shellcheck -x -S warning -f gcc)
}

# Prints what was found; true where that is nothing.
cmd_lint() {
    local found
    state_make
    packages_install "${PACKAGES_TEST[@]}"
    build release ON all
    step_begin lint
    found=$(lint_tidy || true; lint_cppcheck || true; lint_shell || true)
    step_end 'clang-tidy, cppcheck, shellcheck'
    if [ -n "$found" ]; then
        printf '%s\n' "$found" | sort -u
        die "$(printf '%s\n' "$found" | sort -u | wc -l) findings"
    fi
}
