#!/usr/bin/env bash
# Compares the table in docs/settings.md with what the daemons print for --help; --write makes it anew.
# usage: settings.sh [--write] <project root> <folder of the daemons> <daemon>…
set -u
write=''
[ "${1:-}" = --write ] && write=1 && shift
doc=${1:?project root}/docs/settings.md
bin=${2:?folder of the daemons}
shift 2

# name<TAB>text<TAB>daemon, a line per setting and daemon
settings() {
    local daemon
    for daemon in "$@"; do
        "$bin/sentient-$daemon" --help </dev/null |
            sed -nE "s/^  ([A-Z][A-Z0-9_]*) +(.*)\$/\1\t\2\t$daemon/p" | grep . || {
            echo "sentient-$daemon prints no settings for --help" >&2
            return 1
        }
    done
}

# A row per text: two daemons may mean different things by one name.
table() {
    settings "$@" | LC_ALL=C sort -t $'\t' -k 1,1 -k 2,2 -s | awk -F '\t' -v daemons="$*" '
        BEGIN { count = split(daemons, all, " "); print "| setting | meaning [default] | daemons |\n| --- | --- | --- |" }
        function row() {
            if (n == count) users = "all"
            else if (n == count - 1 && users !~ /gateway/) users = "services"
            if (name) printf "| `%s` | %s | %s |\n", name, text, users
        }
        $1 != name || $2 != text { row(); name = $1; text = $2; users = $3; n = 1; next }
        { users = users ", " $3; n++ }
        END { row() }'
}

wanted=$(table "$@") || exit 1
begin='<!-- begin: tests/shape/settings.sh writes this -->'
end='<!-- end -->'
if [ -n "$write" ]; then
    WANTED=$wanted awk -v begin="$begin" -v end="$end" '
        $0 == end { inside = 0 }
        !inside { print }
        $0 == begin { inside = 1; print ENVIRON["WANTED"] }' "$doc" >"$doc.new" && mv "$doc.new" "$doc"
fi
if ! diff <(awk -v begin="$begin" -v end="$end" '$0 == end { inside = 0 } inside { print } $0 == begin { inside = 1 }' "$doc") \
    <(printf '%s\n' "$wanted"); then
    echo "docs/settings.md is not what the daemons say; make it so: tests/shape/settings.sh --write <root> <bin> $*"
    exit 1
fi
