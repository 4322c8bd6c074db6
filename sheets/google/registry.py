"""The registry as an online spreadsheet that people and the daemon write at the same time.

Google offers no compare-and-swap. So a write first compares, in one call, the header, the references and every column
that people may write with what was seen, and is refused when anything differs; the write itself is one atomic batch
with a stamp that can be made only once; and its answer shows the same cells right after it, so that an edit in the
split second between is noticed and rows that moved in it are put right (`landing`). What people type into the journal's
own columns in that moment is written over: it would be put back anyway.

A change is noticed by Drive's version of the file, which may lag some seconds and takes in edits made just before our
own write was counted. Hence a version that a write returned is looked behind once more, half a minute later.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gspread.exceptions import NoValidUrlKeyFound
from gspread.utils import extract_id_from_url

from cloud.client import TIMEOUT, PatientClient
from cloud.errors import LoginError
from cloud.login import DRIVE_METADATA, SHEETS, log_in
from cloud.pace import Pace
from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryLocked, RegistryMissing
from sheets.google.account import Account, DriveLock, Look
from sheets.google.book import Book, Stamp, book_of, lacking, new_id, stamp_requests
from sheets.google.held import AFTERWARDS, WATCH_FIELDS, Held, Seen, take_watched
from sheets.google.landing import expect, headings_hit, landed, mended
from sheets.google.leaving import (
    ALL_FIELDS,
    MOST_ROWS,
    WHOLE_FIELDS,
    Leaving,
    free_places,
    missing,
    put_back,
    removal,
    runs,
    standing,
    whole_rows,
)
from sheets.google.making import chunks, draw_views, making, new_views, set_aside, undone
from sheets.google.patch import Plan, cell_requests, plan_requests, planned
from sheets.google.plain import MARKS, Plain
from sheets.google.reading import FORMULA_FIELDS, READ_FIELDS, ranges_of, read_answer, with_outcomes
from sheets.google.sending import send
from sheets.google.wire import Json, quoted
from sheets.model import Change, Layout, Snapshot, Taken, Version, View
from sheets.shift import Unsure

CONFIRM_AFTER = timedelta(seconds=30)
SAME_LOOK = timedelta(seconds=2)
MENDS = 4
log = logging.getLogger("countersign.registry")


@dataclass(frozen=True, slots=True)
class Known:
    """Drive's version as we know it, the mark we gave it, and when to look behind a version of our own write."""

    version: str
    mark: str
    at: datetime
    confirm_at: datetime | None = None


