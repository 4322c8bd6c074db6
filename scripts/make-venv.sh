#!/bin/sh
# Makes the virtual environment, or says in one line what is missing for it.
set -eu
venv=$1
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null 2>&1; then
    echo "Python is missing. Install it with: apt install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Countersign needs Python 3.11 or newer; $python is $("$python" -V 2>&1 | cut -d' ' -f2)." \
         "Name another one, for example: make env PYTHON=python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python's venv module is missing. Install it with: apt install python3-venv" \
         "(or python$version-venv), then run make again." >&2
    exit 1
fi
if ! "$python" -m venv "$venv"; then
    rm -rf "$venv"
    echo "The environment could not be made. On Debian and Ubuntu this mends it: apt install python3-venv" >&2
    exit 1
fi
