#!/bin/sh
# next.sh ENGINE FOLDER: sources of a program of the next version, for tests of two versions side by
# side over one database. They are the files of today with what a next version would add: a field of
# users, a table and a column of the engine's own.
set -eu
engine=$1 folder=$2
mkdir -p "$folder"

# add FILE LINE BEFORE: the line goes before the first one that holds BEFORE.
add() {
    out=$folder/$(basename "$1")
    [ -e "$out.part" ] || cp "$engine/$1" "$out.part"
    grep -qF -- "$3" "$out.part" || { echo "next.sh: $1 holds no $3 any more" >&2; exit 1; }
    LINE=$2 BEFORE=$3 awk 'index($0, ENVIRON["BEFORE"]) && !done { print ENVIRON["LINE"]; done = 1 }
        { print }' "$out.part" > "$out.new"
    mv "$out.new" "$out.part"
}

rm -f "$folder"/*.part
add def/builtin.c '    "  badge: {type: text, label: {en: Badge, zh: 工牌}, max: 20, index: true}\n"' \
    '"  active: {type: boolean, label: {en: Active'
add data/system_tables.c '    { "_next", "CREATE TABLE _next (id INTEGER PRIMARY KEY, name TEXT)" },' \
    '    { "_clock", "CREATE TABLE _clock'
add data/system_tables.c '    { "_job", "next", "ALTER TABLE _job ADD COLUMN next TEXT" },' \
    '    { "_job", "status", "ALTER TABLE _job'
for part in "$folder"/*.part; do mv "$part" "${part%.part}"; done
