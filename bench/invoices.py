"""What is read from drawn invoices, field by field, and how long it takes: `python -m bench.invoices [--write]`.

Every invoice stands beside its truth; what is read and is not the truth is wrong. `--write` puts the tables into
docs/invoices.md. Pages are printed by Chromium, scans are read by Tesseract, where they are installed.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import openpyxl  # noqa: E402
import pypdf  # noqa: E402

import helpers.invoice_products  # noqa: E402, F401  (adds its layouts)
from documents.invoices.combine import combine  # noqa: E402
from documents.invoices.model import BANK_FIELDS  # noqa: E402
from documents.invoices.reader import read_invoice  # noqa: E402
from documents.page_image import PageImages  # noqa: E402
from documents.sandbox import _SHARED  # noqa: E402
from helpers.invoice_layouts import LAYOUTS, Truth  # noqa: E402
from helpers.invoice_mixer import Mix, misleading  # noqa: E402
from helpers.invoice_pages import OUR_INN, TODAY, Sheet, picture, saved, st00012, usual  # noqa: E402
from helpers.invoice_papers import CHANGES, paper  # noqa: E402
from helpers.invoice_prints import Print, printed, prints, wrong  # noqa: E402
from helpers.vectors import VECTORS  # noqa: E402
from values.names import fold_name  # noqa: E402

PAGE = ROOT / "docs" / "invoices.md"
ON_PAPER = ("1c", "labels on lines", "1c with the sample of the payment order", "german")
PURPOSE = "Оплата по счету № 118 от 20.11.2026, в т. ч. НДС 22% - 22262.70"
NOT_COUNTED = ("bank_name",)  # no line of the form


@dataclass(slots=True)
class Score:
    """Fields of one or several invoices."""

    asked: int = 0
    read: int = 0
    wrong: int = 0
    wrong_bank: int = 0

    def add(self, content: bytes, name: str, truth: Truth) -> None:
        values = combine([read_invoice(name, content, OUR_INN, TODAY)]).values
        wanted = {field: value for field, value in truth.items() if field not in NOT_COUNTED}
        said = {field: one.value for field, one in values.items() if field not in NOT_COUNTED}
        wrong = {field for field, value in said.items() if not _same(field, value, wanted.get(field, ""))}
        self.asked += len(wanted)
        self.read += len(said.keys() & wanted.keys() - wrong)
        self.wrong += len(wrong)
        self.wrong_bank += len(wrong & {*BANK_FIELDS, "inn", "kpp"})

    def add_print(self, content: bytes, one: Print) -> None:
        """A page whose truth allows more than it asks for."""
        values = combine([read_invoice("invoice.pdf", content, OUR_INN, TODAY)]).values
        said = {field: found.value for field, found in values.items() if field not in NOT_COUNTED}
        misread = wrong(said, one).keys()
        self.asked += len(one.right)
        self.read += len(one.right.keys() & said.keys() - misread)
        self.wrong += len(misread)
        self.wrong_bank += len(misread & {*BANK_FIELDS, "inn", "kpp"})

    def row(self, name: str) -> str:
        missed = self.asked - self.read - self.wrong
        return f"| {name} | {self.asked} | {self.read} | {max(missed, 0)} | {self.wrong} | {self.wrong_bank} |"


def _same(field: str, value: str, truth: str) -> bool:
    return value == truth or (field == "contractor" and fold_name(value) == fold_name(truth))


def _scores() -> Iterator[tuple[str, Score]]:
    for name, draw in LAYOUTS.items():
        score = Score()
        content, truth, _ = draw()
        score.add(content, "invoice.pdf", truth)
        yield name, score
    mixed = (
        ("200 put together at random", lambda seed: Mix(seed).drawn()),
        ("200 with lines about others", misleading),
    )
    for name, make in mixed:
        score = Score()
        for seed in range(1000, 1200):
            score.add(make(seed)[0], "invoice.pdf", make(seed)[1])
        yield name, score
    yield from _printed()
    if shutil.which("tesseract"):
        for change in CHANGES:
            score = Score()
            for name in ON_PAPER:
                content, truth, _ = LAYOUTS[name]()
                score.add(paper(content, change), "scan.pdf", truth)
            yield f"on paper, {change} ({len(ON_PAPER)} layouts)", score


def _printed() -> Iterator[tuple[str, Score]]:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return
    score, on_paper = Score(), Score()
    with tempfile.TemporaryDirectory() as folder:
        pages = list(printed(prints(), Path(folder), browser))
    for one, content in pages:
        score.add_print(content, one)
    yield f"{len(pages)} pages printed by a browser", score
    if shutil.which("tesseract"):
        single = [
            (one, content)
            for one, content in pages
            if not one.after and len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
        ]
        for number, (one, content) in enumerate(single):
            on_paper.add_print(paper(content, tuple(CHANGES)[number % len(CHANGES)]), one)
        yield f"{len(single)} of them on paper, spoilt in turn", on_paper


def accuracy() -> list[str]:
    """The table of fields, with a last line that counts them all."""
    rows, whole = [], Score()
    for name, score in _scores():
        rows.append(score.row(name))
        for field in ("asked", "read", "wrong", "wrong_bank"):
            setattr(whole, field, getattr(whole, field) + getattr(score, field))
    head = ["| invoice | fields | read | missed | wrong | wrong bank details |", "|---|---|---|---|---|---|"]
    return [*head, *rows, whole.row("**all**")]


def _kinds() -> dict[str, tuple[str, bytes, str]]:
    coded = usual().code(st00012(purpose=PURPOSE), 150, 180, 40).bytes()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(Sheet().say("Rechnung 2026-0118").bytes()))
    writer.add_attachment("factur-x.xml", (VECTORS / "invoice_cii_en16931.xml").read_bytes())
    hybrid = io.BytesIO()
    writer.write(hybrid)
    book = openpyxl.Workbook()
    for row in (["Счет № 118 от 20.11.2026"], ["ИНН", "9601123451"], ["Всего к оплате", 123456.78]):
        book.active.append(row)
    sheet = io.BytesIO()
    book.save(sheet)
    kinds = {
        "PDF with text, one page": ("a.pdf", usual().bytes(), "0.1"),
        "PDF with text and a payment code": ("a.pdf", coded, "0.3"),
        "photograph with a payment code, compared with its print": ("a.jpg", saved(picture(coded, 150), "JPEG"), ""),
        "e-invoice CII": ("a.xml", (VECTORS / "invoice_cii_en16931.xml").read_bytes(), "0.05"),
        "e-invoice UPD": ("a.xml", (VECTORS / "upd_503.xml").read_bytes(), "0.05"),
        "Factur-X (PDF with XML)": ("a.pdf", hybrid.getvalue(), "0.1"),
        "workbook": ("a.xlsx", sheet.getvalue(), ""),
    }
    if shutil.which("tesseract"):
        kinds["scan of one page, 200 dpi (Tesseract)"] = ("a.pdf", paper(usual().bytes(), "scanned"), "")
    return kinds


def timing() -> list[str]:
    """Seconds for one file with the readers loaded."""
    rows = ["| file | seconds | aim |", "|---|---|---|"]
    for name, (file, content, aim) in _kinds().items():
        seconds = _seconds(partial(read_invoice, file, content, OUR_INN, TODAY), 3 if "scan" in name else 15)
        rows.append(f"| {name} | {seconds:.3f} | {aim} |")
    page = usual().bytes()
    seconds = _seconds(lambda: PageImages().of("a.pdf", page), 15)
    return [*rows, f"| picture of the first page for the mail | {seconds:.3f} | |"]


def _seconds(call: Callable[[], object], times: int) -> float:
    """Seconds of one core for one call, in all processes of ours: other work on the machine is not in them."""
    call()
    before = _cpu()
    for _ in range(times):
        call()
    return (_cpu() - before) / times


def _cpu() -> float:
    server = Path(f"/proc/{_SHARED.server_pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return time.process_time() + sum(map(int, server[11:15])) / os.sysconf("SC_CLK_TCK")


def write(name: str, rows: Iterable[str]) -> None:
    """Put a table between its marks on the page."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    inner = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    PAGE.write_text(inner.sub(lambda _: begin + "\n".join(rows) + "\n" + end, text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.invoices")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/invoices.md")
    wanted = parser.parse_args()
    for name, table in (("times", timing), ("fields", accuracy)):
        rows = table()
        print("\n".join(rows), end="\n\n")
        if wanted.write:
            write(name, rows)


if __name__ == "__main__":
    main()
