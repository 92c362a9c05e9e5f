#!/usr/bin/env bash
# Reports, backups, checks and a shell beside a server with many callers: no error, no torn read, and each report is that
# of the rows up to its own last ones.
#
#     Tests/Acceptance/WhileServing/run.sh [small|large]
#
# TOOL and SERVER name built executables of experiments and StoreProcess; they are built when not given.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) callers=256 reports=6 copies=3 checks=2 answers=20 ;;
large) callers=1024 reports=20 copies=6 checks=4 answers=100 ;;
*) echo "usage: Tests/Acceptance/WhileServing/run.sh [small|large]" >&2; exit 1 ;;
esac
if [ -z "${TOOL:-}" ] || [ -z "${SERVER:-}" ]; then
    swift build --package-path "$root" --product experiments >/dev/null
    swift build --package-path "$root" --product StoreProcess >/dev/null
    bin=$(swift build --package-path "$root" --show-bin-path)
    TOOL=$bin/experiments SERVER=$bin/StoreProcess
fi
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
problem() { echo "WRONG: $*"; exit 1; }

db=$work/shop.db
cat >"$work/shop.toml" <<'TOML'
[[experiments]]
id = "button"
goals = ["purchase"]
variants = [{ id = "control", is_control = true }, { id = "treatment" }]
TOML
"$TOOL" apply "$work/shop.toml" --database "$db" >/dev/null

mkfifo "$work/stop" "$work/said"
"$SERVER" serve "$db" $callers <"$work/stop" >"$work/said" &
server=$!
exec 3>"$work/stop" 4<"$work/said"
read -r -t 60 word <&4 && [ "$word" = SERVING ] || problem "the server does not serve"

report() { "$TOOL" report --format json --database "$1"; }
# What no moment may show: an outcome without the exposure recorded before it, or one that is in neither view.
torn="BEGIN;
SELECT count(*) FROM discarded_outcomes WHERE reason = 'never_exposed';
SELECT (SELECT count(*) FROM counted_outcomes) + (SELECT count(*) FROM discarded_outcomes) - (SELECT count(*) FROM outcome_log);
COMMIT;"

# Each sort of reader beside the others; within a sort one after the other, with a pause in which rows come.
make_reports() {
    for ((n = 1; n <= reports; n++)); do sleep 0.3; report "$db" >"$work/report-$n.json" || return 1; done
}
make_copies() {
    for ((n = 1; n <= copies; n++)); do sleep 0.5; "$TOOL" backup "$work/copy-$n.db" --database "$db" || return 1; done
}
make_checks() {
    for ((n = 1; n <= checks; n++)); do
        sleep 0.7
        "$TOOL" verify --database "$db" >"$work/check" || { cat "$work/check"; return 1; }
        # The twelfth is a note: the callers show other variants than their phase gives.
        [ "$(grep -c '^ok ' "$work/check")" = 11 ] || { cat "$work/check"; return 1; }
    done
}
ask() {
    local answer
    for ((n = 1; n <= answers; n++)); do
        answer=$(sqlite3 -readonly "$db" "$torn" 2>&1) || true
        [ "$answer" = $'0\n0' ] || { echo "the shell says: $answer"; return 1; }
    done
}
readers=()
for reader in make_reports make_copies make_checks ask; do
    $reader >"$work/$reader.log" 2>&1 &
    readers+=("$! $reader")
done
for reader in "${readers[@]}"; do
    wait "${reader%% *}" || { cat "$work/${reader##* }.log"; problem "${reader##* } failed"; }
done
exec 3>&-
read -r -t 60 word rounds <&4 && [ "$word" = RECORDED ] || problem "the server saw an error"
wait "$server" || problem "the server ended with $?"
server=

stored=$(sqlite3 -readonly "$db" "SELECT (SELECT count(*) FROM exposure_log) || ' ' || (SELECT count(*) FROM outcome_log)")
[ "$stored" = "$rounds $((2 * rounds))" ] || problem "$rounds rounds were acknowledged, there are: $stored"

last_rows() { python3 -c 'import json, sys; t = json.load(open(sys.argv[1]))["through"]; print(t["exposure"], t["outcome"])' "$1"; }
report "$db" >"$work/report-last.json"
for ((n = 1; n <= copies; n++)); do report "$work/copy-$n.db" >"$work/report-copy-$n.json"; done
moments=0 before=
for text in "$work"/report-*.json; do
    through=$(last_rows "$text")
    read -r exposure outcome <<<"$through"
    [ "$through" = "$before" ] || moments=$((moments + 1))
    before=$through
    # The database as it was when these were the last rows: a copy without the ones after.
    rm -f "$work"/then.db*
    "$TOOL" backup "$work/then.db" --database "$db" >"$work/then.log" 2>&1 || { cat "$work/then.log"; problem "no backup"; }
    sqlite3 "$work/then.db" "DROP TRIGGER exposure_log_delete; DROP TRIGGER outcome_log_delete;
        DELETE FROM exposure_log WHERE exposure_id > $exposure; DELETE FROM outcome_log WHERE outcome_id > $outcome;"
    report "$work/then.db" | cmp - "$text" || problem "$(basename "$text") is not the report of its rows"
done
[ $moments -gt 2 ] || problem "all reports were of $moments moments: the server did not record between them"
echo "$callers callers, $((3 * rounds)) records acknowledged and there; $reports reports and $copies backups of $moments moments," \
    "each that of its rows; $checks checks and $answers answers of the shell without a fault"
