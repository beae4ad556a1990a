# nats-server of the state folder: its configuration. Not its process: the supervisor runs it.
# shellcheck shell=bash disable=SC2030,SC2031 # NATS_PORT is a key of PORT, too

nats_prepare() {
    local name
    (
        umask 077
        SERVICES=$(services | tr '\n' ' ')
        export SERVICES NATS_PORT=${PORT[NATS_PORT]} NATS_STORE=$STATE/nats
        # The stream of events, and room for the rest.
        export NATS_MAX_FILE_STORE=${NATS_MAX_FILE_STORE:-$((${EVENTS_MAX_BYTES:-8589934592} + 2147483648))}
        for name in bootstrap integrator gateway $SERVICES; do
            export "NATS_PASS_${name^^}=${SECRET[$name.NATS_PASS]}"
        done
        "$ROOT/tools/nats.conf.sh" >"$STATE/run/nats.conf"
    ) || die "the configuration of nats-server could not be written"
}

nats_accepts() {
    local socket line
    { exec {socket}<>"/dev/tcp/127.0.0.1/${PORT[NATS_PORT]}"; } 2>/dev/null || return 1
    IFS= read -r -t 2 -u "$socket" line || line=''
    exec {socket}>&-
    [[ $line == 'INFO '* ]]
}
