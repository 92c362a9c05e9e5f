#!/bin/bash
# A server whose clock jumps: nothing is rejected, lost or put into another order, and assignment stays.
#
#     clock_jumps.sh WRITER TOOL CLOCKSHIFT.so FOLDER
set -eu
writer=$1 tool=$2 library=$3 folder=$4
rm -rf "$folder"
mkdir -p "$folder/db"
echo 0 >"$folder/shift"
CLOCK_SHIFT=$folder/shift LD_PRELOAD=$library "$writer" "$folder/db" --callers 4 >"$folder/acks" 2>"$folder/log" &
server=$!
trap 'kill -9 $server 2>/dev/null || true' EXIT
sleep 2
assigned() { for user in a b c d e f g h; do "$tool" assign button --user $user -d "$folder/db/t.db"; done; }
before=$(assigned)
year=31557600
jumps=0
for shift in -86400 86400 3600 -3600 $((10 * year)) $((-40 * year)) "frozen 1767225600" $((200 * year)) 0; do
    echo "$shift" >"$folder/shift"
    sleep 1
    kill -0 $server || { echo "the server ended after a jump of $shift"; exit 1; }
    acknowledged=$(wc -l <"$folder/acks")
    sleep 1
    [ "$(wc -l <"$folder/acks")" -gt "$acknowledged" ] || { echo "nothing was recorded after a jump of $shift"; exit 1; }
    jumps=$((jumps + 1))
done
[ "$(assigned)" = "$before" ] || { echo "a unit got another variant"; exit 1; }
kill -9 $server
wait $server 2>/dev/null || true
! grep -q '^ERR' "$folder/log" || { echo "records were refused:"; grep '^ERR' "$folder/log" | head -3; exit 1; }
# The rows stand in the order in which they came, each acknowledged record is there, and the file is whole.
sqlite3 "$folder/db/t.db" 'SELECT id FROM exposure_log ORDER BY exposure_id' | sort >"$folder/stored"
sed -n 's/^ACK //p' "$folder/acks" | sort >"$folder/told"
lost=$(comm -13 "$folder/stored" "$folder/told" | wc -l)
"$tool" verify -d "$folder/db/t.db" >"$folder/verify" || { cat "$folder/verify"; exit 1; }
echo "$jumps jumps, $(wc -l <"$folder/told") acks, lost $lost"
[ "$lost" = 0 ]
