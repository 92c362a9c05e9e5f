#!/usr/bin/env bash
# Kevin Hillstrom's e-mail test through the tool: loaded, reported, checked, and held against figures computed elsewhere.
#
#     Tests/Acceptance/Hillstrom/run.sh
#
# TOOL      a built executable; a release build is made when it is not given.
# DATA      hillstrom.csv; ../shared/data/hillstrom.csv beside the checkout by default. Skipped where there is none.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
data=${DATA:-$root/../shared/data/hillstrom.csv}
if [ ! -f "$data" ]; then
    echo "skipped: Hillstrom, since ${DATA:-../shared/data/hillstrom.csv} is not there"
    exit 0
fi
if [ -z "${TOOL:-}" ]; then
    swift build -c release --package-path "$root" --product experiments
    TOOL=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/Tests/Acceptance/Hillstrom/load.sh" "$data" "$work/hillstrom.db" "$TOOL"
"$TOOL" report --database "$work/hillstrom.db"
"$TOOL" verify --database "$work/hillstrom.db"
"$TOOL" report --format json --database "$work/hillstrom.db" >"$work/report.json"
expect() { grep -qF "$1" "$work/report.json" || { echo "WRONG: the report does not say $1"; exit 1; }; }
expect '"difference": 0.7698271558945364'
expect '"units": {"exposed": 64000, "crossover": 0, "analysed": 64000}'
# No E-Mail against Womens E-Mail, visit: the same effect by channel, another by womens.
expect '"cochran_q": 0.0599'
expect '"p_value": 0.97048'
expect '"cochran_q": 94.21'
expect '"statistic": 9.7063'
expect '{"attribute": "womens", "metric": "visit", "variant_id": "Womens E-Mail"}'
echo "Hillstrom: the effect on spend and the units are those computed elsewhere"
