"""Turns a queued deed into a finished mail: who reads it, in which words, in which thread, with which files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.compose import Address, Notice, compose, mailto
from mailer.render import Rendered, Renderer
from values.workdays import WorkCalendar
from workflow.core.deeds import CONTRACTOR_KINDS
from workflow.core.events import Recorded
from workflow.core.model import HoldKind, OrderFile, Request
from workflow.journal.queue import Claimed
from workflow.notices.actions import OFFERED, Action, actions, can_undo, possible
from workflow.notices.enclosures import WITH_ORDERS, enclosed, no_picture, pictured
from workflow.notices.forms import unproposed
from workflow.notices.kinds import values
from workflow.notices.people import People, Person
from workflow.notices.scene import Scene, Values, contractor_language, of_version
from workflow.notices.summary import Reader
from workflow.notices.timely import why_not
from workflow.words import Words, words

ASKS = frozenset({
    "ask_approval", "ask_complete", "ask_pay", "ask_confirm", "ask_bank_details", "ask_duplicate", "receipt_draft",
})  # fmt: skip
"""Their tag names the version, so that an answer says which one was meant."""
FILLED_INLINE = frozenset({"ask_complete", "receipt_draft", "form", "form_needed"})
"""The form in them is answered where it stands, so that no line asks to write above it."""
INVITES = ASKS | {
    "receipt_submitted", "receipt_vote", "receipt_done", "answer_refused", "correction_refused", "told_comment",
    "told_attempt", "status", "told_held", "digest",
}  # fmt: skip
LISTS = {"digest": "lines", "morning": "sections"}
"""Lists that are not sent when nothing in them is still true."""
LONGEST_SUBJECT = 190

_OFFERS: dict[str, tuple[str, ...]] = {
    "ask_approval": ("approve", "reject", "return"), "ask_pay": ("paid", "return", "hold"),
    "ask_bank_details": ("confirm", "return"),
    "ask_duplicate": ("explain", "withdraw"), "held_approved": ("return",),
    "receipt_draft": ("submit", "withdraw"), "receipt_submitted": ("withdraw",),
}  # fmt: skip
_DECIDES_BY_ASK = frozenset({"told_comment", "told_attempt"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail ready to be sent, with its envelope."""

    message: bytes
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Skip:
    """A notice that need not go out any more, and why."""

    reason: str


def _none(_key: str) -> None:
    return None


def _nothing(_person: str) -> Sequence[Request]:
    return ()


