#!/bin/sh
# Installs the locked packages, every one checked by its hash, and then Countersign itself from this folder.
set -eu
venv=$1
lock=$2
echo "Installing what $lock names (a minute or two the first time) ..."
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
