"""A PDF page by page: its letters with their places, pictures of its pages, its codes, and the files inside it.

Only for the limited child: PDFium is native code and not safe with threads. Text that nobody can see on the page is
not read: a machine must not be told anything that a person cannot check.
"""

import ctypes
import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from documents.invoices.layout import Line, Piece, lines_of_pieces
from documents.invoices.pictures import Symbol, symbols_in

_MOST_LETTERS = 60_000
_MOST_ATTACHMENTS = 20
_ATTACHMENT_SIZE = 10_000_000
_MOST_POINTS = 40_000_000
_FIRST_DPI, _SECOND_DPI, _SCAN_DPI = 150, 300, 220
_CONTRAST = 40
_COVERING = 0.6
_SMALLEST = 3.5
_INVISIBLE_MODES = (3, 7)
_MOST_OBJECTS = 3000
_DRAWN_CODE, _SMALLEST_CODE = 100, 30
_LINE, _MODULE, _MODULES_IN_A_ROW = 0.5, 8, 80


Box = tuple[float, float, float, float]


class Locked(Exception):
    """The file needs a password."""


class Broken(Exception):
    """PDFium cannot open the file."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page gave; `is_scan` when its text lies behind a picture that covers it."""

    number: int
    lines: list[Line]
    symbols: list[Symbol]
    hidden: str
    is_scan: bool
    picture: Image.Image


