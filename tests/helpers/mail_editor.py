"""The editor that a mail program opens on a reply: it types what the person wanted to say and ends.

Run as `mail_editor.py ORDERS FILE`; the orders are JSON: charset, text, where (above | below | instead: the
draft is deleted), inline (how a quoted line begins -> what is typed at its end).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
QUOTE = re.compile(r"^(?:> ?|\t)+")


def edit(draft: str, orders: dict[str, Any]) -> str:
    """The draft as it is sent: answers between its lines, and the text above it or below, over the signature."""
    filled = "\n".join(_filled(line, orders["inline"]) for line in draft.split("\n"))
    text = orders["text"]
    if not text:
        return filled
    if orders["where"] == "instead":
        return f"{text}\n"
    if orders["where"] == "above":
        return f"{text}\n\n{filled}"
    found = list(SIGNATURE.finditer(filled))
    end = found[-1].start() if found else len(filled)
    return f"{filled[:end].rstrip()}\n\n{text}\n\n{filled[end:]}"


def _filled(line: str, inline: dict[str, str]) -> str:
    words = QUOTE.sub("", line)
    return next((f"{line.rstrip()} {value}" for label, value in inline.items() if words.startswith(label)), line)


def main() -> None:
    orders = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    file = Path(sys.argv[2])
    draft = file.read_bytes().decode(orders["charset"])
    file.write_bytes(edit(draft, orders).encode(orders["charset"]))


if __name__ == "__main__":
    main()
