#!/usr/bin/env bash
# Reports from engines against the report from the file.
#
#     Tests/Acceptance/Warehouse/run.sh [small|large]
#
# TOOL      a built executable; a release build is made when it is not given.
# ENGINES   which engines, with commas between; by the size if not given.
# SETS      further folders with definitions.toml, exposures.csv and outcomes.csv.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$root/Tests/Acceptance/Warehouse
case ${1:-small} in
small) engines=duckdb packages=(duckdb) ;;
large) engines=duckdb,clickhouse,spark packages=(duckdb chdb pyspark) ;;
*) echo "usage: Tests/Acceptance/Warehouse/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ -z "${TOOL:-}" ]; then
    swift build -c release --package-path "$root" --product experiments
    TOOL=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
closing=
if psql --no-psqlrc --quiet -c 'SELECT 1' >/dev/null 2>&1; then
    engines=$engines,postgresql
else
    closing="skipped: PostgreSQL of Warehouse, since no database answers psql"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install -q "${packages[@]}"
"$work/python/bin/python" "$here/compare.py" --tool "$TOOL" --engines "${ENGINES:-$engines}" \
    --sets "$root/Tests/CommandTests/Fixtures/oracle" "$root/Tests/CommandTests/Fixtures/oracle-metrics" ${SETS:-}
[ -z "$closing" ] || echo "$closing"
