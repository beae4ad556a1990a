# ./sentient secrets rotate: a new key for access tokens, while everything runs and nobody is signed out.
# Not the secrets of PostgreSQL and NATS, nor those that come from files, Vault or another environment.
# shellcheck shell=bash

# The files from which a daemon reads the keys of tokens, so that it can read them again. The gateway takes two keys.
token_key_file() { # daemon name
    printf '%s\n' "$STATE/secrets/tokens/$1.$2"
}

token_key_write() { # daemon name value
    local file
    file=$(token_key_file "$1" "$2")
    (
        umask 077
        mkdir -p "${file%/*}"
        printf '%s\n' "$3" >"$file.new"
    )
    mv "$file.new" "$file"
}

token_keys_write() {
    token_key_write auth JWT_SECRET "${SECRET[app.JWT_SECRET]}"
    token_key_write gateway JWT_SECRET "${SECRET[app.JWT_SECRET]}"
    token_key_write gateway JWT_SECRET_PREVIOUS "${SECRET[app.JWT_SECRET_PREVIOUS]:-${SECRET[app.JWT_SECRET]}}"
}

# With a key pair the gateway gets its public half alone.
token_key_setting() { # daemon name
    local pair=JWT_PUBLIC_KEY pair_file
    [ "$1" != auth ] || pair=JWT_PRIVATE_KEY
    pair_file=${pair}_FILE
    [ -z "${!pair:-}${!pair_file:-}" ] || return 0
    if [ -n "${SECRET[app.JWT_SECRET]:-}" ]; then
        env_line "$2_FILE" "$(token_key_file "$1" "$2")"
    else
        env_setting "$2"
    fi
}

# How often an instance's log says that this setting changed.
changes_seen() { # instance name
    grep -cF "\"setting changed\",\"setting\":\"$2\"" "$STATE/log/$1.log" || true
}

has_seen_more() { # instance name count
    [ "$(changes_seen "$1" "$2")" -gt "$3" ]
}

# Writes a key and waits until every running instance of the daemon has taken it.
token_key_change() { # daemon name value
    local instance pid before
    local -A seen=()
    for instance in $(plan_daemons | grep -xE "$1(-[0-9]+)?"); do
        seen[$instance]=$(changes_seen "$instance" "$2")
    done
    token_key_write "$@"
    for instance in "${!seen[@]}"; do
        pid=$(cat "$STATE/run/$instance.pid" 2>/dev/null) || continue # it reads the file when it starts
        before=${seen[$instance]}
        kill -HUP "$pid" 2>/dev/null || continue
        wait_until 10 has_seen_more "$instance" "$2" "$before" || die "$instance has not taken the new key"
    done
}

secrets_rotate() {
    local old=${SECRET[app.JWT_SECRET]:-} new
    [ -n "$old" ] || die "JWT_SECRET is not kept here: change it where it comes from (docs/settings.md)"
    [ -d "$STATE/secrets/tokens" ] || die "nothing runs in $STATE: start it first"
    new=$(random_text)
    # First whoever verifies knows the new key, then it signs, then the old one is only for tokens that are out.
    token_key_change gateway JWT_SECRET_PREVIOUS "$new"
    token_key_change auth JWT_SECRET "$new"
    token_key_change gateway JWT_SECRET "$new"
    token_key_change gateway JWT_SECRET_PREVIOUS "$old"
    SECRET[app.JWT_SECRET]=$new SECRET[app.JWT_SECRET_PREVIOUS]=$old
    secrets_write
    say "access tokens are signed with a new key; those that are out stay good until they expire or the next rotation"
}

cmd_secrets() {
    [ "$*" = rotate ] || die "usage: ./sentient secrets rotate"
    state_find
    secrets_read
    supervisor_pid >/dev/null || die "nothing runs in $STATE: start it first"
    secrets_rotate
}