@dataclass(slots=True)
class Letter:
    """One character and its place, as one reads the page: x to the right, y downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    ink: Box


def open_pdf(content: bytes) -> pdfium.PdfDocument:
    """Open a document, or say why not."""
    try:
        document = pdfium.PdfDocument(content)
        if len(document) < 1:
            raise Broken
    except pdfium.PdfiumError as error:
        raise (Locked if "password" in str(error).lower() else Broken) from error
    return document


def attached_xml(document: pdfium.PdfDocument) -> Iterator[tuple[str, bytes]]:
    """The XML files inside the PDF, such as `factur-x.xml`."""
    for index in range(min(document.count_attachments(), _MOST_ATTACHMENTS)):
        attachment = document.get_attachment(index)
        name = attachment.get_name()
        size = ctypes.c_ulong()
        known = raw.FPDFAttachment_GetFile(attachment, None, 0, size)
        if name.lower().endswith(".xml") and known and 0 < size.value <= _ATTACHMENT_SIZE:
            yield name, bytes(attachment.get_data())


def page_numbers(count: int, most: int) -> list[int]:
    """The pages to read: the first ones, and the last one, where the totals may stand."""
    return list(range(count)) if count <= most else [*range(most - 1), count - 1]


def read_page(document: pdfium.PdfDocument, index: int, deadline: float) -> Page:
    """Read one page: letters, codes, and what of its text can be seen."""
    with closing(document[index]) as page:
        letters, hidden = _letters(page)
        picture = _render(page, _FIRST_DPI)
        covered, may_hold_code = _objects(page)
        symbols = symbols_in(picture, f"page {index + 1}") if may_hold_code else []
        if not symbols and may_hold_code and monotonic() < deadline:
            symbols = symbols_in(_render(page, _SECOND_DPI), f"page {index + 1}")
        scale = picture.width / page.get_width()
        seen: list[Letter] = []
        unseen = ""
        for letter in letters:
            if _is_seen(letter, picture, scale):
                seen.append(letter)
            else:
                unseen += letter.text
        if covered:
            # Text over or under a picture of the whole page was put there by a machine that read the picture.
            return Page(index + 1, _lines(letters + hidden, index + 1), symbols, "", True, picture)
        unseen += "".join(letter.text for letter in hidden)
        return Page(index + 1, _lines(seen, index + 1), symbols, unseen, False, picture)


def picture_of(document: pdfium.PdfDocument, number: int, dpi: int = _SCAN_DPI) -> Image.Image:
    """A page as a picture, fine enough to be read by its looks."""
    with closing(document[number - 1]) as page:
        return _render(page, dpi)


def _render(page: pdfium.PdfPage, dpi: int) -> Image.Image:
    width, height = page.get_size()
    scale = dpi / 72
    points = width * scale * height * scale
    if points > _MOST_POINTS:
        scale *= math.sqrt(_MOST_POINTS / points)
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return image


def _objects(page: pdfium.PdfPage) -> tuple[bool, bool]:
    """Say whether a picture covers the page, and whether pictures or drawings may hold a code."""
    width, height = page.get_size()
    modules, may_hold, covered = 0, False, False
    for number, thing in enumerate(page.get_objects(max_depth=3)):
        if number > _MOST_OBJECTS:
            break
        if thing.type not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            continue
        left, bottom, right, top = thing.get_bounds()
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            may_hold = True
            covered = covered or (right - left) * (top - bottom) > _COVERING * width * height
        else:
            # Drawn in one piece, square by square or run by run; the lines of a table are none of these.
            wide, high = right - left, top - bottom
            is_square = abs(wide - high) < 0.1 * wide
            modules += _LINE < min(wide, high) < _MODULE and max(wide, high) < _MODULES_IN_A_ROW
            may_hold = may_hold or (is_square and wide > _SMALLEST_CODE) or modules > _DRAWN_CODE
    return covered, may_hold


def _letters(page: pdfium.PdfPage) -> tuple[list[Letter], list[Letter]]:
    """The letters that are drawn, and those of invisible ink."""
    drawn: list[Letter] = []
    hidden: list[Letter] = []
    with closing(page.get_textpage()) as text:
        count = min(text.count_chars(), _MOST_LETTERS)
        turn = _Turn(page, text, count)
        handle = text.raw  # six calls for each letter: PDFium's own handle spares each a look-up
        box, ink = raw.FS_RECTF(), _Ink()
        modes: dict[int, bool] = {}
        for index in range(count):
            code = raw.FPDFText_GetUnicode(handle, index)
            if code in (0, 0xFFFE, 0xFFFF) or raw.FPDFText_IsGenerated(handle, index) == 1:
                continue
            if not raw.FPDFText_GetLooseCharBox(handle, index, box):
                continue
            letter = turn.letter(chr(code), box, ink.of(handle, index) or box)
            (hidden if _is_invisible(handle, index, modes) else drawn).append(letter)
    return drawn, hidden


def _is_invisible(text: Any, index: int, modes: dict[int, bool]) -> bool:
    thing = raw.FPDFText_GetTextObject(text, index)
    address = ctypes.addressof(thing.contents) if thing else 0
    if address not in modes:
        modes[address] = bool(thing) and raw.FPDFTextObj_GetTextRenderMode(thing) in _INVISIBLE_MODES
    return modes[address]


class _Turn:
    """Turns places of the page into places of the reader, whose lines run from left to right and downwards."""

    def __init__(self, page: pdfium.PdfPage, text: pdfium.PdfTextPage, count: int) -> None:
        left, bottom, right, top = page.get_bbox()
        self.left, self.bottom, self.width, self.height = left, bottom, right - left, top - bottom
        steps = range(0, count, max(count // 40, 1))
        turns = [-round(raw.FPDFText_GetCharAngle(text, index) / (math.pi / 2)) % 4 for index in steps]
        self.quarter = max(set(turns), key=turns.count) if turns else 0
        self.rotation = page.get_rotation() // 90 % 4

    def letter(self, text: str, box: raw.FS_RECTF, ink: raw.FS_RECTF) -> Letter:
        """One letter with its place in reading order, and the place of its ink in the picture."""
        return Letter(text, *self._turned(box, self.quarter), self._turned(ink, self.rotation))

    def _turned(self, box: raw.FS_RECTF, quarter: int) -> Box:
        x0, x1, y0, y1 = box.left - self.left, box.right - self.left, box.bottom - self.bottom, box.top - self.bottom
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        return _turned(x0, y0, x1, y1, self.width, self.height, quarter)


class _Ink:
    """Asks for the tight box of a letter, which no border of a table runs through."""

    def __init__(self) -> None:
        self.edges = tuple(ctypes.c_double() for _ in range(4))
        self.box = raw.FS_RECTF()

    def of(self, text: Any, index: int) -> raw.FS_RECTF | None:
        """The box; None when the letter has none."""
        left, right, bottom, top = self.edges
        if not raw.FPDFText_GetCharBox(text, index, left, right, bottom, top) or right.value <= left.value:
            return None
        self.box.left, self.box.right, self.box.bottom, self.box.top = left.value, right.value, bottom.value, top.value
        return self.box


def _turned(x0: float, y0: float, x1: float, y1: float, width: float, height: float, quarter: int) -> Box:
    """The box of a letter after so many quarter turns clockwise, y downwards."""
    match quarter:
        case 1:
            return y0, x0, y1, x1
        case 2:
            return width - x1, y0, width - x0, y1
        case 3:
            return height - y1, width - x1, height - y0, width - x0
        case _:
            return x0, height - y1, x1, height - y0


def _is_seen(letter: Letter, picture: Image.Image, scale: float) -> bool:
    """Say whether there is any ink to see where the letter stands."""
    if letter.text.isspace():
        return True
    if letter.bottom - letter.top < _SMALLEST:
        return False
    left, top, right, bottom = (edge * scale for edge in letter.ink)
    box = (int(left), int(top), max(math.ceil(right), int(left) + 1), max(math.ceil(bottom), int(top) + 1))
    if box[0] < 0 or box[1] < 0 or box[2] > picture.width + 1 or box[3] > picture.height + 1:
        return False
    # Asked of the picture's core: a whole picture for each letter takes three times as long.
    darkest, lightest = picture.im.crop(box).getextrema()
    return bool(lightest - darkest >= _CONTRAST)


def _lines(letters: list[Letter], page: int) -> list[Line]:
    return lines_of_pieces(list(_pieces(letters)), page)


def _pieces(letters: list[Letter]) -> Iterator[Piece]:
    """Join letters that follow one another on a line without a gap."""
    current: list[Letter] = []
    for letter in letters:
        if letter.text.isspace():
            # Gaps are measured: what a file writes for a blank may be wide, narrow or not there at all.
            continue
        if current and not _follows(current[-1], letter):
            yield _piece(current)
            current = []
        current.append(letter)
    if current:
        yield _piece(current)


def _follows(last: Letter, letter: Letter) -> bool:
    height = max(last.bottom - last.top, 1)
    same_line = abs((last.top + last.bottom) - (letter.top + letter.bottom)) < 0.4 * height
    return same_line and -0.5 * height < letter.left - last.right < 0.12 * height


def _piece(letters: list[Letter]) -> Piece:
    return Piece(
        "".join(letter.text for letter in letters),
        min(letter.left for letter in letters),
        max(letter.right for letter in letters),
        min(letter.top for letter in letters),
        max(letter.bottom for letter in letters),
    )
