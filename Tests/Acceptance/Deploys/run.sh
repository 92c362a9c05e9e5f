#!/usr/bin/env bash
# Rolling deploys under load: each process joins the one before it, which drains and leaves.
#
#     Tests/Acceptance/Deploys/run.sh [small|large]
#
# SERVER names a built StoreProcess; it is built when not given.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) deploys=10 drains=(0 3 0) ;;
large) deploys=100 drains=(0 3 0 0 30 0) ;;
*) echo "usage: Tests/Acceptance/Deploys/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ -z "${SERVER:-}" ]; then
    swift build --package-path "$root" --product StoreProcess >/dev/null
    SERVER=$(swift build --package-path "$root" --show-bin-path)/StoreProcess
fi
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
problem() { echo "WRONG: $*"; cat "$work"/errors* 2>/dev/null | head; exit 1; }

db=$work/shop.db
processes=()
before=
for number in $(seq "$deploys"); do
    mkfifo "$work/input$number"
    (
        # Or the process before would never see its input end.
        [ -z "$before" ] || exec {before}>&-
        exec "$SERVER" deploy "$db" "${drains[$((number % ${#drains[@]}))]}" \
            <"$work/input$number" >"$work/output$number" 2>"$work/errors$number"
    ) &
    processes+=($!)
    exec {input}>"$work/input$number"
    for _ in $(seq 100); do grep -q SERVING "$work/output$number" && break; sleep 0.1; done
    grep -q SERVING "$work/output$number" || problem "process $number does not serve within ten seconds"
    sleep 0.3
    [ -z "$before" ] || exec {before}>&-
    before=$input
done
exec {before}>&-
for process in "${processes[@]}"; do wait "$process" || problem "a process ended with $?"; done

recorded=$(awk '$1 == "RECORDED" { sum += $2 } END { print sum }' "$work"/output*)
slowest=$(awk '$1 == "RECORDED" && $3 > slow { slow = $3 } END { print slow + 0 }' "$work"/output*)
stored=$(sqlite3 -readonly "$db" "SELECT count(*) FROM outcome_log")
[ "$recorded" = "$stored" ] || problem "$recorded records were acknowledged, $stored are there"
[ "$(sqlite3 -readonly "$db" "PRAGMA integrity_check")" = ok ] || problem "the file is damaged"
awk -v slow="$slowest" 'BEGIN { exit !(slow <= 1000) }' || problem "the slowest hundredth took $slowest ms"
echo "$deploys deploys, $recorded records, none lost or doubled, p99 of the slowest process $slowest ms"
