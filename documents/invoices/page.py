"""The work of the child that shows: the first page of an invoice as a small picture, and the files inside a file."""

import base64
import io
import json
from collections.abc import Iterator
from contextlib import closing

from PIL import Image, ImageOps

from documents.invoices.answer import Task
from documents.invoices.kinds import readable_kind
from documents.invoices.mails import files_of_letter
from documents.packets import members_of

SMALL_ENOUGH = 98_000
"""Below the size from which a picture that comes back in an answer counts as a scan."""
_TRIES = ((1000, 55), (900, 50), (800, 45), (700, 40), (600, 35), (500, 30), (400, 25))
_TALLEST, _INK = 1.6, 60
_DPI = 140
_MOST_INNER, _MOST_BYTES = 20, 25_000_000
_DEPTH = 2


def picture(payload: bytes) -> str:
    """A JPEG of pixels and nothing else, in base64; empty when the file has no page to show."""
    task = Task.unpacked(payload)
    page = _page(task.name, task.content, task.size, 1)
    return base64.b64encode(_jpeg(page)).decode() if page is not None else ""


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


def _without_margins(page: Image.Image) -> Image.Image:
    """On a telephone every millimetre counts."""
    ink = ImageOps.invert(page).point(lambda value: 255 if value > _INK else 0).getbbox()
    if ink is None:
        return page
    edge = page.width // 50
    left, top, right, bottom = ink
    return page.crop((
        max(left - edge, 0), max(top - edge, 0), min(right + edge, page.width), min(bottom + edge, page.height)
    ))  # fmt: skip


def _jpeg(page: Image.Image) -> bytes:
    """As large as fits, without empty margins; of a very long page the upper part."""
    grey = _without_margins(page.convert("L"))
    if grey.height > _TALLEST * grey.width:
        grey = grey.crop((0, 0, grey.width, int(_TALLEST * grey.width)))
    for width, quality in _TRIES:
        with closing(io.BytesIO()) as out:
            small = grey.copy()
            small.thumbnail((width, width * 2), Image.Resampling.BICUBIC)
            small.save(out, "JPEG", quality=quality, optimize=True)
            made = out.getvalue()
        if len(made) <= SMALL_ENOUGH:
            break
    return made
