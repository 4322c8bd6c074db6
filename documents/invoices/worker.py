"""The work of the child: one file read by everything that fits it, the answer given as JSON.

Codes, e-invoice and text are read side by side; which of them counts is decided later, in `combine`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING

from documents.invoices.answer import Task, answer_of
from documents.invoices.codes import read_codes
from documents.invoices.einvoice import read_einvoice
from documents.invoices.kinds import readable_kind
from documents.invoices.layout import Line
from documents.invoices.model import BANK_FIELDS, Doubt, Found, InvoiceReading, kind_of
from documents.invoices.page import small_jpeg
from documents.invoices.text import read_text
from documents.packets import members_of

if TYPE_CHECKING:
    from PIL.Image import Image

_DEPTH = 3
_HIDDEN_DIGITS = 4
_RESERVE = 3.0
_SCAN_PAGES = 3


_PAGE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>endobj
4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
5 0 obj<</Length 225>>stream
BT /F 12 Tf 20 260 Td (Invoice No. 1 of 20.11.2026) Tj 0 -40 Td (Seller: Example Ltd, INN 7707083893) Tj
0 -40 Td (Bank account 40702810400000000225, BIC 044525225) Tj 0 -40 Td (Total due: 1 180,00 RUB, VAT 20% 196,67) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def warm() -> None:
    """Read a page of our own, as if it were a file."""
    work(Task("warm.pdf", _PAGE, None, date.min, 10, len(_PAGE), 1, with_page=True).packed())


def work(payload: bytes) -> str:
    """Read the file that the payload carries."""
    task = Task.unpacked(payload)
    reader = _Reader(task)
    try:
        reading = reader.read(task.name, task.content, 1)
        if task.with_page and reader.first_page is not None:
            reading = replace(reading, page=small_jpeg(reader.first_page))
    except MemoryError:
        reading = InvoiceReading(not_opened="crash")
    return answer_of(reading)


class _Reader:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.deadline = monotonic() + max(task.seconds - _RESERVE, 1)
        self.first_page: Image | None = None
        """The first page of the first file that has pages; drawn to be read, it need not be drawn again."""

    def read(self, name: str, content: bytes, depth: int) -> InvoiceReading:
        """Read one file, or the files inside it."""
        kind = readable_kind(name, content, self.task.size)
        if isinstance(kind, tuple):
            return InvoiceReading(not_opened=kind[1])
        match kind:
            case "pdf":
                return self._pdf(content)
            case "image":
                return self._image(content)
            case "xml":
                return self._xml(content)
            case "book" | "xml_book" | "page" | "docx" | "odt" | "rtf":
                return self._office(content, kind)
            case "eml" | "zip":
                return self._parts(content, kind, depth)

    def _pdf(self, content: bytes) -> InvoiceReading:
        # Each kind of file loads only what it needs: most of the child's time is imports.
        from documents.invoices import pdf

        try:
            document = pdf.open_pdf(content)
        except pdf.Locked:
            return InvoiceReading(not_opened="encrypted")
        except pdf.Broken:
            return InvoiceReading(not_opened="broken")
        found, doubts = self._attached(pdf.attached_xml(document))
        numbers = pdf.page_numbers(len(document), self.task.pages)
        if len(numbers) < len(document):
            doubts.append(("not_all_pages", f"{len(numbers)} / {len(document)}"))
        pages: list[pdf.Page] = []
        for number in numbers:
            if monotonic() > self.deadline:
                doubts.append(("not_all_pages", f"{len(pages)} / {len(document)}"))
                break
            pages.append(pdf.read_page(document, number, self.deadline))
            self.first_page = self.first_page or pages[0].picture
        hidden = "".join(page.hidden for page in pages)
        if sum(c.isdigit() for c in hidden) >= _HIDDEN_DIGITS:
            doubts.append(("hidden_text", hidden[:60]))
        codes = read_codes([symbol for page in pages for symbol in page.symbols], self.task.own_inn, self.task.today)
        text = [line for page in pages if not page.is_scan for line in page.lines]
        scanned = [line for page in pages if page.is_scan for line in page.lines]
        for page in pages[: _to_scan(codes.found)]:
            if not page.lines:
                scanned += self._scan(pdf.picture_of(document, page.number), page.number)
        return _put_together(
            [*codes.found, *found],
            [*codes.doubts, *doubts, *self._unlike_print(codes.found, [*text, *scanned])],
            codes.differ,
            self._text(text, "pdf"),
            self._scanned(scanned, codes.found),
        )

    def _unlike_print(self, codes: list[Found], lines: list[Line]) -> list[Doubt]:
        if not codes or not lines:
            return []
        from documents.invoices.beside_code import not_printed

        return not_printed(codes, lines)

    def _scanned(self, lines: list[Line], codes: list[Found]) -> tuple[list[Found], list[Doubt]]:
        """What a scan says; beside a code that says everything only what contradicts it counts."""
        found, doubts = self._text(lines, "scan")
        if not _says_enough(codes):
            return found, doubts
        from documents.invoices.beside_code import COMPARED

        said = {(one.field, one.value) for one in codes}
        named = {one.field for one in codes}
        unlike = [one for one in found if one.field in COMPARED and one.field in named]
        return [one for one in unlike if (one.field, one.value) not in said], []

    def _attached(self, files: Iterable[tuple[str, bytes]]) -> tuple[list[Found], list[Doubt]]:
        found: list[Found] = []
        doubts: list[Doubt] = []
        for name, content in files:
            read = read_einvoice(content, self.task.own_inn, name)
            if read:
                found += read[0]
                doubts += read[1]
        return found, doubts

    def _scan(self, picture: "Image", page: int) -> list[Line]:
        from documents.invoices.scan import read_scan

        return read_scan(picture, page, self.deadline - monotonic())

    def _text(self, lines: list[Line], source: str) -> tuple[list[Found], list[Doubt]]:
        if not lines:
            return [], []
        return read_text(lines, self.task.own_inn, self.task.today, "scan" if source == "scan" else "pdf")

    def _image(self, content: bytes) -> InvoiceReading:
        from documents.invoices.pictures import PictureBroken, PictureTooBig, frames_of, symbols_in

        symbols: list[tuple[bytes, str]] = []
        scanned: list[Line] = []
        try:
            frames = list(frames_of(content))
            self.first_page = self.first_page or next(iter(frames), None)
            for number, frame in enumerate(frames, 1):
                symbols += symbols_in(frame, f"page {number}")
            codes = read_codes(symbols, self.task.own_inn, self.task.today)
            for number, frame in enumerate(frames[: _to_scan(codes.found)], 1):
                scanned += self._scan(frame, number)
        except PictureTooBig:
            return InvoiceReading(not_opened="picture_too_big")
        except PictureBroken:
            return InvoiceReading(not_opened="broken")
        doubts = [*codes.doubts, *self._unlike_print(codes.found, scanned)]
        return _put_together(codes.found, doubts, codes.differ, self._scanned(scanned, codes.found))

    def _xml(self, content: bytes) -> InvoiceReading:
        read = read_einvoice(content, self.task.own_inn)
        return _put_together(*read, set()) if read else InvoiceReading()

    def _office(self, content: bytes, kind: str) -> InvoiceReading:
        from documents.invoices import office, sheets_of_text

        lines_of = {
            "book": office.lines_of_book, "docx": office.lines_of_docx, "odt": office.lines_of_odt,
            "rtf": office.lines_of_rtf, "page": sheets_of_text.lines_of_page,
            "xml_book": sheets_of_text.lines_of_xml_book,
        }  # fmt: skip
        try:
            lines = lines_of[kind](content)
        except office.OfficeLocked:
            return InvoiceReading(not_opened="encrypted")
        except office.OfficeBroken:
            return InvoiceReading(not_opened="broken")
        return _put_together([], [], set(), self._text(lines, "pdf"))

    def _parts(self, content: bytes, kind: str, depth: int) -> InvoiceReading:
        from documents.invoices.mails import files_of_letter

        if depth >= _DEPTH:
            return InvoiceReading(not_opened="too_deep")
        files = files_of_letter(content) if kind == "eml" else members_of(content)
        return _of_parts([(name, self.read(name, inner, depth + 1)) for name, inner in files])


def _to_scan(codes: Iterable[Found]) -> int:
    """How many pages to read by their looks, which takes seconds each: beside a full code the first, to compare."""
    return 1 if _says_enough(codes) else _SCAN_PAGES


def _says_enough(found: Iterable[Found]) -> bool:
    """Say whether a payment code leaves nothing to be guessed from the looks of a page."""
    said = {one.field for one in found}
    return {"amount", "purpose"} <= said and bool(said & {"account", "iban"})


def _of_parts(readings: list[tuple[str, InvoiceReading]]) -> InvoiceReading:
    """Bring the files of a letter together: where two of them differ, neither counts."""
    found: list[Found] = []
    doubts: list[Doubt] = []
    for name, reading in readings:
        found += [Found(one.field, one.value, one.source, f"{name}: {one.place}", one.proven) for one in reading.found]
        doubts += [(code, f"{name}: {seen}".rstrip(": ")) for code, seen in reading.doubts]
        if reading.not_opened:
            doubts.append(("part_not_opened", f"{name}: {reading.not_opened}"))
    if len([1 for _, reading in readings if reading.value("amount") or reading.value("invoice_number")]) > 1:
        numbers = {reading.value("invoice_number") for _, reading in readings if reading.found}
        amounts = {reading.value("amount") for _, reading in readings if reading.value("amount")}
        if len(numbers) > 1 or len(amounts) > 1:
            doubts.append(("several_invoices", ", ".join(name for name, reading in readings if reading.found)))
            return InvoiceReading((), tuple(doubts), "nothing")
    return _put_together(found, doubts, set())


def _put_together(
    found: list[Found], doubts: list[Doubt], differ: set[str], *texts: tuple[list[Found], list[Doubt]]
) -> InvoiceReading:
    """Join what the sources say; what codes differ on is taken from no source."""
    everything = [*found, *(one for text, _ in texts for one in text)]
    all_doubts = [*doubts, *(doubt for text, text_doubts in texts if text for doubt in text_doubts)]
    blocked = _differing(everything, all_doubts) | differ
    kept = [one for one in everything if one.field not in blocked]
    return InvoiceReading(tuple(kept), tuple(dict.fromkeys(all_doubts)), kind_of(kept))


def _differing(found: Iterable[Found], doubts: list[Doubt]) -> set[str]:
    """Fields for which one source gives two values."""
    values: dict[tuple[str, str], set[str]] = {}
    for one in found:
        values.setdefault((one.field, one.source), set()).add(one.value)
    several = {field for (field, _), seen in values.items() if len(seen) > 1}
    if several & {*BANK_FIELDS, "amount", "invoice_number"}:
        doubts.append(("several_invoices", ", ".join(sorted(several))))
    return several | (set(BANK_FIELDS) if several & set(BANK_FIELDS) else set())
