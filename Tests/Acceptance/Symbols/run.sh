#!/usr/bin/env bash
# A package that depends on ours by URL links the library alone: no resource bundle, only libsqlite3 beyond Swift and C.
#
#     Tests/Acceptance/Symbols/run.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The committed state, under a URL as any other package's.
git clone -q --bare "$root" "$work/experiments.git"
revision=$(git -C "$root" rev-parse HEAD)
mkdir -p "$work/dependent/Sources/dependent"
cat >"$work/dependent/Package.swift" <<SWIFT
// swift-tools-version: 6.3
import PackageDescription
let package = Package(
    name: "dependent",
    dependencies: [.package(url: "file://$work/experiments.git", revision: "$revision")],
    targets: [
        .executableTarget(
            name: "dependent", dependencies: [.product(name: "ExperimentStorage", package: "experiments")])
    ])
SWIFT
cat >"$work/dependent/Sources/dependent/main.swift" <<'SWIFT'
import ExperimentStorage
let store = try await ExperimentStore.open(at: CommandLine.arguments[1])
await store.close()
print("opened")
SWIFT
swift build -c release --static-swift-stdlib --package-path "$work/dependent"
binary=$work/dependent/.build/release/dependent
if compgen -G "$work/dependent/.build/release/*.resources" >/dev/null; then echo "a resource bundle was made"; exit 1; fi
# Alone in a folder of its own, without an environment.
mkdir "$work/alone" && cp "$binary" "$work/alone/"
env -i "$work/alone/dependent" "$work/alone/shop.db" | grep -x opened
linked=$(ldd "$binary" | awk '{ print $1 }' | grep -vE '^(linux-vdso|/lib64/ld-linux|lib(c|m|pthread|dl|stdc\+\+|gcc_s)\.so)' || true)
echo "links: $linked"
[ "$linked" = libsqlite3.so.0 ]
