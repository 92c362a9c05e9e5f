#!/usr/bin/env bash
# Drives the example over HTTP: a page, an order, a deploy while it runs, a shutdown; and looks into the file.
set -euo pipefail
cd "$(dirname "$0")"
swift build -q
shop=$(swift build --show-bin-path)/Shop
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
await() { for _ in $(seq 100); do curl -sf "http://127.0.0.1:$1/health" >/dev/null && return; sleep 0.1; done; fail "port $1"; }
export DATABASE=$work/experiments.db

PORT=18081 "$shop" & old=$!
await 18081
for visitor in $(seq 20); do
    curl -sf -c "$work/cookies$visitor" http://127.0.0.1:18081/ | grep -q button || fail "no page"
    curl -sf -b "$work/cookies$visitor" -X POST "http://127.0.0.1:18081/buy/$visitor" >/dev/null || fail "no order"
done
curl -sf -b "$work/cookies1" http://127.0.0.1:18081/experiments.json | grep -q checkout_button_color || fail "no JSON"

# A deploy: the new process serves while the old one is still there.
PORT=18082 "$shop" & new=$!
await 18082
curl -sf -b "$work/cookies1" -X POST http://127.0.0.1:18082/buy/21 >/dev/null || fail "no order at the new process"
kill -TERM $old
wait $old || fail "the old process ended with $?"
curl -sf -b "$work/cookies1" -X POST http://127.0.0.1:18082/buy/22 >/dev/null || fail "no order after the deploy"
curl -sf -b "$work/cookies1" -X POST http://127.0.0.1:18082/buy/22 >/dev/null || fail "no retry"
kill -TERM $new
wait $new || fail "the new process ended with $?"

count() { sqlite3 -readonly "$DATABASE" "SELECT count(*) FROM $1"; }
[ "$(count exposures)" = 20 ] || fail "$(count exposures) exposures"
[ "$(count outcomes)" = 22 ] || fail "$(count outcomes) outcomes"
[ "$(sqlite3 -readonly "$DATABASE" "PRAGMA integrity_check")" = ok ] || fail "damaged"
echo "20 exposures, 22 outcomes, a deploy without a gap"
