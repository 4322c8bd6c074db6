"""What the limited child shows of a file: a picture of its first page, and the files inside it. Its word is checked."""

import base64
import binascii
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from datetime import date

from documents.attachments import HOLD_INVOICES, MAX_SIZE, Accepted, inspect
from documents.invoices.answer import Task
from documents.sandbox import Failure, run_child

LARGEST_PICTURE = 100_000
_KEPT = 32
_SECONDS, _MEMORY = 10, 768 * 1024 * 1024
_ANSWER_LENGTH = 40_000_000
_BEGIN, _END = b"\xff\xd8\xff", b"\xff\xd9"


class PageImages:
    """Pictures of first pages; those made last are kept, as several people get the same one."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, bytes | None] = OrderedDict()

    def of(self, name: str, content: bytes) -> bytes | None:
        """A small JPEG; None when the file has no page that can be shown."""
        key = hashlib.sha256(content).hexdigest()
        if key not in self._made:
            self._made[key] = _picture(name, content)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[key]


def _picture(name: str, content: bytes) -> bytes | None:
    answer = _ask("page_picture", name, content)
    try:
        made = base64.b64decode(answer, validate=True)
    except binascii.Error:
        return None
    is_jpeg = made.startswith(_BEGIN) and made.endswith(_END)
    return made if is_jpeg and len(made) <= LARGEST_PICTURE else None


def inner_files(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The invoices inside a letter or an archive and the XML inside a PDF, each judged like a file of its own."""
    answer = _ask("inner_files", name, content)
    try:
        found = [(str(inner), base64.b64decode(text, validate=True)) for inner, text in json.loads(answer or "[]")]
    except (ValueError, TypeError, RecursionError):
        return
    for inner, part in found:
        judged = inspect(inner, part)
        if isinstance(judged, Accepted) and judged.kind in HOLD_INVOICES:
            yield judged.name, part


def _ask(function: str, name: str, content: bytes) -> str:
    task = Task(name, content, None, date.min, _SECONDS, MAX_SIZE, 1)
    answer = run_child(function, task.packed(), _SECONDS, _MEMORY, _SECONDS, _ANSWER_LENGTH)
    return "" if isinstance(answer, Failure) else answer
