"""Rows that rest move from a registry to its yearly archives, and come back when their request stirs.

Three steps, each of which may be the last before a crash: the archive has the row, the journal notes it, the row leaves
the registry. A row leaves only as it was copied: what somebody changes in between is copied anew at the next turn. The
way back is the same the other way round. What is typed into an archive is never read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sheets.errors import RegistryError, RegistryMissing
from sheets.model import Cell, Change, Layout, Snapshot
from sheets.registry import Registry
from sheets.text import same
from workflow.core.deeds import Deed, Lane
from workflow.core.model import AskKind, Reference, Request, Status
from workflow.journal import Journal
from workflow.journal.queue import new_token
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.passes import Pass
from workflow.registry_sync.reading import Reading, announced
from workflow.service import Service

MOST_ROWS = 2000  # at one turn
AGAIN_AFTER = timedelta(minutes=15)
CROWDED, EARLIER = 40_000, timedelta(days=30)
"""From so many rows on a registry lets rows go that have rested for so long: it has to stay quick, and a sheet holds no
more than 65,530 links."""
PROVEN = ("amount", "currency", "contractor", "inn", "account", "iban")
log = logging.getLogger("countersign.registry")


@dataclass(slots=True)
class Archiver:
    """The archives of one registry. `open` gives the archive of a year; with `after` None nothing goes there by itself.
    """

    name: str
    service: Service
    open: Callable[[str], Registry]
    after: timedelta | None
    operators: tuple[str, ...] = ()
    _next: datetime | None = None
    _books: dict[str, Registry] = field(default_factory=dict)

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def is_due(self, now: datetime) -> bool:
        """Once a day, at the first quiet moment; sooner where something is left to do."""
        return self._next is None or now >= self._next

    def come_again(self, now: datetime, *, soon: bool = False) -> None:
        """When to look next."""
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self._next = now + AGAIN_AFTER if soon else midnight

    def hurry(self) -> None:
        """There is something to do at once."""
        self._next = None

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.service.policy.timezone)

    # --- what goes -------------------------------------------------------------------------------------------------

    def wanted(self, now: datetime) -> dict[Reference, str]:
        """Rows that should leave the registry, with the year of their archive."""
        left = self.journal.left_over(self.name)
        if self.after is None:
            return left
        resting = self.journal.resting(self.name, self._before(now), MOST_ROWS)
        found = {r.reference: self._year(r) for r in self.journal.requests(resting) if _has_ended(r)}
        return found | left

    def _before(self, now: datetime) -> datetime:
        """What has rested since before then goes."""
        if self.after is None:
            return now
        crowded = self.after > EARLIER and self.journal.live_rows(self.name) > CROWDED
        return now - (EARLIER if crowded else self.after)

    def _year(self, request: Request) -> str:
        """The year in which it was paid, or else ended."""
        if request.payments:
            return str(request.payments[-1].on.year)
        return str(request.updated_at.astimezone(self._zone).year)

    def movable(self, wanted: Mapping[Reference, str], work: Pass) -> list[Reference]:
        """Those whose rows stand there as agreed, with nothing of people's that was not read."""
        there = work.snapshot.rows if work.snapshot else {}
        work.base.fetch(wanted)
        doubled = set(work.snapshot.duplicated) if work.snapshot else set()
        return [
            reference for reference in wanted
            if reference in there and reference not in doubled and (agreed := work.base.get(reference)) is not None
            and not (agreed.unwritten or agreed.doubled or agreed.elsewhere)
            and agreed.is_shown_by(there[reference].cells)
        ]  # fmt: skip

    def put(self, rows: Sequence[Change], years: Mapping[Reference, str], now: datetime) -> set[Reference]:
        """The first two steps: the archives have these rows, and the journal says so."""
        for year in sorted({years[row.reference] for row in rows}):
            self._put_year(year, [row for row in rows if years[row.reference] == year], now)
        return self.journal.note_archived({row.reference: years[row.reference] for row in rows}, self._before(now))

    def _put_year(self, year: str, rows: Sequence[Change], now: datetime) -> None:
        name, book = f"{self.name}/{year}", self._book(year)
        facts = self.journal.registry(name, new_token())
        cells = {row.reference: Agreed(cells=row.cells).dump() for row in rows}
        if not book.exists():
            if facts.generation:
                raise RegistryMissing(f"The archive {year} of the registry {self.name} is not there any more.")
            self.journal.announce_write(name, 1, cells, now)
            book.create(rows, generation=1, identity=facts.identity)
            self.journal.agree(name, 1, cells, now)
            return
        snapshot = self._read(year)
        generation = max(facts.generation, announced(facts), snapshot.generation or 0) + 1
        self.journal.announce_write(name, generation, cells, now)
        rows = [_onto(row) if row.reference in snapshot.rows else row for row in rows]
        book.write(rows, snapshot.version, generation=generation)
        self.journal.agree(name, generation, cells, now)

    def _book(self, year: str) -> Registry:
        if year not in self._books:
            self._books[year] = self.open(year)
        return self._books[year]

    def _read(self, year: str) -> Snapshot:
        name = f"{self.name}/{year}"
        snapshot = self._book(year).read()
        facts = self.journal.registry(name, new_token())
        Reading(name, self.service).check_identity(snapshot, facts)
        return snapshot

    # --- what comes back --------------------------------------------------------------------------------------------

    def recalled(self, references: Sequence[Reference]) -> dict[Reference, Change]:
        """The archived rows of these requests, which stir again; what people wrote there comes along."""
        years = self.journal.in_archives(self.name, references) if references else {}
        found: dict[Reference, Change] = {}
        for year in sorted(set(years.values())):
            here = [reference for reference, of in years.items() if of == year]
            agreed = Reading(f"{self.name}/{year}", self.service).agreements(here)
            found |= {ref: Change(ref, row.cells, add=True) for ref, row in agreed.items()}
            try:
                snapshot = self._read(year)
                there = [reference for reference in here if reference in snapshot.rows]
                found |= {row.reference: row for row in self._book(year).take(there, snapshot.version).rows}
            except RegistryError as error:
                log.warning("the archive %s cannot be read, its rows come back as last known: %s", year, error)
        return found

    def drop_recalled(self, standing: Container[Reference], now: datetime) -> None:
        """Rows that stand in the registry again leave their archive."""
        years = {ref: year for ref, year in self.journal.in_archives(self.name).items() if ref in standing}
        for year in sorted(set(years.values())):
            name, gone = f"{self.name}/{year}", [ref for ref, of in years.items() if of == year]
            snapshot = self._read(year)
            there = [reference for reference in gone if reference in snapshot.rows]
            free = [row.reference for row in self._book(year).take(there, snapshot.version).rows] if there else []
            facts = self.journal.registry(name, new_token())
            generation = max(facts.generation, announced(facts), snapshot.generation or 0) + 1
            if free:
                self.journal.announce_write(name, generation, {}, now)
                self._book(year).write((), snapshot.version, generation=generation, remove=free)
                self.journal.agree(name, generation, {}, now)
            self.journal.let_go(name, gone)  # one that something of people's hangs on there stays beside it

    # --- proof and repair -------------------------------------------------------------------------------------------

    def differences(self, cells_of: Callable[[Request], Mapping[str, Cell]], layout: Layout) -> list[str]:
        """Where an archive lacks a row or says something else than the journal."""
        faults: list[str] = []
        for year in self.journal.archives(self.name):
            try:
                rows = self._read(year).rows
            except RegistryError as error:
                faults.append(f"The archive {year} of the registry {self.name} cannot be compared: {error}")
                continue
            for request in self.journal.requests(registry=self.name, archive=year):
                row, ours = rows.get(request.reference), cells_of(request)
                if row is None:
                    faults.append(f"{request.reference}: its row is not in the archive {year} of {self.name}.")
                    continue
                shown = row.cells
                wrong = [layout.title(key) for key in PROVEN if key in shown and not same(ours.get(key), shown[key])]
                if wrong:
                    faults.append(f"{request.reference}: the archive {year} differs in {', '.join(wrong)}.")
        return faults

    def rebuild(self, whole: Callable[[list[Request], Mapping[Reference, Mapping[str, Cell]]], list[Change]]) -> None:
        """Write every archive anew; what people wrote is kept where the old one can be read."""
        now = self.service.now()
        for year in self.journal.archives(self.name):
            name = f"{self.name}/{year}"
            facts = self.journal.registry(name, new_token())
            requests = list(self.journal.requests(registry=self.name, archive=year))
            kept = {ref: row.cells for ref, row in Reading(name, self.service).agreements().items()}
            own = self._own_of(year)
            rows = [
                replace(row, own=own[row.reference].own, looks=own[row.reference].looks)
                if row.reference in own else row
                for row in whole(requests, kept)
            ]  # fmt: skip
            generation = max(facts.generation, announced(facts)) + 1
            cells = {row.reference: Agreed(cells=row.cells).dump() for row in rows}
            self.journal.announce_write(name, generation, cells, now)
            book = self._book(year)
            book.create(rows, generation=generation, identity=facts.identity, replace=book.exists())
            self.journal.agree(name, generation, cells, now)

    def _own_of(self, year: str) -> dict[Reference, Change]:
        """The rows as the old archive has them."""
        try:
            snapshot = self._read(year)
            taken = self._book(year).take(sorted(snapshot.rows), snapshot.version)
        except RegistryError as error:
            log.warning("the old archive %s cannot be read: %s", year, error)
            return {}
        return {row.reference: row for row in taken.rows}

    # --- trouble ----------------------------------------------------------------------------------------------------

    def failed(self, error: RegistryError, now: datetime) -> None:
        """Only archiving waits. What a person must mend is told once."""
        log.info("rows of %s wait to be archived: %s", self.name, error)
        self.come_again(now, soon=True)
        if isinstance(error, RegistryMissing) or error.permanent:
            self.tell("archive_missing", str(error))

    def refused(self, why: str, now: datetime) -> None:
        """Nothing can be taken out of the sheet as it is."""
        self.come_again(now)
        self.tell("archive_refused", f"{self.name}: {why}")

    def tell(self, key: str, details: str) -> None:
        deeds = [
            Deed(Lane.MAIL, "alarm", person, {"key": key, "details": details}, once=f"{key}:{details}:{person}")
            for person in self.operators
        ]  # fmt: skip
        if deeds:
            self.service.add_deeds(deeds)


def _onto(row: Change) -> Change:
    """Copied once more, over what is there: where people's cells are blank now, those there stay."""
    return replace(row, own={title: cell for title, cell in row.own.items() if cell is not None})


def _has_ended(request: Request) -> bool:
    """Nothing more is to come of it by itself: a payment is told, nobody is asked whether money left."""
    told = all(payment.announced for payment in request.payments)
    return (request.status is not Status.PAID or told) and not request.open_asks(AskKind.CONFIRM)


