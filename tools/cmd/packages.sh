# The Debian packages that the project needs, and their installation. The one list of them.
# shellcheck shell=bash disable=SC2034 # the lists are used by up.sh and test.sh

PACKAGES_UP=(
    gcc libc6-dev cmake ninja-build pkg-config ccache
    protobuf-compiler libprotobuf-dev protobuf-c-compiler libprotobuf-c-dev
    libnats-dev libpq-dev libcjson-dev libsodium-dev libcivetweb-dev libcurl4-openssl-dev libssl-dev
    postgresql nats-server
)
PACKAGES_TEST=(
    "${PACKAGES_UP[@]}"
    libcriterion-dev clang libclang-rt-14-dev clang-format clang-tidy cppcheck shellcheck universal-ctags git
)

packages_missing() { # package…
    local -A installed=()
    local status package
    while read -r status package; do
        [ "$status" != installed ] || installed[$package]=1
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null)
    for package in "$@"; do
        [ -n "${installed[$package]:-}" ] || printf '%s\n' "$package"
    done
}

as_root() {
    if [ "$EUID" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt_install() { # package…
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
    # Where the package lists are missing or too old for these names, or name files that are gone.
    if ! as_root "${apt[@]}" -s --no-install-recommends install "$@" >/dev/null 2>&1; then
        as_root "${apt[@]}" update || return
    fi
    as_root "${apt[@]}" --no-install-recommends install "$@" ||
        { as_root "${apt[@]}" update && as_root "${apt[@]}" --no-install-recommends install "$@"; }
}

# The packages start servers of their own where systemd runs; ours are private.
packages_stop_servers() { # package…
    local package
    [ -d /run/systemd/system ] || return 0
    for package in "$@"; do
        case $package in
            postgresql | nats-server) as_root systemctl disable --now "$package" >/dev/null 2>&1 || true ;;
        esac
    done
}

packages_install() { # package…
    local missing
    command -v dpkg-query >/dev/null || die "this needs Debian 12 (dpkg-query is not there)"
    step_begin packages
    mapfile -t missing < <(packages_missing "$@")
    if [ ${#missing[@]} -eq 0 ]; then
        step_end "all there"
        return
    fi
    step_break
    say "installs with apt-get: ${missing[*]}"
    if [ "$EUID" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "that needs root or sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    [ "$EUID" -eq 0 ] || sudo -v || die "sudo did not let us"
    run_logged "$STATE/log/apt.log" apt_install "${missing[@]}" || die "the packages could not be installed"
    packages_stop_servers "${missing[@]}"
    step_end "${#missing[@]} installed"
}
