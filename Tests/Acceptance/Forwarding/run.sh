#!/usr/bin/env bash
# Rows a second to an endpoint on this machine that answers after 20 ms: at least 5,000 for each kind of destination, of a
# debug build 2,000. And a forwarder that is killed while rows are recorded and the endpoint misbehaves: every row arrives.
#
#     Tests/Acceptance/Forwarding/run.sh [small|large]
#
# TOOL      a built executable; one of the same configuration as the rest is made when it is not given.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) configuration=debug rows=20000 slowest=2000 kills=40 ;;
large) configuration=release rows=300000 slowest=5000 kills=1000 ;;
*) echo "usage: Tests/Acceptance/Forwarding/run.sh [small|large]" >&2; exit 1 ;;
esac
build() { swift build --package-path "$root" -c $configuration --product "$1" >/dev/null; }
binaries=$(swift build --package-path "$root" -c $configuration --show-bin-path)
build ForwardingBenchmark
build experiments-forward
tool=${TOOL:-}
if [ -z "$tool" ]; then
    build experiments
    tool=$binaries/experiments
fi
"$binaries/ForwardingBenchmark" $rows $slowest
python3 "$root/Tests/Acceptance/Forwarding/kills.py" "$binaries/experiments-forward" "$tool" $kills
