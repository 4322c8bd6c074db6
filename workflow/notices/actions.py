"""What a person may answer on a request now, as instruction lines and as links that open a prefilled reply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from workflow.core.model import AskKind, HoldKind, Request, Status
from workflow.notices.people import Person
from workflow.words import Words

OFFERED = frozenset({
    "approve", "reject", "return", "undo", "submit", "withdraw", "paid", "hold", "release", "complete", "correct",
    "ok", "confirm", "explain",
})  # fmt: skip
"""What this version understands."""

KEYWORDS = {"explain": "ok"}
"""Answers that are named for what they do here, with the word they are given by."""

COLOURS = {"approve": "green", "reject": "red", "return": "amber", "paid": "green", "hold": "amber", "submit": "green",
           "release": "green", "confirm": "green", "ok": "green",
           "explain": "green"}  # fmt: skip
WITH_REASON = frozenset({"reject", "return", "hold", "explain"})
QUIET = frozenset({"withdraw", "undo"})
"""Told in words only: a way back needs no button beside what matters."""
WITHOUT_WORD = frozenset({"complete", "correct"})
OPEN = (Status.AWAITING, Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Action:
    """One possible answer: the line that explains it, and its button when there is a word to send."""

    name: str
    line: str
    href: str
    button: tuple[str, str, str]


def actions(names: Iterable[str], words: Words, link: Callable[[str], str]) -> tuple[Action, ...]:
    """The answers `names`; `link` makes the address of a reply with the given text."""
    return tuple(_action(name, words, link) for name in names)


def _of_confirmer(request: Request, person: Person) -> Iterable[str]:
    """Whoever is asked about bank details, whatever his role."""
    asks = request.open_asks(AskKind.CONFIRM)
    if any((ask.person, ask.about) == (person.email, HoldKind.BANK_DETAILS) for ask in asks):
        yield "confirm"


def possible(request: Request, person: Person | None, ask: str, offered: Collection[str]) -> tuple[str, ...]:
    """The answers that would count now. A yes needs the notice to carry the ask itself (`ask`)."""
    if person is None:
        return ()
    names = (*_of_approver(request, person, ask), *_of_requester(request, person), *_of_accountant(request, person),
             *_of_confirmer(request, person))  # fmt: skip
    return tuple(name for name in dict.fromkeys(names) if name in offered)


def _action(name: str, words: Words, link: Callable[[str], str]) -> Action:
    what = words.text(f"answer.{name}")
    after = words.text(f"after.{name}") if words.has(f"after.{name}") else ""
    if name in WITHOUT_WORD:
        return Action(name, f"{what}: {after}", "", ("", "", ""))
    word = words.keyword(KEYWORDS.get(name, name))
    body = f"{word}\n{words.text('reason_label')} " if name in WITH_REASON else word
    body = f"{word}. {words.text('call_label')} " if name == "confirm" else body
    href = "" if name in QUIET else link(body)
    return Action(name, f"{what}: {word} {after}".rstrip(), href,
                  (words.text("reply", word=word), href, COLOURS.get(name, "grey")))  # fmt: skip


def _of_approver(request: Request, person: Person, ask: str) -> Iterable[str]:
    if person.email not in request.approvers:
        return
    asked = any(one.person == person.email and one.version == request.version
                for one in request.open_asks(AskKind.APPROVE))  # fmt: skip
    if asked and ask == AskKind.APPROVE and request.status is Status.AWAITING:
        yield "approve"
    if request.status in OPEN:
        yield from ("reject", "return")
    if can_undo(request, person.email):
        yield "undo"


def can_undo(request: Request, person: str) -> bool:
    """A decision on this version, and nothing final after it."""
    voted = person in request.approvers and any(vote.person == person for vote in request.current_votes())
    return voted and request.status not in (Status.PAID, Status.WITHDRAWN, Status.DRAFT)


def _of_requester(request: Request, person: Person) -> Iterable[str]:
    if person.email != request.requester:
        return
    if request.status in (Status.DRAFT, Status.RETURNED):
        if request.suggested:
            yield "ok"
        yield "complete" if request.problems else "correct"
        if not request.problems:
            yield "submit"
        yield "withdraw"
    elif request.status in OPEN:
        if request.hold(HoldKind.DUPLICATE) is not None:
            yield "explain"
        yield from ("correct", "withdraw")


def _of_accountant(request: Request, person: Person) -> Iterable[str]:
    if "accountant" not in person.roles:
        return
    if request.payable:
        yield from ("paid", "return", "hold")
    elif any(hold.kind is HoldKind.ACCOUNTANT for hold in request.holds):
        yield "release"
    elif request.status is Status.AWAITING:
        yield "hold"
