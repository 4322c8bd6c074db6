"""Is the journal an older copy? The registry's generation and a mark in the folder of materials tell; and whether a
recovery of it was begun and cut off, its own note.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sheets.errors import RegistryError
from workflow.journal.rescue import DEEDS
from workflow.registry_sync.reading import OldJournal
from workflow.wiring import Wiring

log = logging.getLogger("countersign.daemon")
NEXT = (
    "Nothing is read or sent. Restore the newer journal; if there is none, `countersign recover` takes up what the "
    "registry and the folder know."
)


def refuse_old_copy(wiring: Wiring) -> None:
    """Raises `OldJournal` with a sentence that names the gap, and `DocumentsError` where it cannot be seen; a registry
    that cannot be opened stops only its own leg, which says so itself."""
    if wiring.journal.is_recovering():  # the marks outside may be reached by now, by what is only half taken up
        raise OldJournal("A recovery of the journal was begun and not finished.")
    compare_mark(wiring.journal.marks(), wiring.materials.read_mark())
    open_registries(wiring)


def open_registries(wiring: Wiring) -> None:
    """Each registry, then what belongs elsewhere by now: a book may be one that bore another name."""
    for book in wiring.books:
        try:
            book.sync.open()
        except RegistryError as error:
            log.warning("%s", error)
    wiring.settle_registries()


def compare_mark(known: Mapping[str, int], left: Mapping[str, int]) -> None:
    """The materials folder remembers how far the journal was."""
    for name, number in left.items():
        have = known.get(name, 0)
        if number <= have:
            continue
        if name == DEEDS:
            gap = f"The materials were filed by a later journal ({number} things to do, this one knows {have})"
        else:
            gap = f"The materials folder knows {name}-{number:05d}, the journal only {name}-{have:05d}"
        raise OldJournal(f"{gap}: the journal is an older copy.")
