#!/bin/sh
# Feeds broken contracts to the plugin and compares what it says with the "expect:" comments beside
# each mistake. Usage: broken.sh <protoc> <plugin> <folder of broken contracts> <include> …
set -eu
protoc=$1 plugin=$2 broken=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
includes="-I $broken"
for folder; do
    includes="$includes -I $folder"
done

# expected <proto> …: one line per mistake, as the plugin writes it
expected() {
    for proto; do
        sed -n "s|^.*// expect: |$proto: |p" "$broken/$proto"
    done | LC_ALL=C sort
}

descriptors() {
    # shellcheck disable=SC2086
    "$protoc" $includes --include_imports --include_source_info --descriptor_set_out="$work/raw.pb" "$@"
}

compare() {
    if ! diff -u "$work/expected" "$work/said"; then
        echo "the plugin says other than expected" >&2
        exit 1
    fi
}

set -- sentient/methods.proto sentient/fields.proto sentient/wholes.proto
descriptors "$@" sentient/common.proto
"$plugin" --expand "$work/raw.pb" "$work/full.pb"
mkdir "$work/out"
if "$protoc" --descriptor_set_in="$work/full.pb" --plugin=protoc-gen-sentient="$plugin" --sentient_out="$work/out" "$@" sentient/common.proto 2>"$work/err"; then
    echo "a broken contract went through" >&2
    exit 1
fi
expected "$@" >"$work/expected"
count=$(wc -l <"$work/expected")
echo "--sentient_out: the contract is broken in $count places:" >>"$work/expected"
sed -e '/^$/d' "$work/err" | LC_ALL=C sort >"$work/said"
LC_ALL=C sort -o "$work/expected" "$work/expected"
compare
[ -z "$(ls "$work/out")" ] || { echo "files in spite of errors" >&2; exit 1; }

descriptors sentient/given.proto
if "$plugin" --expand "$work/raw.pb" "$work/full.pb" 2>"$work/said"; then
    echo "a field named given went through" >&2
    exit 1
fi
expected sentient/given.proto >"$work/expected"
compare