@dataclass(frozen=True)
class Notices:
    """Writes notices. What it must look up it is given as functions; `prepare` changes nothing anywhere."""

    renderer: Renderer
    people: Mapping[str, Person]
    company: str
    address: str
    plus_addressing: bool
    domain: str
    language: str
    timezone: ZoneInfo
    contractor_language: str
    letter_file: Callable[[str, str], bytes | None]
    order_file: Callable[[OrderFile], bytes | None]
    letter_message_id: Callable[[str], str | None]
    materials_url: Callable[[Request], str]
    history: Callable[[str], Sequence[Recorded]]
    request: Callable[[str], Request | None] = _none
    requests_of: Callable[[str], Sequence[Request]] = _nothing
    letter_sender: Callable[[str], str | None] = _none
    page_image: Callable[[str, bytes], bytes | None] = no_picture
    offered: frozenset[str] = OFFERED
    calendar: WorkCalendar | None = None
    roster: People = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roster", People(self.people))

    def prepare(self, deed: Claimed, request: Request | None, now: datetime) -> Prepared | Skip:
        """The mail for this deed, or why there is none. The same deed and request always give the same bytes."""
        reason = why_not(deed, request)
        if reason:
            return Skip(reason)
        created = datetime.fromisoformat(deed.created_at)
        scene = self.scene(deed, request, now)
        if deed.kind in LISTS and not values(scene)[LISTS[deed.kind]]:
            return Skip("superseded")
        message = self._notice(deed, scene, created)
        return Prepared(compose(message), self.address, deed.person)

    # --- words --------------------------------------------------------------------------------------------------

    def scene(self, deed: Claimed, request: Request | None, now: datetime) -> Scene:
        """Everything that the words of this notice are made from."""
        lang = self._language(deed, request)
        reader = Reader(words(lang), self.roster.name, self.timezone, now, calendar=self.calendar)
        history = tuple(self.history(request.reference)) if request else ()
        if request is not None and deed.kind == "stop":
            request = of_version(request, history, int(deed.params.get("version", request.version)))
        return Scene(
            deed.kind, deed.person, deed.params, request, reader, self.company, self.contractor_language, history,
            self._url, _tag(deed, request), self.request, self.requests_of,
            self.roster.has_role(deed.person, "operator"), self.roster.anybody_with("operator"),
        )  # fmt: skip

    def _url(self, request: Request) -> str:
        """Where the documents can be opened from a mail; a path beside the workbook means nothing there."""
        url = self.materials_url(request)
        return url if url.startswith(("https://", "http://")) else ""

    def _language(self, deed: Claimed, request: Request | None) -> str:
        if deed.kind in CONTRACTOR_KINDS and request is not None:
            return contractor_language(request, self.contractor_language)
        person = self.roster.find(deed.person)
        return person.language if person else self.language

    def _notice(self, deed: Claimed, scene: Scene, created: datetime) -> Notice:
        lang = scene.words.lang
        files, note = enclosed(scene, self.letter_file, self.order_file)
        pictures = pictured(scene, self.letter_file, self.page_image, self.domain)
        shown = values(scene) | {"files_note": note, "pictures": [one.identity for one in pictures]}
        if deed.kind in WITH_ORDERS:
            shown["order_attached"] = bool(files)
        rendered = self._render(deed, scene, shown)
        reply_to, ids = self._reply_to(deed, scene), self._thread(deed, scene)
        contractor = deed.kind in CONTRACTOR_KINDS
        known = self.roster.is_known(deed.person)
        return Notice(
            message_id=deed.message_id or "", sender=Address(self.company, self.address),
            to=Address(self._name_of_recipient(deed, scene), deed.person), reply_to=reply_to,
            subject=_cut(rendered.subject), text=rendered.text, html=rendered.html,
            in_reply_to=ids[-1] if ids else None, references=ids, date=created,
            automatic="auto-replied" if deed.letter and self._wrote(deed) else "auto-generated", language=lang,
            files=tuple(files), pictures=pictures,
            marker=scene.words.text("marker") if deed.kind in INVITES - FILLED_INLINE else None,
            code_line=_code(deed, scene.words) if known and not contractor else None, contractor=contractor,
        )  # fmt: skip

    def _render(self, deed: Claimed, scene: Scene, shown: Values) -> Rendered:
        """The words; the links among them repeat the subject, which is therefore made first."""
        lang = scene.words.lang
        subject = self.renderer.subject(deed.kind, lang, shown | {"fill_link": "", "actions": ()})
        links = {
            "actions": self._actions(deed, scene, subject), "fill_link": self._fill_link(deed, scene, subject),
        }  # fmt: skip
        return self.renderer.render(deed.kind, lang, shown | links)

    def _name_of_recipient(self, deed: Claimed, scene: Scene) -> str:
        if deed.kind in CONTRACTOR_KINDS and scene.request is not None:
            return scene.request.value("contractor")[:100]
        person = self.roster.find(deed.person)
        return person.name if person else ""

    # --- answers ------------------------------------------------------------------------------------------------

    def _actions(self, deed: Claimed, scene: Scene, subject: str) -> tuple[Action, ...]:
        names = [name for name in self._offers(deed, scene) if name in self.offered]
        return actions(names, scene.words, lambda body: self._link(deed, scene, subject, body))

    def _offers(self, deed: Claimed, scene: Scene) -> Iterable[str]:
        request, ask = scene.request, str(deed.params.get("ask", ""))
        if request is None:
            return ()
        if deed.kind == "receipt_vote":
            undone = deed.params.get("decision") == "undo"
            return ("undo",) if not undone and can_undo(request, deed.person) else ()
        if deed.kind == "receipt_done":
            return {"hold": ("release",), "release": ("hold",)}.get(str(deed.params.get("action")), ())
        if deed.kind == "told_approved" and request.hold(HoldKind.DUPLICATE) is not None:
            return ("explain", "withdraw")
        if deed.kind == "ask_complete":
            return ("ok",) if request.suggested else ()
        if deed.kind in _DECIDES_BY_ASK:
            return ("approve", "reject", "return") if ask == "approve" else ()
        if deed.kind in ("answer_refused", "status"):
            return possible(request, self.roster.find(deed.person), ask, self.offered)
        return _OFFERS.get(deed.kind, ())

    def _link(self, deed: Claimed, scene: Scene, subject: str, body: str) -> str:
        code = _code(deed, scene.words)
        address = self._reply_to(deed, scene) or self.address
        return mailto(address, f"Re: {_cut(subject)}", f"{body}\n\n{code}" if code else body)

    def _fill_link(self, deed: Claimed, scene: Scene, subject: str) -> str:
        """A reply that begins with the names of the missing lines; no such link when they are too many for one."""
        if deed.kind != "ask_complete" or scene.request is None:
            return ""
        fields = dict.fromkeys(problem.field for problem in unproposed(scene.request))
        if not fields:
            return ""
        body = "\n".join(f"{scene.words.label(name)}: " for name in fields)
        link = self._link(deed, scene, subject, body)
        return link if deed.token and deed.token in link.rpartition("body=")[2] else ""

    # --- headers ------------------------------------------------------------------------------------------------

    def _reply_to(self, deed: Claimed, scene: Scene) -> str | None:
        """Where an answer goes: to us with the token, a contractor's to the requester."""
        if deed.kind in CONTRACTOR_KINDS and scene.request is not None:
            return scene.request.requester
        if not self.roster.is_known(deed.person):
            return None
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{deed.token}@{domain}" if self.plus_addressing and deed.token else self.address

    def _thread(self, deed: Claimed, scene: Scene) -> tuple[str, ...]:
        """The ids this notice follows, the one it answers last: the requester's own letter begins his thread."""
        request = scene.request
        ids: list[str | None] = []
        if request is not None and request.letters and deed.person == request.requester:
            ids.append(self.letter_message_id(request.letters[0]))
        ids.append(deed.root)
        if deed.letter and self._wrote(deed):
            ids.append(self.letter_message_id(deed.letter))
        plain = (one.strip().strip("<>") for one in ids if one)
        return tuple(one for one in dict.fromkeys(plain) if one and one != deed.message_id)

    def _wrote(self, deed: Claimed) -> bool:
        """Did the letter that led to this notice come from its reader?"""
        if not deed.letter:
            return False
        sender = self.letter_sender(deed.letter)
        if sender is None:
            return deed.kind in _TO_THE_WRITER
        person = self.roster.find(sender)
        return (person.email if person else sender.lower()) == deed.person


_TO_THE_WRITER = frozenset({
    "receipt_submitted", "receipt_draft", "ask_complete", "correction_refused", "receipt_vote", "receipt_done",
    "answer_refused", "answer_to_nothing", "requests_receipt",
    "form", "form_needed", "refusal", "sender_failed", "too_big", "unreadable",
    "status", "status_list",
})  # fmt: skip
"""Kinds that answer whoever wrote, should it not be known who that was."""


def _tag(deed: Claimed, request: Request | None) -> str:
    """`[PAY-2026-00042/1]` where an answer must say which version it means, else without the version."""
    if request is None:
        return ""
    is_ask = deed.kind in ASKS or deed.params.get("ask")
    version = f"/{deed.params.get('version', request.version)}" if is_ask else ""
    return f"[{request.reference}{version}]"


def _code(deed: Claimed, words: Words) -> str | None:
    return words.text("code", token=deed.token) if deed.token else None


def _cut(subject: str) -> str:
    """A subject that fits; the tag in front of it always stays."""
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
