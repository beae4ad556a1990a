#!/usr/bin/env bash
# The shape of the code: budgets, layers, forbidden words, documents that must stay true. Reads files only.
# usage: shape.sh <project root>     (needs git, universal-ctags)
set -u
cd "${1:?project root}" || exit 2
passed=0
failed=0

# check <what> <findings>: no findings pass.
check() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n%s\n' "$1" "$(printf '%s\n' "$2" | sed 's/^/     /' | head -n 20)"
    fi
}

files() { git ls-files -co --exclude-standard -- "$@"; }
code() { files '*.c' '*.h' | grep -v '^tests/fuzz/corpus/'; }

check "no file over 400 lines" \
    "$(files '*.c' '*.h' '*.sh' sentient | xargs -r wc -l | awk '$2 != "total" && $1 > 400 {print $2 ": " $1}')"

check "no function over 60 lines" \
    "$(code | xargs -r ctags -x --c-kinds=f --fields=+ne --output-format=json 2>/dev/null |
        sed -n 's/.*"name": "\([^"]*\)", "path": "\([^"]*\)".*"line": \([0-9]*\).*"end": \([0-9]*\).*/\1 \2 \3 \4/p' |
        awk '$4 - $3 + 1 > 60 {print $2 ":" $3 " " $1 ": " $4 - $3 + 1 " lines"}')"

check "main.c of a service is tables: 60 lines at most" \
    "$(files 'services/*/main.c' gateway/main.c | xargs -r wc -l | awk '$2 != "total" && $1 > 60 {print $2 ": " $1}')"

check "every C file says in its first lines what it is" \
    "$(code | while read -r f; do head -n 1 "$f" | grep -q '^/\* ' || echo "$f"; done)"

# Words that belong to other layers: memory is the arena's, numbers are exact, statements have names.
check "forbidden words under services/ and gateway/" \
    "$(files 'services/*.c' 'gateway/*.c' | xargs -r grep -nE \
        '\b(malloc|calloc|realloc|free|strcpy|strcat|sprintf|atoi|atol|atof|strtod|PQexec) *\(|\b(goto|double|float)\b' |
        grep -vE ':[0-9]+: *(/?\*|//)')"

check "no binary floating point where figures pass" \
    "$(files 'shared/base/*.[ch]' 'shared/kit/json*.[ch]' 'shared/kit/pb*.[ch]' 'shared/kit/db*.[ch]' 'services/*.[ch]' |
        xargs -r grep -nE '\b(double|float|strtod|atof)\b' | grep -vE 'binary floating point|:[0-9]+: *(/?\*|//)')"

# Layers: base < kit < svc < services; rules see base alone; a service never sees another's files.
layer() { # layer <glob> <allowed include prefixes, as an extended regular expression>
    files "$1" | xargs -r grep -nE '^#include "' | grep -vE "#include \"($2)"
}
check "base includes base alone" "$(layer 'shared/base/*.[ch]' 'base/')"
check "kit includes base and kit" "$(layer 'shared/kit/*.[ch]' 'base/|kit/|sentient/common')"
check "rules include base alone" "$(layer 'services/*_rules.[ch]' 'base/|[a-z_]+_rules\.h')"
for service in services/*/; do
    name=$(basename "$service")
    others=$(find services -mindepth 1 -maxdepth 1 -type d ! -name "$name" -printf '%f\n' | paste -sd'|')
    check "$name sees no other service's files" \
        "$(files "services/$name/*.[ch]" | xargs -r grep -nE "#include \"(../|services/)?($others)(\.sql\.h|/)")"
    check "$name has a README" "$([ -s "services/$name/README.md" ] || echo "services/$name/README.md")"
    check "$name has a contract" "$([ -s "proto/sentient/$name.proto" ] || echo "proto/sentient/$name.proto")"
done

check "nothing is left for later in the code" \
    "$(files '*.c' '*.h' '*.sql' '*.proto' '*.sh' '*.cmake' sentient | grep -v '^tests/shape/' |
        xargs -r grep -nE '\b(TODO|FIXME|XXX|HACK)\b')"

check "README's map names every top folder" \
    "$(git ls-files | sed -n 's|^\([^/]*\)/.*|\1|p' | sort -u | grep -v '^\.ci$' |
        while read -r d; do grep -q "\`$d/" README.md || echo "$d/"; done)"

check "every setting is documented in docs/settings.md" \
    "$(files 'shared/*.c' 'services/*.c' 'gateway/*.c' | xargs -r grep -ohE '\{"[A-Z][A-Z0-9_]+", *SETTING_' |
        sed -E 's/\{"([A-Z0-9_]+)".*/\1/' | sort -u | while read -r s; do grep -q "\`$s\`" docs/settings.md || echo "$s"; done)"

check "links between documents lead somewhere" \
    "$(files '*.md' | while read -r f; do
        grep -oE '\]\([^)#: ]+' "$f" | sed 's/^](//' | while read -r l; do
            [ -e "$(dirname "$f")/$l" ] || echo "$f: $l"
        done
    done)"

check "formatted as .clang-format says" \
    "$(code | xargs -r clang-format --dry-run 2>&1 | grep -oE '^[^ ]+:[0-9]+:' | sort -u | head -n 20)"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
