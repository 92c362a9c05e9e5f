#!/bin/bash
# A month of nights beside a server that writes: two nights are missed, a definition is damaged for a day, and the disk is
# full for a night. Every morning there must be a report or a clear alarm, and at the end nothing may be missing.
#
#     Tests/Acceptance/NightSimulation/run.sh [small|large|USERS_A_DAY]
#
# TOOL and SERVER name built executables; they are built when not given. The disk is a small one in memory, for which it
# takes the right to mount; without it the full disk is left out, and said so.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
case ${1:-small} in
small) users=200 ;;
large) users=5000 ;;
*[!0-9]*) echo "usage: Tests/Acceptance/NightSimulation/run.sh [small|large|USERS_A_DAY]" >&2; exit 1 ;;
*) users=$1 ;;
esac
days=30
if [ -z "${TOOL:-}" ] || [ -z "${SERVER:-}" ]; then
    swift build --package-path "$root" --product experiments >/dev/null
    swift build --package-path "$root" --product StoreProcess >/dev/null
    bin=$(swift build --package-path "$root" --show-bin-path)
    TOOL=$bin/experiments SERVER=$bin/StoreProcess
fi
work=$(mktemp -d)
disk=$work/disk
mkdir "$disk"
is_small=1
mount -t tmpfs -o "size=$((16 + users * days / 2000))m" tmpfs "$disk" 2>/dev/null || is_small=0
cleanup() {
    [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
    [ $is_small = 0 ] || umount "$disk" 2>/dev/null || umount -l "$disk"
    rm -rf "$work"
}
trap cleanup EXIT
problem() { echo "WRONG: $*"; exit 1; }

db=$disk/shop.db
cat >"$work/shop.toml" <<'TOML'
[[experiments]]
id = "button"
goals = ["revenue"]
variants = [{ id = "control", is_control = true }, { id = "treatment" }]
[[experiments]]
id = "banner"
goals = ["revenue"]
variants = [{ id = "off", is_control = true }, { id = "on" }]
TOML
"$TOOL" apply "$work/shop.toml" --database "$db" >/dev/null
first=$(($(date -u -d 2026-03-01 +%s) / 86400))
date_of() { date -u -d "2026-03-01 + $1 days" +%F; }

mkfifo "$work/days" "$work/answers"
"$SERVER" month "$db" "$first" "$users" <"$work/days" >"$work/answers" &
server=$!
exec 3>"$work/days" 4<"$work/answers"
recorded=0
await_day() {
    local word number count
    read -r -t 120 word number count <&4 || problem "the server does not answer"
    [ "$word" = DAY ] || problem "the server says $word"
    recorded=$((recorded + count))
}
broken="DROP TRIGGER phase_variant_update;
UPDATE phase_variant SET is_control = 0 WHERE phase_id = (SELECT phase_id FROM phase_definition JOIN experiment_definition USING (experiment_id) WHERE name = 'banner');"
repaired="UPDATE phase_variant SET is_control = 1 WHERE position = 0 AND phase_id = (SELECT phase_id FROM phase_definition JOIN experiment_definition USING (experiment_id) WHERE name = 'banner');"

echo day >&3; await_day
for ((day = 0; day < days; day++)); do
    date=$(date_of $day)
    # The server goes on with the next day while the night runs.
    echo day >&3
    expected=0
    case $day in
    8 | 17) await_day; echo "$date  missed"; continue ;;
    12) sqlite3 -cmd ".timeout 10000" "$db" "$broken"; expected=3 ;;
    13) sqlite3 -cmd ".timeout 10000" "$db" "$repaired" ;;
    21) if [ $is_small = 1 ]; then
            head -c 1G /dev/zero >"$disk/filler" 2>/dev/null || true
            expected=full
        fi ;;
    esac
    code=0
    reports=$work
    # A database may have room left in its log where a report has none.
    [ "$expected" != full ] || reports=$disk
    "$TOOL" nightly --database "$db" --date "$date" --output "$reports/$date.json" --output "$reports/$date.txt" \
        >"$work/out" 2>"$work/alarm" || code=$?
    [ ! -s "$work/out" ] || problem "$date printed something on standard output"
    if [ "$expected" = full ]; then
        [ $code != 0 ] && [ -s "$work/alarm" ] || problem "$date said nothing about a full disk (exit $code)"
        [ ! -e "$disk/$date.json" ] || problem "$date left half a report"
        rm "$disk/filler"
    else
        [ $code = "$expected" ] || problem "$date ended with $code: $(cat "$work/alarm")"
        [ -s "$work/$date.json" ] || problem "$date has no report"
        [ $code != 0 ] || [ ! -s "$work/alarm" ] || problem "$date: $(cat "$work/alarm")"
    fi
    await_day
    printf '%s  exit %s  %s\n' "$date" $code "$(head -1 "$work/alarm")"
done
exec 3>&-
wait "$server" || problem "the server ended with $?"
server=

stored=$(sqlite3 -readonly "$db" "SELECT count(*) FROM exposure_log" "SELECT count(*) FROM outcome_log" | paste -sd+ | bc)
[ "$stored" = $recorded ] || problem "$recorded records were acknowledged, $stored are there"
nights=$(sqlite3 -readonly "$db" "SELECT count(*) FROM night")
[ "$nights" = $days ] || problem "$nights nights are stored"
# What each night stored is what the logs say as of its end.
for ((day = 0; day < days; day++)); do
    date=$(date_of $day)
    "$TOOL" report button --database "$db" --as-of "$(date_of $((day + 1)))T00:00:00Z" --format csv |
        cut -d, -f12,14,16,17,18 | tail -n +2 | sort >"$work/again"
    sqlite3 -readonly -csv "$db" "SELECT variant_id, units, sum, mean, variance FROM nightly_results
        WHERE date = '$date' AND experiment = 'button'" | tr -d '\r' | sort >"$work/then"
    python3 - "$work/again" "$work/then" <<'PYTHON' || problem "$date does not agree with the logs"
import sys
first, second = ([line.strip().split(",") for line in open(path)] for path in sys.argv[1:])
assert len(first) == len(second) == 2, (first, second)
for a, b in zip(first, second):
    assert a[:1] == b[:1] and all(abs(float(x) - float(y)) <= 1e-12 * abs(float(x)) for x, y in zip(a[1:], b[1:])), (a, b)
PYTHON
done
echo "30 nights, $recorded records acknowledged and there, every night agrees with the logs"
[ $is_small = 1 ] || echo "skipped: the full disk of NightSimulation, since a small disk cannot be mounted here"
