#!/usr/bin/env bash
# The contract of the API, tried from outside: generated requests by every role (roles.py), and clients that are
# generated from the document (clients.py). PROGRAM may name another build; everything is kept in target/contract.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${PROGRAM:-target/debug/pupitre}
scratch=target/contract
mkdir -p "$scratch"
[ -x "$scratch/venv/bin/python" ] || python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/contract/requirements.txt
cp tests/contract/package.json "$scratch/"
npm install --prefix "$scratch" --silent --no-audit --no-fund
"$scratch/venv/bin/python" tests/contract/clients.py "$program" api/openapi.json "$scratch"
"$scratch/venv/bin/python" tests/contract/roles.py "$program" "${EXAMPLES:-2}"
