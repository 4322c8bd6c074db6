"""Whether a write landed on the rows and columns it was meant for; if people moved them that very moment, it is mended.

Google has no compare-and-swap. The answer to a write shows the header and the watched columns as they stood right after
it, in the same atomic step: a heading or a reference that is not where it was says that cells of ours went elsewhere.
Then the sheet is read once more, what was hit is given back what it had, and our cells are written where they belong.
"""

from collections.abc import Iterator, Sequence

from sheets.google.held import Held, Seen
from sheets.google.patch import Plan, Written, planned
from sheets.google.wire import Formula, Raw, entered
from sheets.model import Change, Layout


def expect(plan: Plan, held: Held) -> None:
    """Note in `held` what the write will have changed."""
    for cell in plan.cells:
        held.put(cell.place, cell.column, cell.raw)
        if cell.place == held.index.header_row and cell.column in plan.own.values():
            held.header += [""] * (cell.column - len(held.header))
            held.header[cell.column - 1] = cell.raw
    for place, reference in plan.rows.items():
        held.index.places[reference] = place
        held.index.last_row = max(held.index.last_row, place)


def landed(plan: Plan, seen: Seen, held: Held, layout: Layout) -> bool:
    """Whether every cell went where it was meant to."""
    column = held.index.header[layout.key]
    named = {cell.place for cell in plan.cells if cell.column == column}  # our own hand wrote the reference there
    return seen.header == held.header and all(
        place in named or _reference(seen, column, place) == reference for place, reference in plan.rows.items()
    )


def mended(plan: Plan, changes: Sequence[Change], before: Held, now: Held, layout: Layout) -> Plan:
    """What is to be written `now` so that all is as if the write had gone right."""
    there = [change for change in changes if change.add or change.reference in now.index.places]  # or deleted just now
    again = planned(there, now, layout)
    again.cells = [*_given_back(plan, before, now), *again.cells]
    return again


def headings_hit(plan: Plan, before: Held, now: Held) -> list[Written]:
    """Headings that our cells went over, as they were; until they are back no column is known for certain."""
    gone = [heading for heading in before.header if heading not in now.header]
    if not gone:
        return []
    standing = dict(enumerate(now.header, 1))
    in_header = (cell for cell in plan.cells if cell.place == now.index.header_row)
    hit = [cell.column for cell in in_header if standing.get(cell.column, "") == cell.raw]
    raws = {column: gone[0] if len(gone) == 1 else _stood(column, before) for column in hit}
    return [Written(now.index.header_row, column, entered(raw), raw) for column, raw in raws.items()]


def _given_back(plan: Plan, before: Held, now: Held) -> Iterator[Written]:
    """The cells that were hit instead of ours, as they were."""
    keys_before = {column: key for key, column in before.index.header.items()}
    keys_now = {column: key for key, column in now.index.header.items()}
    rows_now = {place: reference for reference, place in now.index.places.items()}
    for cell in plan.cells:
        if cell.place not in plan.rows or cell.column not in keys_before:
            continue  # given back already
        key, reference = keys_now.get(cell.column), rows_now.get(cell.place)
        if (reference, key) != (plan.rows[cell.place], keys_before[cell.column]):
            raw = _as_it_was(reference, key, before)
            yield Written(cell.place, cell.column, entered(raw), raw)


def _stood(column: int, before: Held) -> Raw:
    return before.header[column - 1] if column <= len(before.header) else ""


def _as_it_was(reference: str | None, key: str | None, before: Held) -> Raw:
    """What a cell said before. One of the journal's is left blank, the next pass fills it; of a row that was put in,
    blank is what it was."""
    place, column = before.index.places.get(reference or ""), before.index.header.get(key or "")
    return before.at(place, column) if place is not None and column in before.columns else ""


def _reference(seen: Seen, column: int, place: int) -> str:
    cells = seen.columns.get(column, [])
    stated = cells[place - 1] if 0 < place <= len(cells) else ""
    return "" if isinstance(stated, Formula) else str(stated).strip().upper()
