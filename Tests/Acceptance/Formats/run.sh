#!/usr/bin/env bash
# The same rows as CSV and as NDJSON, with cells changed at random: what is stored and what is refused must be equal. And a
# file of every kind, however long, is imported or refused in bounded memory.
#
#     Tests/Acceptance/Formats/run.sh [small|large]
#
# TOOL      a built executable; a release build is made when it is not given.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) lines=2000 megabytes=8 ;;
large) lines=20000 megabytes=250 ;;
*) echo "usage: Tests/Acceptance/Formats/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ -z "${TOOL:-}" ]; then
    swift build -c release --package-path "$root" --product experiments
    TOOL=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
python3 "$root/Tests/Acceptance/Formats/compare.py" --tool "$TOOL" --lines $lines
TOOL=$TOOL python3 "$root/Tests/Acceptance/Formats/memory.py" --megabytes $megabytes
