#!/usr/bin/env bash
# Loads Kevin Hillstrom's e-mail test (64,000 customers, 2008) through the tool, as its user would.
#
#   load.sh HILLSTROM.csv NEW_DATABASE TOOL
#
# The three segments are variants of equal weight, everybody is exposed on 2008-03-20. What happened in the two weeks
# after is an outcome; the spend of the year before is recorded as spend before the exposure, and so does not count. The
# channel, and whether women's clothes were bought before, are attributes of the customer.
set -euo pipefail
data=$1 database=$2 tool=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/experiments.toml" <<'TOML'
[[experiments]]
id = "email"
variants = [
  { id = "No E-Mail",     weight = 1, is_control = true },
  { id = "Womens E-Mail", weight = 1 },
  { id = "Mens E-Mail",   weight = 1 },
]
goals = ["spend", "visit"]
segments = ["channel", "womens"]
TOML

# Columns, from the end since the second may contain a comma: channel, segment, visit, conversion, spend; history is the tenth
# last, womens the eighth.
awk -F, -v OFS=, '{ sub(/\r$/, "") } NR == 1 { print "experiment", "variant_id", "user_id", "timestamp", "attributes"; next }
    { print "email", $(NF - 3), "customer-" NR - 1, "2008-03-20T00:00:00Z",
        "\"{\"\"channel\"\":\"\"" $(NF - 4) "\"\",\"\"womens\"\":\"\"" $(NF - 7) "\"\"}\"" }' "$data" >"$work/exposures.csv"
awk -F, -v OFS=, '{ sub(/\r$/, "") } NR == 1 { print "experiment", "metric", "kind", "value", "user_id", "timestamp"; next }
    { user = "customer-" NR - 1
      print "email", "spend", "numeric", $(NF - 9), user, "2007-03-20T00:00:00Z"
      if ($(NF - 2) != 0) print "email", "visit", "bool", $(NF - 2), user, "2008-03-27T00:00:00Z"
      if ($(NF - 1) != 0) print "email", "conversion", "bool", $(NF - 1), user, "2008-03-28T00:00:00Z"
      if ($NF != 0) print "email", "spend", "numeric", $NF, user, "2008-03-28T00:00:00Z" }' "$data" >"$work/outcomes.csv"

"$tool" apply "$work/experiments.toml" --database "$database"
"$tool" import exposures "$work/exposures.csv" --database "$database"
"$tool" import outcomes "$work/outcomes.csv" --database "$database"
