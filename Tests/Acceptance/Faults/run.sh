#!/bin/bash
# The store under kill -9, power loss, failing and full disks, and the same with planted bugs, which must be found.
#
#     Tests/Acceptance/Faults/run.sh [small|large]
#
# TOOL      a built executable; a release build is made when it is not given.
# FAULTS    the harness's folder; ../shared/faults beside the checkout by default. Skipped where there is none.
# BUILD     where the benchmark package is built; a folder that is kept makes the next run quicker.
# WORK      where files are made and removed again; the disk under it is the one that is tested by kill -9.
set -u
root=$(cd "$(dirname "$0")/../../.." && pwd)
size=${1:-small}
faults=${FAULTS:-$root/../shared/faults}
build=${BUILD:-$root/Tests/Benchmarks/.build}
if [ ! -f "$faults/crashloop.py" ]; then
    echo "skipped: Faults, since ${FAULTS:-../shared/faults} is not there"
    exit 0
fi

case $size in
small) kills=20 imports=20 calls=40 rounds=4 planted=4 cases=60 cuts=5 minutes=0.5 creations=20 ;;
large) kills=2000 imports=500 calls=3000 rounds=168 planted=8 cases=600 cuts=500 minutes=10 creations=400 ;;
*) echo "usage: Tests/Acceptance/Faults/run.sh [small|large]" >&2; exit 1 ;;
esac

work=$(mktemp -d "${WORK:-/tmp}/experiments-faults-XXXXXX")
memory=$(mktemp -d /dev/shm/experiments-faults-XXXXXX)
trap 'rm -rf "$work" "$memory"' EXIT
cp -r "$faults" "$work/faults"
make -s -C "$work/faults" &&
    gcc -O2 -Wall -fPIC -shared -o "$work/clockshift.so" "$root/Tests/Acceptance/Faults/clockshift.c" -ldl &&
    gcc -O2 -Wall -fPIC -shared -o "$work/linkrecord.so" "$root/Tests/Acceptance/Faults/linkrecord.c" -ldl ||
    { echo "the harness cannot be built: gcc and make are needed"; exit 2; }
swift build -c release --package-path "$root/Tests/Benchmarks" --scratch-path "$build" --product DurabilityWriter \
    >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 2; }
writer=$build/release/DurabilityWriter
tool=${TOOL:-}
if [ -z "$tool" ]; then
    swift build -c release --package-path "$root" --product experiments >"$work/build.log" 2>&1 ||
        { cat "$work/build.log"; exit 2; }
    tool=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
harness=$work/faults

ids='SELECT id FROM exposure_log'
# Nothing is missing in the middle, nothing is there twice.
whole='SELECT count(*), max(exposure_id) FROM exposure_log HAVING count(*) <> coalesce(max(exposure_id), 0)'
once='SELECT id FROM exposure_log GROUP BY id HAVING count(*) > 1'
check=(--ids-sql "$ids" --zero-sql "$whole" --zero-sql "$once")
failures=0
skipped=

# The command line of a writer whose log is kept, with the recorder of links beside the harness's own.
recorded() { echo "exec env LD_PRELOAD=$harness/plog.so:$work/linkrecord.so $writer {dir} $* 2>>$work/log"; }
plain() { echo "exec $writer {dir} $* 2>>$work/log"; }

# Runs a harness that must pass, or with `bug` in front must fail because something acknowledged was lost.
run() {
    local expected=pass title
    [ "$1" = bug ] && { expected=bug; shift; }
    title=$1; shift
    : >"$work/log"
    "$@" >"$work/out" 2>&1
    local code=$?
    echo "== $title"
    tail -1 "$work/out"
    if [ $expected = bug ]; then
        if [ $code -ne 0 ] && grep -q 'lost [1-9]' "$work/out"; then echo "found, as it must be"; return; fi
        echo "FAILED: the planted bug was not found"
    elif [ $code -eq 0 ]; then
        return
    else
        echo "FAILED"; head -20 "$work/out"
    fi
    failures=$((failures + 1))
}

# How many processes the log is of, how many of them checkpointed and saw the log start anew, and how often in all.
tell() {
    awk '/ opened/ { n++ } / checkpointed/ { c++; has_c[n] = 1 } /started anew/ { r++; has_r[n] = 1 }
         END { printf "processes that opened %d, with checkpoints %d, with resets of the log %d; checkpoints %d, resets %d\n",
               n, length(has_c), length(has_r), c, r }' "$work/log"
}

# The writers of the last run refused and failed nothing; what else they logged is no fault.
without_errors() {
    ! grep -q '^ERR\|^Fatal\| error \| critical ' "$work/log" && return
    echo "FAILED: a writer said"; grep -m 3 '^ERR\|^Fatal\| error \| critical ' "$work/log"
    failures=$((failures + 1))
}

