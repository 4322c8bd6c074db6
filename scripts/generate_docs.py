"""Prints the generated parts of the documents anew, so that pictures and tables never tell another story than the code.

A part stands between `<!-- begin NAME (make docs) -->` and `<!-- end NAME -->` in README.md or a page of docs/.
With --check nothing is written; the names of stale files are printed and the exit status is 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from workflow.core.states import diagram

ROOT = Path(__file__).parent.parent
PART = re.compile(r"(?s)(<!-- begin (?P<name>[\w-]+) \(make docs\) -->\n).*?(<!-- end (?P=name) -->)")


def states() -> str:
    return f"```mermaid\n{diagram()}\n```"


def settings() -> str:
    example = files("config").joinpath("countersign.example.toml").read_text(encoding="utf-8")
    return f"```toml\n{example.rstrip()}\n```"


PARTS: Mapping[str, Callable[[], str]] = {"states": states, "settings": settings}


def renewed(text: str) -> str:
    """The document with every generated part printed anew; an unknown name raises KeyError."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part['name']]()}\n{part[3]}", text)


def stale() -> Iterator[tuple[Path, str]]:
    """Documents that differ from what the code says, with what they should be."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        old = path.read_text(encoding="utf-8")
        if (new := renewed(old)) != old:
            yield path, new


def main(arguments: list[str]) -> int:
    found = list(stale())
    if "--check" in arguments:
        for path, _ in found:
            print(f"{path.relative_to(ROOT)} is stale: run make docs")
        return 1 if found else 0
    for path, new in found:
        path.write_text(new, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} printed anew")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
