"""What a test needs from the system, and the words that say why it was not run here.

A test that talks to a real server or program is marked `@needs("dovecot")`. Where the program is missing the test is
skipped and the end of the run names it; with COUNTERSIGN_STRICT=1 nothing is skipped, so a green run proves all of it.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Mapping, Sequence

import pytest

PROGRAMS: Mapping[str, tuple[Sequence[str], str]] = {
    "dovecot": (("dovecot", "/usr/sbin/dovecot"), "dovecot-imapd"),
    "libreoffice": (("soffice", "libreoffice"), "libreoffice-calc"),
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "chromium"),
    "poppler": (("pdftotext",), "poppler-utils"),
    "postgres": (("initdb", "/usr/lib/postgresql/*/bin/initdb"), "postgresql"),
    "strace": (("strace",), "strace"),
    "s-nail": (("s-nail",), "s-nail"),
    "neomutt": (("neomutt",), "neomutt"),
    "mutt": (("mutt",), "mutt"),
    "alpine": (("alpine",), "alpine"),
    "dejavu": (("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",), "fonts-dejavu"),
}


def needs(what: str) -> pytest.MarkDecorator:
    """A mark that skips the test where this program is missing."""
    package = PROGRAMS[what][1]
    missing = find_program(what) is None and not strict()
    return pytest.mark.skipif(missing, reason=f"needs {what}: apt install {package}")


def find_program(what: str) -> str | None:
    """The path of the program, the newest where there are several, or None."""
    for name in PROGRAMS[what][0]:
        found = sorted(glob.glob(name))[-1:] if "/" in name else [shutil.which(name)]
        if found and found[0]:
            return found[0]
    return None


def strict() -> bool:
    """Whether this run must not skip anything."""
    return os.environ.get("COUNTERSIGN_STRICT", "0") not in ("", "0")
