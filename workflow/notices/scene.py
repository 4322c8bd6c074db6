"""One notice to be written, and what every template may use of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from values.names import has_cyrillic
from values.text import one_line, shorten
from workflow.core.events import Recorded, Submitted
from workflow.core.model import FIELDS, NOT_ON_CARD, Field, Request
from workflow.core.outcome import REGISTRY
from workflow.notices.flow import flow
from workflow.notices.summary import Reader, about, changed_lines, source_line, summary, waiting_for
from workflow.words import LANGUAGES, Words

Values = dict[str, Any]
Params = Mapping[str, Any]

LONGEST_QUOTE = 3000
WORDS = ("approve", "reject", "return", "submit", "status")
WITH_CHANGES = frozenset({"ask_approval", "receipt_submitted"})


@dataclass(frozen=True, slots=True)
class Scene:
    """One notice to be written: its kind and facts, the request, and for whom."""

    kind: str
    person: str
    params: Params
    request: Request | None
    reader: Reader
    company: str
    contractor_language: str
    history: Sequence[Recorded]
    url_of: Callable[[Request], str]
    tag: str
    find: Callable[[str], Request | None]
    requests_of: Callable[[str], Sequence[Request]]
    is_operator: bool = False
    has_operator: bool = True

    @property
    def words(self) -> Words:
        return self.reader.words


def contractor_language(request: Request, setting: str) -> str:
    """As set, else Russian for a name in Cyrillic and English for any other."""
    if setting in LANGUAGES:
        return setting
    return "ru" if has_cyrillic(request.value("contractor")) else "en"


def common(scene: Scene) -> Values:
    """What every template may use."""
    params, reader = scene.params, scene.reader
    by = str(params.get("by", ""))
    comment = str(params.get("comment") or params.get("text") or "")
    return {
        "flow": flow, "lang": scene.words.lang, "company": scene.company, "tag": scene.tag, "kind": scene.kind,
        "ref": scene.request.reference if scene.request else "", "card": None, "about": "", "status": "",
        "me": reader.name(scene.person), "by": reader.name(by) if by else "", "by_address": by,
        "by_registry": by == REGISTRY,
        "comment": reader.tame(shorten(comment.strip(), LONGEST_QUOTE)), "role": str(params.get("role", "")),
        "decision": str(params.get("decision", "")), "action": str(params.get("action", "")),
        "operator": scene.is_operator, "has_operator": scene.has_operator,
        "word": {name: scene.words.keyword(name) for name in WORDS},
        "their_subject": shorten(one_line(str(params.get("subject", ""))), 80),
        "sender": one_line(str(params.get("sender", ""))), "details": reader.tame(line_of(params.get("details", ""))),
        "refused_files": [scene.words.refused_file(name, reason) for name, reason in params.get("refused_files", ())],
        "actions": (), "files_note": "", "pictures": (), "checks": (), "kept": (), "no_vat": False, "as_model": "",
        "sources": "",
        "changes": (), "folder": scene.url_of(scene.request) if scene.request else "",
    }  # fmt: skip


def of_request(scene: Scene, request: Request) -> Values:
    """What templates about a request may use."""
    reader, words = scene.reader, scene.words
    version = int(scene.params.get("version", request.version))
    changes = changed_lines(scene.history, version, reader) if scene.kind in WITH_CHANGES else ()
    return {
        "card": summary(request, reader, scene.person), "about": reader.tame(about(request, words)), "version": version,
        "status": request.status.value, "status_label": words.status(request.shown_status),
        "approved": reader.names(vote.person for vote in request.approvals()),
        "waiting_for": reader.names(waiting_for(request)), "asked": reader.names(waiting_for(request)),
        "changes": tuple(map(reader.tame, changes)), "step": int(scene.params.get("step", request.step)) + 1,
        "requester": reader.name(request.requester), "sources": source_line(request, words),
    }  # fmt: skip


def of_version(request: Request, history: Iterable[Recorded], version: int) -> Request:
    """The request with the card that an earlier version had: what its reader knows it by."""
    cards = (item.event.card for item in history if isinstance(item.event, Submitted) and item.event.version == version)
    card = next(cards, None)
    if card is None or version == request.version:
        return request
    then = {name: Field(text) for name, text in card.items() if name in FIELDS}
    kept = {name: field for name, field in request.fields.items() if name in NOT_ON_CARD}
    return replace(request, fields={**kept, **then})


def line_of(text: object) -> str:
    """Text from outside on one line of bearable length."""
    return shorten(one_line(str(text)), 600)
