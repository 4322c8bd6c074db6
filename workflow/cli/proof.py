"""`verify`: chains, anchors, states, materials and registry against the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

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
        path = wiring.materials.root / row.path
        if not path.is_file():
            yield f"{row.reference}: {row.path} is not in the materials folder."
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            yield f"{row.reference}: {row.path} is not the file that was stored."


def _registry(wiring: Wiring) -> Iterator[str]:
    try:
        yield from wiring.sync.differences()
    except RegistryError as error:
        yield f"The registry cannot be compared: {error}"
