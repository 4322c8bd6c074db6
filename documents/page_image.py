"""What the limited child shows of a file: a picture of its first page, and the files inside it. Its word is checked."""

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from datetime import date
from threading import Lock

from documents.attachments import HOLD_INVOICES, MAX_SIZE, Accepted, inspect
from documents.invoices.answer import Task, page_in
from documents.sandbox import Failure, run_child

_KEPT_BYTES, _ENTRY = 3 * 1024 * 1024, 200
_SECONDS, _MEMORY = 10, 768 * 1024 * 1024
_ANSWER_LENGTH = 40_000_000


class PageImages:
    """Pictures of first pages; those made last are kept: most were made when the file was read, and several people get
    the same one."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, bytes | None] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def of(self, name: str, content: bytes) -> bytes | None:
        """A small JPEG; None when the file has no page that can be shown."""
        key = hashlib.sha256(content).hexdigest()
        with self._lock:
            if key in self._made:
                return self._made[key]
        made = page_in(_ask("page_picture", name, content))
        self.keep(key, made)
        return made

    def keep(self, sha256: str, picture: bytes | None) -> None:
        """Remember what the file with this hash looks like; None when it has no page that can be shown."""
        with self._lock:
            if sha256 in self._made:
                return
            self._made[sha256] = picture
            self._bytes += len(picture or b"") + _ENTRY
            while self._bytes > _KEPT_BYTES:
                _, oldest = self._made.popitem(last=False)
                self._bytes -= len(oldest or b"") + _ENTRY


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
