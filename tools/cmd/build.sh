# Configuring and building a CMake preset. Not what is built: CMakeLists.txt.
# shellcheck shell=bash

# A build folder belongs to one place of the project; elsewhere (a moved or copied project) it is of no use.
build_is_configured() { # folder
    [ -f "$1/build.ninja" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$1/CMakeCache.txt"
}

build_configure() { # preset cmake-options…
    local preset=$1 launcher=()
    shift
    command -v ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
    [ -z "${ROOT:?}" ] || rm -rf "$ROOT/build/$preset"
    (cd "$ROOT" && cmake --preset "$preset" "${launcher[@]}" "$@")
}

# Builds targets of a preset; `tests` says whether a new build folder knows the tests. Two at once wait for each other.
build() { # preset tests(ON|OFF) target…
    local preset=$1 tests=$2 folder=$ROOT/build/$1 log=$STATE/log/build-$1.log lock
    shift 2
    step_begin "build"
    mkdir -p "$ROOT/build"
    exec {lock}>"$ROOT/build/.lock"
    flock "$lock"
    if ! build_is_configured "$folder"; then
        run_logged "$log" build_configure "$preset" -DSF_TESTS="$tests" || die "cmake could not configure the build"
    elif [ "$tests" = ON ] && ! grep -qxF SF_TESTS:BOOL=ON "$folder/CMakeCache.txt"; then
        run_logged "$log" cmake -S "$ROOT" -B "$folder" -DSF_TESTS=ON || die "cmake could not configure the build"
    fi
    run_logged "$log" ninja -C "$folder" "$@" || die "the build failed"
    exec {lock}>&-
    step_end "$preset"
}
