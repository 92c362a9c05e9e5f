#!/usr/bin/env bash
# The same rows as CSV and as NDJSON, with cells changed at random: what is stored and what is refused must be equal. And a
# file of every kind, however long, is imported or refused in bounded memory.
#
#     Tests/Acceptance/Formats/run.sh [small|large]
#
# TOOL      a built executable; a release build is made when it is not given.
# SEED      of the random cells; one number in the small form, so that a failure tells of the change, random in the large form.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) lines=2000 megabytes=8 seed=${SEED:-20261201} ;;
large) lines=20000 megabytes=250 seed=${SEED:-$RANDOM$RANDOM} ;;
*) echo "usage: Tests/Acceptance/Formats/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ -z "${TOOL:-}" ]; then
    swift build -c release --package-path "$root" --product experiments
    TOOL=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
python3 "$root/Tests/Acceptance/Formats/compare.py" --tool "$TOOL" --lines $lines --seed "$seed"
TOOL=$TOOL python3 "$root/Tests/Acceptance/Formats/memory.py" --megabytes $megabytes
