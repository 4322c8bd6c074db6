"""What goes into the child and what comes out of it: a header line and the bytes, and JSON that is not trusted."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import get_args

from documents.invoices.model import DOUBTS, FIELDS, NOT_OPENED, Doubt, Found, InvoiceReading, Source, kind_of

_SOURCES = get_args(Source)
_LONGEST = 1000
_MOST = 500
_LARGEST_PAGE = 100_000
_JPEG_BEGIN, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read."""

    name: str
    content: bytes
    own_inn: str | None
    today: date
    seconds: float
    size: int
    pages: int
    with_page: bool = False
    """Whether a small picture of the first page is wanted beside what is read."""

    def packed(self) -> bytes:
        """One line of JSON, then the content."""
        head = {
            "name": self.name, "own_inn": self.own_inn, "today": self.today.isoformat(), "seconds": self.seconds,
            "size": self.size, "pages": self.pages, "with_page": self.with_page,
        }  # fmt: skip
        return json.dumps(head).encode() + b"\n" + self.content

    @classmethod
    def unpacked(cls, payload: bytes) -> "Task":
        """The other way round."""
        line, _, content = payload.partition(b"\n")
        head = json.loads(line)
        day = date.fromisoformat(head["today"])
        return cls(
            head["name"], content, head["own_inn"], day, head["seconds"], head["size"], head["pages"],
            head["with_page"],
        )  # fmt: skip


def answer_of(reading: InvoiceReading) -> str:
    """A reading as one line of JSON."""
    found = [[one.field, one.value, one.source, one.place, one.proven] for one in reading.found]
    page = base64.b64encode(reading.page or b"").decode()
    return json.dumps({"found": found, "doubts": reading.doubts, "not_opened": reading.not_opened, "page": page})


def reading_of(answer: str) -> InvoiceReading | None:
    """The reading in an answer of the child; None when it is none: a hostile file may have got the better of it."""
    try:
        read = json.loads(answer)
        found = tuple(_found(one) for one in read["found"][:_MOST])
        doubts = tuple(_doubt(one) for one in read["doubts"][:_MOST])
        not_opened = read["not_opened"]
        page = page_in(read["page"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not_opened is not None and not (isinstance(not_opened, str) and not_opened in NOT_OPENED):
        return None
    return InvoiceReading(found, doubts, kind_of(found), not_opened, page)


def page_in(text: str) -> bytes | None:
    """The picture of a page in an answer of the child: a JPEG of bounded size, else None."""
    try:
        made = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    is_jpeg = made.startswith(_JPEG_BEGIN) and made.endswith(_JPEG_END)
    return made if is_jpeg and len(made) <= _LARGEST_PAGE else None


def _found(parts: list[object]) -> Found:
    field, value, source, place, proven = parts
    if field not in FIELDS or source not in _SOURCES or not isinstance(proven, bool):
        raise ValueError(field)
    if not isinstance(value, str) or not isinstance(place, str) or not 0 < len(value) <= _LONGEST:
        raise ValueError(field)
    return Found(str(field), value, next(one for one in _SOURCES if one == source), place[:_LONGEST], proven)


def _doubt(parts: list[object]) -> Doubt:
    code, seen = parts
    if code not in DOUBTS or not isinstance(seen, str):
        raise ValueError(code)
    return str(code), seen[:_LONGEST]
