#!/usr/bin/env bash
# Rows a second to an endpoint on this machine that answers after 20 ms: at least 5,000 for each kind of destination.
#
#     Tests/Acceptance/Forwarding/run.sh [small|large]
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) configuration=debug rows=20000 ;;
large) configuration=release rows=300000 ;;
*) echo "usage: Tests/Acceptance/Forwarding/run.sh [small|large]" >&2; exit 1 ;;
esac
swift build --package-path "$root" -c $configuration --product ForwardingBenchmark >/dev/null
"$(swift build --package-path "$root" -c $configuration --show-bin-path)/ForwardingBenchmark" $rows
