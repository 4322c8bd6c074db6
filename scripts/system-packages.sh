#!/bin/sh
# Installs the Debian packages that the tests talk to; where it may not, prints the line that would.
set -eu

missing=""
lacks() {   # lacks PACKAGE PROGRAM...: notes the package unless one of its programs is there
    package=$1
    shift
    for program in "$@"; do
        for found in $program; do
            if command -v "$found" >/dev/null 2>&1 || [ -e "$found" ]; then return 0; fi
        done
    done
    missing="$missing $package"
}

lacks dovecot-imapd    dovecot /usr/sbin/dovecot
lacks libreoffice-calc "/usr/lib/libreoffice/program/libsclo.so" "/opt/libreoffice*/program/libsclo.so"
lacks chromium         chromium chromium-browser google-chrome
lacks poppler-utils    pdftotext
lacks postgresql       initdb "/usr/lib/postgresql/*/bin/initdb"
lacks s-nail           s-nail
lacks strace           strace
lacks neomutt          neomutt
lacks mutt             mutt
lacks alpine           alpine
lacks tesseract-ocr    tesseract
lacks tesseract-ocr-rus "/usr/share/tesseract-ocr/*/tessdata/rus.traineddata"
lacks fonts-dejavu     "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

[ -n "$missing" ] || exit 0

line="apt-get install -y --no-install-recommends$missing"
if [ "${SYSTEM:-1}" = 0 ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Some tests will not run here. As root this installs what they need:"
    echo "    $line"
    exit 0
fi

echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update -q && $line; } >"$log" 2>&1; then
    tail -n 20 "$log"
    echo "These packages could not be installed; the tests that need them will not run:$missing"
fi
rm -f "$log"
