#!/usr/bin/env bash
# The report's numbers against two independent implementations, on data made at random and on golden data.
#
#     Tests/Acceptance/Oracle/run.sh [small|large]
#
# TOOL      a built executable; a release build is made when it is not given.
# SEED      the first random set; one number in the small form, so that a failure tells of the change, random in the large form.
# ORACLE    the folder of oracle.py and gen.py; ../shared/oracle beside the checkout by default. Skipped where there is none.
# GOLDEN    the folder of the golden data sets; ../shared/golden by default. Left out where there is none.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
oracle=${ORACLE:-$root/../shared/oracle} golden=${GOLDEN:-$root/../shared/golden}
case ${1:-small} in
small) sets=2 users=300 seed=${SEED:-204680774} ;;
large) sets=20 users=2000 seed=${SEED:-$RANDOM$RANDOM} ;;
*) echo "usage: Tests/Acceptance/Oracle/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ ! -f "$oracle/oracle.py" ]; then
    echo "skipped: Oracle, since ${ORACLE:-../shared/oracle} is not there"
    exit 0
fi
if [ -z "${TOOL:-}" ]; then
    swift build -c release --package-path "$root" --product experiments
    TOOL=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install -q numpy pandas scipy
options=()
[ ! -d "$golden" ] || options=(--golden "$golden")
"$work/python/bin/python" "$root/Tests/Acceptance/Oracle/compare.py" --tool "$TOOL" --oracle "$oracle" \
    "${options[@]}" --sets $sets --users $users --seed "$seed"
[ -d "$golden" ] || echo "skipped: the golden data of Oracle, since ${GOLDEN:-../shared/golden} is not there"