class GoogleRegistry:
    """One worksheet of a spreadsheet; for one thread. Keeps between calls what it saw last, to compare."""

    def __init__(
        self,
        spreadsheet: str,
        layout: Layout,
        credentials_file: Path | None = None,
        endpoint: str = "",
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        pace: Pace | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        believe_version: bool | None = None,
    ) -> None:
        self.layout = layout
        self._spreadsheet, self._credentials_file, self._endpoint = spreadsheet, credentials_file, endpoint
        self._clock, self._sleep, self._timeout = clock, sleep, timeout
        self._pace = pace or Pace()
        self._opened: Account | None = None
        self._book: Book | None = None
        self._held: Held | None = None
        self._known: Known | None = None
        self._leaving: Leaving | None = None
        self._editor = ""
        self._drive_version = ""
        self._version_moves = not endpoint if believe_version is None else believe_version  # Google's own does

    # --- the protocol -------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether the spreadsheet has our worksheet with anything in it."""
        try:
            return self._is_there(self._look_up())
        except RegistryMissing:
            return False

    def probe(self) -> Version:
        """Drive's version of the file; asked for only as often as `pace` allows."""
        if self._known is None or self._pace.is_due(self._clock()):
            self._note(self._look())
        assert self._known is not None
        known = self._known
        if known.confirm_at is not None and self._clock() >= known.confirm_at:
            self._known = replace(known, mark=known.version, confirm_at=None)
        return Version(self._known.mark)

    def read(self) -> Snapshot:
        """Everything that stands in the worksheet and the views, in one call."""
        now = self._clock()
        if self._known is None or now - self._known.at > SAME_LOOK or self._pace.is_due(now):
            self._note(self._look())  # before the cells: an older version is only read once more
        assert self._known is not None
        try:
            snapshot = self._read_once(Version(self._known.mark))
        except RegistryChanged:  # sheets bear other names than we knew
            self._book = None
            snapshot = self._read_once(Version(self._known.mark))
        self._known = replace(self._known, confirm_at=None)
        return replace(snapshot, editor=self._editor)

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None,
        remove: Sequence[str] = (),
    ) -> Version:  # fmt: skip
        """Put all changes and views in by one atomic batch; refused when the watched cells are not as seen."""
        held = self._held_as(seen)
        now = self._fresh(held)
        if not now.is_as(held) or now.sheet.stamp != held.sheet.stamp:
            raise self._changed()
        held.sheet, held.filter = now.sheet, now.filter
        stood, self._held = self._held, None  # until the answer is understood
        try:
            exact = self._write_all(changes, held, generation, views or ()) if changes or views or not remove else True
            if remove:
                self._remove(remove, held, generation)
        except RegistryLocked:
            self._held = stood
            raise
        return self._written(held, exact=exact)

    def take(self, references: Sequence[str], seen: Version) -> Taken:
        """The rows of these references whole, the first two hundred of them, with formats and notes."""
        held = self._held_as(seen)
        if not self._fresh(held).is_as(held):
            raise self._changed()
        places = {held.index.places[ref]: ref for ref in references[:MOST_ROWS] if ref in held.index.places}
        book, name = self._book or self._look_up(), quoted(held.sheet.title)
        answer = self._account.cells([quoted(sheet.title) for sheet in book.sheets], ALL_FIELDS)
        try:
            free = free_places(answer, held.sheet, places)
        except Unsure as error:
            return Taken(refused=str(error))
        if not free:
            return Taken()
        self._leaving = standing(answer, held.sheet)
        whole = self._account.cells([f"{name}!{first}:{last}" for first, last in runs(free)], WHOLE_FIELDS)
        return Taken(tuple(whole_rows(whole, held, self.layout, {place: places[place] for place in free})))

    def create(
        self,
        changes: Sequence[Change] = (),
        *,
        generation: int,
        identity: str = "",
        views: Sequence[View] | None = None,
        replace: bool = False,
    ) -> Version:
        """Set the worksheet and its views up; with `replace` the old worksheet is kept under another name."""
        if not self._version_moves:
            self._look_at_drive()  # to see whether its version moves by what we make
        book = self._look_up()
        if self._is_there(book) and not replace:
            raise RegistryChanged("The registry is there already.")
        given = {view.key: view for view in views or ()}
        shown = [given.get(spec.key, View(spec.key, ())) for spec in self.layout.views]
        old = set_aside(book, self.layout, self._clock())
        batches = making(book, self.layout, changes, shown, self._first_stamp(generation, identity), old)
        for batch in undone(book, self.layout), *batches:
            if batch:
                self._send(batch)
        self._keep_marks([request for batch in batches for request in batch])
        self._book = self._held = self._known = None
        return self.read().version

    def _keep_marks(self, made: Sequence[Json]) -> None:
        """A service that took our marks and forgot them is given them as cells."""
        registry = self._look_up().registry
        if self._endpoint and (registry is None or registry.stamp is None):
            self._account.plain.forgets_marks()
            self._send([request for request in made if MARKS.intersection(request)])

    def _first_stamp(self, generation: int, identity: str) -> Stamp:
        given = frozenset(spec.key for spec in self.layout.views)
        return Stamp(generation, identity, self.layout.worksheet, given=given)

    # --- beside the protocol ------------------------------------------------------------------------

    def was_removed(self) -> bool:
        """Whether people took the worksheet away: it was made in this very spreadsheet."""
        return not self.exists()

    @property
    def last_editor(self) -> str:
        """Who wrote the spreadsheet last, as Drive told with the last look; empty when it does not say."""
        return self._editor

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the service turned out not to know, by the names of Google's requests; empty at Google."""
        return tuple(sorted(self._account.plain.refused)) if self._opened is not None else ()

    def lock(self) -> DriveLock | None:
        """Who has locked the file's content in Drive."""
        return self._account.look().lock

    def stale_locks(self) -> tuple[DriveLock, ...]:
        """There are none: nothing is left behind by a crash."""
        return ()

    def conflict_copies(self) -> tuple[Path, ...]:
        """There are none: everybody works in the same spreadsheet."""
        return ()

    # --- versions -----------------------------------------------------------------------------------

    @property
    def _account(self) -> Account:
        if self._opened is None:
            try:
                login = log_in(self._credentials_file, self._endpoint, (SHEETS, DRIVE_METADATA))
            except LoginError as error:
                raise RegistryError(str(error)) from error
            client = PatientClient(login.session, endpoint=self._endpoint, sleep=self._sleep, timeout=self._timeout)
            plain = Plain(self.layout.worksheet, at_google=not self._endpoint)
            self._opened = Account(client, _id_of(self._spreadsheet), login, plain)
        return self._opened

    def _look(self) -> Look:
        """What Drive says of the file. Where there is no Drive to ask, the cells are its version; so they are behind an
        endpoint until its version was seen to move: a stand-in may say the same for ever."""
        look = self._look_at_drive()
        if look.version and self._version_moves:
            return look
        answer = self._account.cells(ranges_of(self._book or self._look_up()), READ_FIELDS)
        digest = hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()[:24]
        return replace(look, version=f"{look.version}:{digest}")

    def _look_at_drive(self) -> Look:
        look = self._account.look()
        before, self._drive_version = self._drive_version, look.version
        self._version_moves |= bool(before) and bool(look.version) and before != look.version
        return look

    def _note(self, look: Look) -> None:
        now = self._clock()
        self._pace.looked(now)
        self._editor = look.editor
        if self._known is not None and self._known.version == look.version:
            self._known = replace(self._known, at=now)
            return
        if self._known is not None:
            self._pace.stirred(now)
        self._known = Known(look.version, look.version, now)

    def _written(self, held: Held, *, exact: bool) -> Version:
        """The version after our write. One whose cells were not as expected differs from the next probe's."""
        look, now = self._look(), self._clock()
        self._pace.looked(now)
        self._pace.stirred(now)
        mark = f"{look.version}w"
        waiting = self._known.confirm_at if self._known is not None else None
        if exact:
            self._held = held
            self._known = Known(look.version, mark, now, waiting or now + CONFIRM_AFTER)
        else:
            self._known = Known(look.version, look.version, now)
        return Version(mark)

    def _held_as(self, seen: Version) -> Held:
        """What we hold of the sheet as it was seen; after a start it is read first."""
        if self._held is None and (self._known is None or self._known.mark == seen.mark):
            self.read()
            self._note(self._look())  # nobody wrote while it was read
        if self._held is None or self._known is None or self._known.mark != seen.mark:
            raise self._changed()
        return self._held.copy()

    def _changed(self) -> RegistryChanged:
        self._pace.stirred(self._clock())
        return RegistryChanged("The registry was changed by somebody since it was read.")

    # --- reading ------------------------------------------------------------------------------------

    def _look_up(self) -> Book:
        self._book = book_of(self._account.sheets(), self.layout)
        return self._book

    def _is_there(self, book: Book) -> bool:
        if book.registry is None:
            return False
        return book.registry.stamp is not None or self._has_content(book.registry.title)

    def _has_content(self, title: str) -> bool:
        answer = self._account.cells([quoted(title)], "sheets(data(rowData(values(userEnteredValue))))")
        blocks = [block for sheet in answer.get("sheets", ()) for block in sheet.get("data", ())]
        return any(cell for block in blocks for row in block.get("rowData", ()) for cell in row.get("values", ()))

    def _read_once(self, version: Version) -> Snapshot:
        book = self._book or self._look_up()
        if book.registry is None:
            self._book = None
            raise RegistryBroken(f"The spreadsheet has no worksheet “{self.layout.worksheet}”.")
        answer = self._account.cells(ranges_of(book), READ_FIELDS)
        snapshot, held = read_answer(answer, book, self.layout, version)
        if snapshot.formulas:
            shown = self._account.cells([quoted(held.sheet.title)], FORMULA_FIELDS)
            snapshot = with_outcomes(snapshot, shown, held, self.layout)
        self._held = held
        return snapshot

    def _fresh(self, held: Held) -> Seen:
        try:
            seen = take_watched(self._account.cells(held.ranges(), WATCH_FIELDS), held)
        except RegistryChanged:
            self._book = None
            raise
        if seen is None:
            self._book = None
            raise self._changed()
        return seen

    # --- writing ------------------------------------------------------------------------------------

    def _write_all(self, changes: Sequence[Change], held: Held, generation: int, views: Sequence[View]) -> bool:
        *first, last = chunks(changes)
        exact = True
        for part in first:  # too much for one call: the stamp comes with the last part
            exact &= self._put(part, held, (), None)
        made = self._lacking_views(held, views)
        old = held.sheet.stamp or Stamp(0)
        drawn, charts = draw_views(self.layout, views, held.views, old.given, held.index.views)
        given = old.given | held.views.keys() | charts
        stamp = Stamp(generation, old.identity, self.layout.worksheet, given=given)
        held.index.views |= {view.key: {key: at for at, key in enumerate(self.layout.view_columns)} for view in views}
        return self._put(last, held, [*made, *drawn], stamp) and exact

    def _remove(self, references: Sequence[str], held: Held, generation: int) -> None:
        """Take rows out; if others were hit because people moved rows that moment, they are put back."""
        before, stood = self._leaving or self._everything(held), held.copy()
        places = [held.index.places[reference] for reference in references]
        seen = self._send_watched([*self._stamped(held, generation), *removal(held.sheet.id, places)], held)
        held.without(references)
        self._leaving = None
        if seen is not None and seen.is_as(held):
            return
        now = self._read_held()
        lost = missing(before, self._everything(now), stood, self.layout.key, references)
        if lost:
            log.warning("the registry's rows were moved while some were taken out; %s are put back", len(lost))
            last = max([now.index.last_row, *now.index.occupied])
            room = last + len(lost) - now.sheet.rows
            more = {"sheetId": now.sheet.id, "dimension": "ROWS", "length": room}
            grown: list[Json] = [{"appendDimension": more}] if room > 0 else []
            self._send([*self._stamped(now, generation), *grown, *put_back(now.sheet.id, lost, last + 1)])
        raise self._changed()

    def _stamped(self, held: Held, generation: int) -> list[Json]:
        """Our stamp anew, by which a batch is known to have been made."""
        old, number = held.sheet.stamp or Stamp(0), new_id()
        stamp = replace(old, generation=generation, worksheet=self.layout.worksheet, ids=(number,))
        held.sheet = replace(held.sheet, stamp=stamp)
        return stamp_requests(held.sheet.id, stamp, old.ids, number)

    def _everything(self, held: Held) -> Leaving:
        return standing(self._account.cells([quoted(held.sheet.title)], ALL_FIELDS), held.sheet)

    def _lacking_views(self, held: Held, views: Sequence[View]) -> list[Json]:
        """Requests for the sheets that the spreadsheet was never given; `held` knows them from then on."""
        wanted = lacking(self.layout, held.views, held.sheet.stamp) if views else []
        if not wanted:
            return []
        book = self._book or self._look_up()
        made, requests = new_views(wanted, self.layout, [sheet.title for sheet in book.sheets])
        held.views.update(made)
        self._book = None  # sheets are looked up again before the next read
        return requests

    def _put(self, changes: Sequence[Change], held: Held, more: Sequence[Json], stamp: Stamp | None) -> bool:
        """One batch; True when afterwards everything stood as expected. `held` then says how it stands."""
        before = held.copy()
        plan = planned(changes, held, self.layout)
        batch = [*plan_requests(plan, held, self.layout), *more]
        number = new_id()
        if stamp is not None:
            old = held.sheet.stamp.ids if held.sheet.stamp else ()
            batch = [*stamp_requests(held.sheet.id, stamp, old, number), *batch]
            held.sheet = replace(held.sheet, stamp=replace(stamp, ids=(number,)))
        if not batch:
            return True
        seen = self._send_watched(batch, held)
        held.grow(batch)
        expect(plan, held)
        if seen is None or not landed(plan, seen, held, self.layout):
            if plan.cells:
                self._mend(plan, changes, before)
            return False
        return seen.is_as(held)

    def _mend(self, plan: Plan, changes: Sequence[Change], before: Held) -> None:
        """Rows or columns were moved in the moment of the write: put right what it hit, and write it where it belongs.
        Without this, our own cells that did not arrive would be taken for people's edits."""
        for _ in range(MENDS):
            log.warning("the registry's rows were moved while it was written; the write is put right")
            now = self._read_held()
            headings = headings_hit(plan, before, now)
            if headings:
                self._send_watched(cell_requests(now.sheet.id, headings), now)
                continue
            again, stood = mended(plan, changes, before, now, self.layout), now.copy()
            mending = plan_requests(again, now, self.layout)
            if not mending:
                return
            seen = self._send_watched(mending, now)
            expect(again, now)
            if seen is not None and landed(again, seen, now, self.layout):
                return
            before, plan = stood, again
        raise self._changed()

    def _read_held(self) -> Held:
        """The sheet as it is now."""
        try:
            self._read_once(Version(""))
        except RegistryChanged:
            self._book = None
            self._read_once(Version(""))
        held, self._held = self._held, None
        assert held is not None
        return held

    def _send_watched(self, batch: Sequence[Json], held: Held) -> Seen | None:
        answer = self._send(batch, held)
        if "updatedSpreadsheet" in answer:
            return take_watched(answer["updatedSpreadsheet"], held)
        return take_watched(self._account.cells(held.ranges(), WATCH_FIELDS), held)

    def _send(self, batch: Sequence[Json], held: Held | None = None) -> Json:
        ranges, fields = (held.ranges(), AFTERWARDS) if held is not None else ((), "")
        return send(self._account, batch, ranges, fields, self._sleep)


def _id_of(spreadsheet: str) -> str:
    """The id of a spreadsheet from its address, or the id itself."""
    try:
        return extract_id_from_url(spreadsheet)
    except NoValidUrlKeyFound:
        if "/" in spreadsheet:
            raise RegistryError(f"{spreadsheet} is not the address of a Google spreadsheet.") from None
        return spreadsheet.strip()


