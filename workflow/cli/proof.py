"""`verify`: chains, anchors, states, materials and registry against the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from sheets.errors import RegistryError
from workflow.cli.common import NO, Session, plain_errors, quiet, show, stop
from workflow.wiring import Wiring


def verify_everything(session: Session, as_json: bool) -> None:
    wiring = session.open_journal()
    quiet()
    with plain_errors():
        faults = [*wiring.journal.broken_links(), *wiring.journal.broken_anchors()]
        if not faults:  # a broken chain need not fold to anything
            faults += _states(wiring)
        faults += [*_materials(wiring), *_registry(wiring)]
    facts = {"ok": not faults, "faults": faults}
    show(facts, as_json, lambda: print("\n".join(faults) or "Everything agrees: chains, states, materials, registry."))
    if faults:
        stop(NO)


def _states(wiring: Wiring) -> Iterator[str]:
    """Each request is what its events make it."""
    for request in wiring.journal.requests():
        if wiring.journal.refold(request.reference) != request:
            yield f"{request.reference}: its stored state is not what its events make it."


def _materials(wiring: Wiring) -> Iterator[str]:
    for row in wiring.journal.materials():
        fault = wiring.materials.fault(PurePosixPath(row.path), row.sha256)
        if fault:
            yield f"{row.reference}: {row.path} {fault}."


def _registry(wiring: Wiring) -> Iterator[str]:
    for book in wiring.books:
        try:
            yield from book.sync.differences()
        except RegistryError as error:
            named = f" {book.title}" if book.title else ""
            yield f"The registry{named} cannot be compared: {error}"
    try:
        yield from wiring.contractors.differences()
    except RegistryError as error:
        yield f"The sheet of contractors cannot be compared: {error}"