run "kill -9 at random times, a reader beside" python3 "$harness/crashloop.py" --cycles $kills --dir "$work/crash" \
    "${check[@]}" --reader-sql "$whole" --early 0 --min-ms 150 --max-ms 500 --max-unacked 64 --reset-every 20 -- sh -c "$(plain)"
tell
run "kill -9 of an import at random times, a server that records beside it" \
    "$root/Tests/Acceptance/Faults/killed_import.sh" "$writer" "$tool" $imports "$work/import"
run "kill -9 at the n-th call, from the file's creation on" python3 "$harness/crashloop.py" --syscall --cycles $calls \
    --reset-every 5 --dir "$work/crash" "${check[@]}" -- "$writer" '{dir}' --events 400
run "power loss" python3 "$harness/powerloss.py" --rounds $rounds --points 30 --garbage --shm --ns strict \
    --min-ms 60 --work "$memory/power" "${check[@]}" -- sh -c "$(recorded)"
tell
run "power loss with failing flushes and writes" python3 "$harness/powerloss.py" --rounds $((rounds / 2)) --points 30 \
    --garbage --shm --ns strict --fail 'sync,*,@0.02,EIO;write,*,@0.01,EIO' --work "$memory/power" "${check[@]}" \
    -- sh -c "$(recorded)"
run "one fault in every call" python3 "$harness/fault_sweep.py" --max $cases --dir "$memory/sweep" "${check[@]}" \
    --again "$writer {dir} --events 20" -- "$writer" '{dir}' --events 200
run "a failed flush or write, then power loss" python3 "$harness/fault_sweep.py" --max $((cases / 4)) --replay \
    --ops sync,write,trunc --dir "$memory/sweep" "${check[@]}" --again "$writer {dir} --events 20" \
    -- env LD_PRELOAD="$harness/plog.so:$work/linkrecord.so" "$writer" '{dir}' --events 200
run "a clock that jumps" "$root/Tests/Acceptance/Faults/clock_jumps.sh" "$writer" "$tool" "$work/clockshift.so" "$work/clock"
# One schema has been released so far: what is killed at every call is the making of a file, which runs every script.
run "kill -9 at the n-th call of the schema's scripts" python3 "$harness/crashloop.py" --syscall --cycles $creations \
    --reset-every 1 --dir "$work/crash" "${check[@]}" -- "$writer" '{dir}' --events 1
run "a long run" python3 "$harness/soak.py" --minutes $minutes --dir "$memory/soak" --wal-mb 256 \
    --reader-sql "$whole" -- sh -c "$(plain --callers 64 --checkpoint-pages 1000)"
without_errors
# Each read takes about a tenth of a second however long the log of exposures has become.
scan='SELECT 1 WHERE (SELECT count(DISTINCT user_id) FROM (SELECT user_id FROM exposure_log LIMIT 100000)) < 0'
run "two analysts who read without a pause" python3 "$harness/soak.py" --minutes $minutes --dir "$memory/soak" --wal-mb 256 \
    --keep 0.2 --reader-pause 0 --reader-sql "$scan" --reader-sql "$scan" \
    -- sh -c "$(plain --callers 64 --checkpoint-pages 1000)"
without_errors
if [ "$(id -u)" = 0 ]; then
    run "power loss on a real file system" python3 "$harness/ext4_powerloss.py" --rounds $cuts --wait-ack "${check[@]}" \
        -- "$writer" '{dir}'
    IDS_SQL=$ids ZERO_SQL="$whole;;$once" run "a disk that fills and empties" \
        bash "$harness/enospc.sh" 3000 -- "$writer" '{dir}' --callers 4
else
    skipped="skipped: the full disk and the real power loss of Faults, since only root can mount a disk"
fi
mkdir -p "$memory/locks"
run "locks" env LOCKWATCH_OUT="$memory/watch" LD_PRELOAD="$harness/lockwatch.so" \
    "$writer" "$memory/locks" --events 20000
cat "$memory/watch"
grep -q 'checkpoints_passive 0' "$memory/watch" && grep -q 'passive_overlapped_by_writer 0' "$memory/watch" ||
    { echo "FAILED: a passive checkpoint"; failures=$((failures + 1)); }

run bug "planted: acknowledged before the commit, kill -9" python3 "$harness/crashloop.py" --cycles $((planted * 2)) \
    --dir "$work/crash" "${check[@]}" --early 0 --min-ms 40 -- "$writer" '{dir}' --durability enqueued
run bug "planted: acknowledged before the commit, power loss" python3 "$harness/powerloss.py" --rounds $planted \
    --points 30 --work "$memory/power" "${check[@]}" -- sh -c "$(recorded --durability enqueued)"
run bug "planted: synchronous NORMAL, power loss" python3 "$harness/powerloss.py" --rounds $planted --points 30 \
    --work "$memory/power" "${check[@]}" -- sh -c "$(recorded --durability process-crash)"

[ -z "$skipped" ] || echo "$skipped"
[ $failures = 0 ] && echo "all as it should be" || echo "$failures FAILED"
exit $((failures > 0))
