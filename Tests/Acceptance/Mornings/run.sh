#!/bin/bash
# Sixty mornings of experiments in which nothing happens, and of some in which something breaks.
#
#     Tests/Acceptance/Mornings/run.sh [small|large]
#
# TOOL names a built executable of experiments; it is built when not given.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) seeds=1 users=2000 ;;
large) seeds=4 users=6000 ;;
*) echo "usage: Tests/Acceptance/Mornings/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ -z "${TOOL:-}" ]; then
    swift build -c release --package-path "$root" --product experiments >/dev/null
    TOOL=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
here=$(dirname "$0")
python3 -B "$here/nights.py" "$TOOL" "$seeds" "$users" "${1:-small}"
if [ "${1:-small}" = large ]; then python3 -B "$here/quiet.py" "$TOOL" 15; fi
