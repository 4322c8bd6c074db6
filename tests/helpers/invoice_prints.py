"""Invoices as programs print them: pages in `tests/prints`, each beside what is right to read, printed by a browser.

A truth may name several right values for a field; what is right but need not be read stands under `allowed`.
"""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf

from helpers.vectors import VECTORS

FOLDER = Path(__file__).parent.parent / "prints"
Values = dict[str, str | list[str]]


@dataclass(frozen=True)
class Print:
    """One page and its truth; `after` is what happens to the PDF when it was printed."""

    name: str
    page: Path
    right: Values
    allowed: Values
    after: str = ""


def prints() -> list[Print]:
    """All pages, by name."""
    pages = sorted(FOLDER.glob("*.html"))
    truths = [json.loads(page.with_suffix(".json").read_text(encoding="utf-8")) for page in pages]
    return [
        Print(page.stem, page, truth["right"], truth.get("allowed", {}), truth.get("after", ""))
        for page, truth in zip(pages, truths, strict=True)
    ]


def printed(pages: Iterable[Print], folder: Path, browser: str = "chromium") -> Iterator[tuple[Print, bytes]]:
    """Each page as the PDF that a browser makes of it."""
    target = folder / "page.pdf"
    for one in pages:
        subprocess.run(
            [
                browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", str(one.page),
            ],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        yield one, _afterwards(target.read_bytes(), one.after)


def wrong(said: dict[str, str], one: Print) -> dict[str, str]:
    """The values that are not those of the truth."""
    known = one.allowed | one.right
    return {name: value for name, value in said.items() if not _is_right(value, known.get(name, []))}


def _is_right(value: str, truth: str | list[str]) -> bool:
    rights = [truth] if isinstance(truth, str) else truth
    return _folded(value) in map(_folded, rights)


def _folded(value: str) -> str:
    return value.casefold().translate(str.maketrans("«»", '""'))


def _afterwards(pdf: bytes, what: str) -> bytes:
    if not what:
        return pdf
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    if what == "factur-x":
        writer.add_attachment("factur-x.xml", (VECTORS / "invoice_cii_en16931.xml").read_bytes())
    for page in writer.pages if what != "factur-x" else ():
        page.rotate(90 if what == "rotated" else 180)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
