"""The files that go with a notice: the requester's invoices to who decides and pays, payment orders to contractors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from mailer.compose import NoticeFile, Picture
from workflow.core import events as e
from workflow.core.events import Recorded
from workflow.core.model import File, OrderFile
from workflow.notices.lists import listed_requests
from workflow.notices.scene import Scene

WITH_FILES = frozenset({"ask_approval", "ask_pay"})
WITH_ORDERS = frozenset({"contractor_paid", "contractor_part", "contractor_order"})
PICTURED = frozenset({"ask_approval"})
SHOWN = frozenset({"pdf", "png", "jpeg", "tiff", "zip", "eml"})
MOST_BYTES = 15_000_000
MOST_ORDERS = 5

LetterFile = Callable[[str, str], bytes | None]
F = TypeVar("F", File, OrderFile)


def enclosed(
    scene: Scene, letter_file: LetterFile, order_file: Callable[[OrderFile], bytes | None]
) -> tuple[list[NoticeFile], str]:
    """What goes with the notice, and a word about what does not."""
    request = scene.request
    if scene.kind == "digest":
        return _invoices(_files_of_list(scene), scene, letter_file)
    if request is not None and scene.kind in WITH_FILES:
        return _invoices(request.files, scene, letter_file)
    if request is None or scene.kind not in WITH_ORDERS:
        return [], ""
    wanted, sent = scene.params.get("sha256"), _sent_before(scene.history)
    orders = [
        order for order in request.payment_orders
        if (order.sha256 == wanted if wanted is not None else order.sha256 not in sent)
    ]  # fmt: skip
    return [file for _, file in _contents(orders, order_file) if file][-MOST_ORDERS:], ""


def _sent_before(history: Iterable[Recorded]) -> frozenset[str]:
    """The orders that went with an earlier part: a recalled payment is told of anew, with its orders."""
    filed: set[str] = set()
    told: frozenset[str] = frozenset()
    before = told
    for recorded in history:
        match recorded.event:
            case e.PaymentOrderFiled(file=file):
                filed.add(file.sha256)
            case e.PartAnnounced() | e.PaymentAnnounced():
                before, told = told, frozenset(filed)
            case e.PaymentRecalled():
                before = told = frozenset()
            case _:
                continue
    return before


def no_picture(_name: str, _content: bytes) -> None:
    """Where pictures are switched off."""


def pictured(
    scene: Scene, letter_file: LetterFile, picture_of: Callable[[str, bytes], bytes | None], domain: str
) -> tuple[Picture, ...]:
    """The first page of the invoice, for whoever decides from a telephone."""
    if scene.request is None or scene.kind not in PICTURED:
        return ()
    for file in scene.request.files:
        content = letter_file(file.letter, file.sha256) if file.kind in SHOWN else None
        made = picture_of(file.name, content) if content is not None else None
        if made is not None:
            identity = f"page.{file.sha256[:24]}@{domain}"
            return (Picture(identity, "page-1.jpg", "image/jpeg", made),)
    return ()


def _files_of_list(scene: Scene) -> list[File]:
    """The invoices of all lines, each named by the number of its line."""
    listed = listed_requests(scene.params, scene.find)
    return [replace(file, name=f"{number}. {file.name}") for number, request in listed for file in request.files]


def _invoices(files: Sequence[File], scene: Scene, letter_file: LetterFile) -> tuple[list[NoticeFile], str]:
    if sum(file.size for file in files) > MOST_BYTES:
        return [], scene.words.text("files_too_big")
    found = _contents(files, lambda file: letter_file(file.letter, file.sha256))
    gone = ", ".join(name for name, file in found if file is None)
    return [file for _, file in found if file], scene.words.text("files_missing", names=gone) if gone else ""


def _contents(files: Iterable[F], content_of: Callable[[F], bytes | None]) -> list[tuple[str, NoticeFile | None]]:
    found: list[tuple[str, NoticeFile | None]] = []
    for file in files:
        content = content_of(file)
        found.append((file.name, None if content is None else NoticeFile(file.name, file.media_type, content)))
    return found
