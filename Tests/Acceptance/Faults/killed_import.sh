#!/bin/bash
# Kills `experiments import` with SIGKILL at random moments beside a server that keeps recording, and starts it again.
#
#     Tests/Acceptance/Faults/killed_import.sh WRITER TOOL KILLS FOLDER
#
# Every line must be there once, every acknowledged record of the server too, and the server must never see an error.
# An input that was imported to its end is followed by the next one, until so many processes have been killed.
set -eu
writer=$1 tool=$2 kills=$3 folder=$4
rows=400000
database=$folder/t.db
mkdir -p "$folder"
"$writer" "$folder" --checkpoint-pages 1000 >"$folder/acks" 2>"$folder/log" &
server=$!
trap 'kill -9 $server 2>/dev/null || true' EXIT
until grep -q ACK "$folder/acks"; do sleep 0.05; done

# Lines of an experiment that is not there yet are refused, and come in at the end.
lines() {
    echo experiment,variant_id,user_id,timestamp_us
    awk -v round="$1" -v rows=$rows 'BEGIN { for (i = 0; i < rows; i++)
        print (i % 1000 < 3 ? "later" : "button") ",control,r" round "-" i "," i }'
}

killed=0 cut=0 round=0
while [ "$killed" -lt "$kills" ]; do
    round=$((round + 1))
    lines "$round" >"$folder/$round.csv"
    while [ "$killed" -lt "$kills" ]; do
        "$tool" import exposures "$folder/$round.csv" --on-error skip --database "$database" 2>>"$folder/import.log" &
        import=$!
        sleep "0.$(printf '%03d' $((RANDOM % 400)))"
        if kill -9 $import 2>/dev/null; then killed=$((killed + 1)); fi
        code=0
        wait $import 2>/dev/null || code=$?
        [ $code = 3 ] && break
        [ $code = 137 ] || { echo "the import ended with $code"; tail -3 "$folder/import.log"; exit 1; }
        cut=$((cut + 1))
    done
done
cat >"$folder/later.toml" <<'TOML'
[[experiments]]
id = "later"
variants = [{ id = "control", is_control = true }, { id = "treatment" }]
TOML
"$tool" apply "$folder/later.toml" --database "$database" >/dev/null
for number in $(seq "$round"); do
    "$tool" import exposures "$folder/$number.csv" --database "$database" 2>>"$folder/import.log" ||
        { echo "the last import failed"; tail -3 "$folder/import.log"; exit 1; }
done
kill -0 $server || { echo "the server is gone"; tail -3 "$folder/log"; exit 1; }
kill -9 $server
wait $server 2>/dev/null || true
# A line that the kill cut short acknowledged nothing.
grep -a '^ACK .*' "$folder/acks" | sed '$d' | cut -d' ' -f2 | sort >"$folder/acknowledged"
ask() { sqlite3 -readonly "$database" "$1"; }
ask "SELECT id FROM exposure_log WHERE id IS NOT NULL" | sort >"$folder/stored"
lost=$(comm -23 "$folder/acknowledged" "$folder/stored" | wc -l)
errors=$(grep -c '^ERR' "$folder/log" || true)
imported=$(ask "SELECT count(*) || ' ' || count(DISTINCT user_id) FROM exposure_log WHERE id IS NULL")
expected="$((round * rows)) $((round * rows))"
echo "killed $killed ($cut before the end), inputs $round, rows and different rows $imported (expected $expected)," \
    "acknowledged $(wc -l <"$folder/acknowledged"), lost $lost, errors of the server $errors"
[ "$imported" = "$expected" ] && [ "$lost" = 0 ] && [ "$errors" = 0 ] && [ "$cut" -gt 0 ]
