"""Orders of the operator: done at once when no daemon runs, else queued for it."""

from __future__ import annotations

from datetime import timedelta

from sheets.errors import RegistryError
from workflow.books import Book
from workflow.cli.common import NO, Session, plain_errors, stop
from workflow.core.commands import Reroute
from workflow.core.decide import decide
from workflow.core.deeds import Deed, Lane
from workflow.core.outcome import OPERATOR, Refused
from workflow.journal import Cause
from workflow.journal.queue import new_token
from workflow.registry_sync.reading import OldJournal
from workflow.words import words

QUEUED = "Queued: the running daemon does it."


def reroute_request(session: Session, reference: str, to: str, reason: str, instead_of: str) -> None:
    wiring = session.open_journal()
    reference = reference.upper()
    request = wiring.journal.request(reference)
    if request is None:
        stop(NO, f"There is no request {reference}.")
    found = [wiring.roster.find(address) for address in (to, instead_of) if address]
    if any(member is None for member in found):
        stop(NO, f"{to if found[0] is None else instead_of} is not in [[people]].")
    emails = [member.email for member in found if member]
    command = Reroute(OPERATOR, emails[0], reason, emails[1] if instead_of else None)
    outcome = decide(request, command, wiring.policy, wiring.now())
    if isinstance(outcome, Refused):
        stop(NO, f"{reference}: {words('en').reason(outcome.reason)}.")
    with session.alone() as alone:
        if alone:
            wiring.service.handle(command, Cause(f"operator:{new_token()}"), reference)
            print(f"{reference}: {wiring.roster.name(emails[0])} is asked at the next run.")
        else:
            params = {"to": command.to, "reason": reason, "instead_of": command.instead_of}
            wiring.service.add_deeds([Deed(Lane.CLOCK, "reroute", params=params)], reference)
            print(QUEUED)


def rebuild_registry(session: Session, name: str = "") -> None:
    wiring = session.open_journal()
    with plain_errors():
        books = [book for book in wiring.books if name.casefold() in ("", book.name.casefold())]
    if not books:
        stop(NO, f"No registry is called {name}; there are: {', '.join(book.name for book in wiring.books)}.")
    with session.alone() as alone, plain_errors():
        if not alone:
            wiring.service.add_deeds([Deed(Lane.REGISTRY, "rebuild", registry=book.name) for book in books])
            print(QUEUED)
            return
        wiring.settle_registries()
        troubles = [trouble for book in books if (trouble := _rebuilt(book))]
    if troubles:
        stop(NO, "\n".join(troubles))


def _rebuilt(book: Book) -> str:
    """Write one registry anew; what stood in the way. One that cannot be written does not keep the others waiting."""
    stood = book.registry.exists()
    try:
        book.sync.rebuild()
    except (RegistryError, OldJournal) as error:
        return str(error)
    print(f"The registry {book.where} is written anew" + ("; the older one stands beside it." if stood else "."))
    return ""


def retry_dead(session: Session, item: str) -> None:
    wiring = session.open_journal()
    now = wiring.now()
    letters = [row for row in wiring.journal.set_aside() if not item or row.key.startswith(item)]
    if item and not letters and not item.isdigit():
        stop(NO, f"Nothing is called {item}; see `countersign status`.")
    count = 0 if item and letters else wiring.journal.retry(int(item) if item else None, now)
    if item and not letters and not count:
        stop(NO, f"Nothing dead has the number {item}; see `countersign status`.")
    jobs = [Deed(Lane.CLOCK, "read_again", params={"key": row.key}, delay=timedelta(0)) for row in letters]
    if jobs:
        wiring.service.add_deeds(jobs)
    print(f"Back in the queue: {count} to do, {len(letters)} letters to read again.")
