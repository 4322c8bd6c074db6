"""The work of the child that shows: the first page of an invoice as a small picture, and the files inside a file."""

import base64
import io
import json
from collections.abc import Iterator
from contextlib import closing

from PIL import Image

from documents.invoices.answer import Task
from documents.invoices.kinds import readable_kind
from documents.invoices.mails import files_of_letter
from documents.packets import members_of

SMALL_ENOUGH = 98_000
"""Below the size from which a picture that comes back in an answer counts as a scan."""
_TRIES = ((1000, 55), (900, 50), (800, 45), (700, 40), (600, 35), (500, 30), (400, 25))
_TALLEST, _WHITE = 1.6, 225
_INK = [255] * _WHITE + [0] * (256 - _WHITE)
_COARSE = 4
_DPI = 140
_MOST_INNER, _MOST_BYTES = 20, 25_000_000
_DEPTH = 2

Image.preinit()  # the process that forks the children loads this module once for all of them


def picture(payload: bytes) -> str:
    """A JPEG of pixels and nothing else, in base64; empty when the file has no page to show."""
    task = Task.unpacked(payload)
    page = _page(task.name, task.content, task.size, 1)
    return base64.b64encode(small_jpeg(page)).decode() if page is not None else ""


def inner(payload: bytes) -> str:
    """The invoices inside a letter or an archive and the XML inside a PDF, as JSON of names and base64."""
    task = Task.unpacked(payload)
    kind = readable_kind(task.name, task.content, task.size)
    found: list[tuple[str, str]] = []
    left = _MOST_BYTES
    for name, content in _parts(kind, task.content):
        left -= len(content)
        if left < 0 or len(found) >= _MOST_INNER:
            break
        found.append((name, base64.b64encode(content).decode()))
    return json.dumps(found)


def _parts(kind: object, content: bytes) -> Iterator[tuple[str, bytes]]:
    from documents.invoices import pdf

    match kind:
        case "eml":
            yield from files_of_letter(content)
        case "zip":
            yield from members_of(content)
        case "pdf":
            try:
                yield from pdf.attached_xml(pdf.open_pdf(content))
            except (pdf.Locked, pdf.Broken):
                return


def _page(name: str, content: bytes, size: int, depth: int) -> Image.Image | None:
    from documents.invoices import pdf
    from documents.invoices.pictures import PictureBroken, PictureTooBig, frames_of

    kind = readable_kind(name, content, size)
    try:
        if kind == "pdf":
            return pdf.picture_of(pdf.open_pdf(content), 1, _DPI)
        if kind == "image":
            return next(frames_of(content), None)
    except (pdf.Locked, pdf.Broken, PictureBroken, PictureTooBig):
        return None
    if kind not in ("eml", "zip") or depth > _DEPTH:
        return None
    pages = (_page(inner_name, part, size, depth + 1) for inner_name, part in _parts(kind, content))
    return next((page for page in pages if page is not None), None)


def _without_margins(page: Image.Image) -> tuple[int, int, int, int]:
    """The part to show: on a telephone every millimetre counts. Of a very long page the upper part."""
    ink = page.reduce(_COARSE).point(_INK).getbbox()
    if ink is None:
        return 0, 0, page.width, min(page.height, int(_TALLEST * page.width))
    edge = page.width // 50
    left, top = max(ink[0] * _COARSE - edge, 0), max(ink[1] * _COARSE - edge, 0)
    right, bottom = min(ink[2] * _COARSE + edge, page.width), min(ink[3] * _COARSE + edge, page.height)
    return left, top, right, min(bottom, top + int(_TALLEST * (right - left)))


def small_jpeg(page: Image.Image) -> bytes:
    """As large as fits, without empty margins."""
    grey = page if page.mode == "L" else page.convert("L")
    part = left, top, right, bottom = _without_margins(grey)
    for most, quality in _TRIES:
        width = min(most, right - left)
        size = width, max((bottom - top) * width // (right - left), 1)
        with closing(io.BytesIO()) as out:
            small = grey.resize(size, Image.Resampling.HAMMING, box=part)
            small.save(out, "JPEG", quality=quality, optimize=True)
            made = out.getvalue()
        if len(made) <= SMALL_ENOUGH:
            break
    return made
