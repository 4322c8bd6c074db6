"""Bugs planted into the product, in the simulator's own process: each must be caught, or the simulator sees nothing.

Each plant replaces one function by what a hurried change might make of it, and names the rule that must see it. It is
caught when this rule is broken, within so many seeds; another rule's breach does not count, and a plant whose function
nobody calls any more is a mistake of its own.
"""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, update

from tests.sim.walk import Outcome, play
from workflow.core import payment, votes
from workflow.core.commands import Approve, AskRef
from workflow.core.events import PaymentAnnounced
from workflow.core.model import AskKind, Status
from workflow.core.outcome import Accepted
from workflow.intake.answer import Answer
from workflow.journal import queue, tables
from workflow.journal.book import Page
from workflow.journal.cause import Cause
from workflow.journal.queue import Queue
from workflow.legs.folder import FolderLeg
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.registry_sync import changes, reading
from workflow.registry_sync.harvest import Harvest
from workflow.registry_sync.sync import RegistrySync
from workflow.service import Service


class Withered(AssertionError):
    """A plant does not fit the product any more: its function was moved, or takes something else."""


@dataclass
class Plant:
    """One bug: what is replaced by what, the rule that sees it, within how many seeds, and a seed that is known to."""

    name: str
    owner: Any
    attribute: str
    make: Callable[[Any], Any]
    rule: str
    """A pattern in the sentence of the breach."""
    within: int
    hint: int = 1
    calls: int = field(default=0, init=False)
    """How often the product came by."""

    @contextmanager
    def growing(self) -> Iterator[None]:
        """While the block lasts the product has this bug."""
        original = self.owner.__dict__[self.attribute]
        function = original.__func__ if isinstance(original, staticmethod) else original
        planted = self._counted(self.make(function))
        wrapped = staticmethod(planted) if isinstance(original, staticmethod) else planted
        with patch.object(self.owner, self.attribute, wrapped):
            forget_statements()
            yield
        forget_statements()

    def _counted(self, planted: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(planted)
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            return planted(*args, **options)

        return call

    def seen_in(self, outcome: Outcome) -> str:
        """What its rule says of a seed in which the product came by."""
        found = (breach for breach in outcome.breaches if self.calls and re.search(self.rule, breach))
        return next(found, "")


def forget_statements() -> None:
    """Those that were made once, with the planted part or without it."""
    queue._claiming.cache_clear()
    queue._claiming_all.cache_clear()


def _mark_before_sending(original: Any) -> Any:
    def perform(leg: MailLeg, deed: Any) -> None:
        leg.service.journal.settle([deed], leg.service.now())
        original(leg, deed)

    return perform


def _send_anew(original: Any) -> Any:
    """A repeat is given a Message-ID of its own."""

    def perform(leg: MailLeg, deed: Any) -> None:
        if deed.attempts > 1:
            token = b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
            deed = replace(deed, message_id=f"{token}@example.test")
        original(leg, deed)

    return perform


def _without_the_sending_mark(original: Any) -> Any:
    def last_look(queue: Queue, deed: Any, now: Any, lease: Any, *, mark: bool) -> Any:
        return original(queue, deed, now, lease, mark=False)

    return last_look


def _send_without_a_look(original: Any) -> Any:
    """Whoever has it by now: the mark is set, and nobody asks whether it could be."""

    def last_look(queue: Queue, deed: Any, now: Any, lease: Any, *, mark: bool) -> Any:
        return original(queue, deed, now, lease, mark=mark) or deed

    return last_look


def _decide_on_what_was_known(original: Any) -> Any:
    """The request is not loaded under the lock: what this process saw last is taken for current."""

    def load(page: Page, reference: str) -> Any:
        fresh = original(page, reference)
        kept = page._queue.__dict__.setdefault("kept_requests", {})
        return kept.setdefault(reference, fresh)

    return load


def _forget_the_cause(original: Any) -> Any:
    def answered(page: Page) -> None:
        if original(page) is not None:
            page.connection.execute(delete(tables.causes).where(tables.causes.c.id == page.cause.id))

    return answered


def _commit_in_two(original: Any) -> Any:
    """The letter and its cause first, what follows from it in a commit of its own."""

    def handle(service: Service, command: Any, cause: Cause, *rest: Any, **options: Any) -> Any:
        if cause.letter is not None:
            seen = service.note_letter(cause)
            if seen.seen:
                return seen
            cause = Cause(f"{cause.id}:then")
        return original(service, command, cause, *rest, **options)

    return handle


def _commit_twice(original: Any) -> Any:
    def handle(service: Service, command: Any, cause: Cause, *rest: Any, **options: Any) -> Any:
        original(service, command, Cause(f"{cause.id}:again"), *rest, **options)
        return original(service, command, cause, *rest, **options)

    return handle


def _forget_the_lease(original: Any) -> Any:
    """A claim that holds nothing: another daemon may have the same deed at once."""
    return lambda where, _until: original(where, "2000-01-01T00:00:00.000000Z")


def _take_any_token(_original: Any) -> Any:
    """Whatever mail of ours is answered, it counts as the question."""

    def why_not(request: Any, command: Approve, policy: Any) -> str:
        return "" if request.status is Status.AWAITING and command.by in policy.approvers else "closed_awaiting"

    return why_not


def _any_version_will_do(_original: Any) -> Any:
    def ask(answer: Answer) -> AskRef | None:
        request = answer.request
        return AskRef(answer.by, request.version, request.step, request.card_hash, AskKind.APPROVE.value)

    return ask


def _obey_doubled_rows(original: Any) -> Any:
    def gather(harvest: Harvest, work: Any, snapshot: Any) -> Any:
        return original(harvest, work, replace(snapshot, duplicated=()))

    return gather


def _move_the_cursor_first(original: Any) -> Any:
    def receive(leg: InboxLeg, fetched: Any) -> Any:
        leg.journal.move_cursor(leg.mailbox, leg._uidvalidity, fetched.uid)
        leg._cursor = max(leg._cursor, fetched.uid)
        return original(leg, fetched)

    return receive


def _settle_before_filing(original: Any) -> Any:
    def file(leg: FolderLeg, request: Any, *rest: Any) -> Any:
        where = (tables.deeds.c.reference == request.reference) & (tables.deeds.c.lane == "folder")
        with leg.journal.engine.begin() as connection:
            connection.execute(update(tables.deeds).where(where).values(state="done"))
        return original(leg, request, *rest)

    return file


def _settle_before_writing(original: Any) -> Any:
    def write(sync: RegistrySync, work: Any, wanted: Any, agreed: Any, shown: Any, done: Any, now: Any) -> None:
        where = tables.deeds.c.id.in_(list(done))
        with sync.journal.engine.begin() as connection:
            connection.execute(update(tables.deeds).where(where).values(state="done"))
        original(sync, work, wanted, agreed, shown, done, now)

    return write


def _old_copies_are_edits(_original: Any) -> Any:
    """Without the base of its generation, every cell of an old copy is taken for typed just now."""
    return lambda self, *_rest: self.agreements()


def _tell_after_undo(_original: Any) -> Any:
    """The delay of a mark that was taken back ends the delay of the next one."""

    def announce(request: Any, *_rest: Any) -> Any:
        last = request.payments[-1] if request.payments else None
        if request.status is not Status.PAID or last is None:
            return Accepted(())
        return Accepted((PaymentAnnounced(last.on, payment.paid_so_far(request), last.order),))

    return announce


def _pay_what_is_not_approved(original: Any) -> Any:
    def mark_paid(request: Any, command: Any, policy: Any, now: Any) -> Any:
        if request.status is Status.APPROVED:
            request = replace(request, holds=())
        return original(request, replace(command, version=None), policy, now)

    return mark_paid


def _write_over_comments(original: Any) -> Any:
    def kept(self: Any, work: Any, reference: str) -> Any:
        return dict.fromkeys(original(self, work, reference))

    return kept


def _break_the_chain(original: Any) -> Any:
    def event_row(page: Page, *args: Any) -> Any:
        head = page._head
        row = original(page, *args)
        page._head = head if page._seq % 5 == 0 else page._head
        return row

    return event_row


def caught(plant: Plant, first: int | None = None) -> Outcome | None:
    """The seed that catches it: the one that did so before is tried first, then one after another."""
    plant.calls = 0
    with plant.growing():
        for seed in dict.fromkeys((first or plant.hint, *range(1, plant.within + 1))):
            outcome = play(seed)
            if any("TypeError" in breach for breach in outcome.breaches):
                raise Withered(f"{plant.name}: {outcome.breaches[0]}")
            if plant.seen_in(outcome):
                return outcome
    if not plant.calls:
        raise Withered(f"{plant.name}: {plant.attribute} is never called")
    return None


NOT_AS_ITS_EVENTS = "stored as .* its events make"
PLANTS = (
    Plant("a notice counts as sent before it is", MailLeg, "_perform", _mark_before_sending,
          "counts as sent and never went out", 20),
    Plant("a repeat has a new Message-ID", MailLeg, "_perform", _send_anew, "that the journal does not know", 10),
    Plant("a request is decided on without the lock", Page, "load", _decide_on_what_was_known, NOT_AS_ITS_EVENTS, 10),
    Plant("the cause is forgotten", Page, "answered", _forget_the_cause, "counted twice", 60, hint=25),
    Plant("an order is committed in two parts", Service, "handle", _commit_in_two,
          "nothing came of the letter|no request came of", 60, hint=19),
    Plant("an order is committed twice", Service, "handle", _commit_twice, "a second request out of one letter", 10),
    Plant("any token counts for a yes", votes, "_why_not_approve", _take_any_token, "answers nothing that he was", 10,
          hint=3),
    Plant("any version will do", Answer, "ask", _any_version_will_do, "answers nothing that he was", 60, hint=12),
    Plant("doubled rows are obeyed", Harvest, "gather", _obey_doubled_rows, "a row that stands there twice", 60),
    Plant("the cursor moves before the letter is kept", InboxLeg, "_receive", _move_the_cursor_first, "^lost: ", 20,
          hint=2),
    Plant("papers count as filed before they are", FolderLeg, "file", _settle_before_filing,
          "was not filed|no card page", 30, hint=28),
    Plant("rows count as written before they are", RegistrySync, "_write", _settle_before_writing,
          "row to .* was done and is due again|has 0 rows|, should be ", 30, hint=4),
    Plant("comments are written over", changes.ChangeWriter, "_kept_by_people", _write_over_comments,
          "our write changed the comment", 20, hint=3),
    Plant("an event is not chained", Page, "_event_row", _break_the_chain,
          f"does not follow from the one before|{NOT_AS_ITS_EVENTS}", 10),
    Plant("a contractor's notice without the sending mark", Queue, "last_look", _without_the_sending_mark,
          "the contractor got .* twice", 100, hint=38),
    Plant("a claim without a lease", queue, "_taking", _forget_the_lease, "leg finds ever more to do", 10),
    Plant("a daemon that slept past its lease sends all the same", Queue, "last_look", _send_without_a_look,
          "both sent", 60, hint=4),
    Plant("an old copy is taken for edits", reading.Reading, "_base_of_copy", _old_copies_are_edits,
          "out of the sheet .* times|, should be ", 200),
    Plant("a payment is told before its time, after one was undone", payment, "announce", _tell_after_undo,
          "a payment announced while|after it was marked", 60, hint=3),
    Plant("a held request is paid", payment, "mark_paid", _pay_what_is_not_approved, "paid while it is on_hold", 60,
          hint=8),
)  # fmt: skip
