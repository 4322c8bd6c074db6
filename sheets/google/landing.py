"""Whether a write landed on the rows it was meant for; if people moved rows that very moment, it is put right.

Google has no compare-and-swap. The answer to a write shows the watched columns as they stood right after it, in the
same atomic step: a reference that is not where it was says that our cells went to another row. Those are given back
what that row had, and our cells are written where the row is now.
"""

from dataclasses import replace

from sheets.google.held import Held, Seen
from sheets.google.patch import Plan, Written, cell_requests
from sheets.google.wire import Formula, Json, entered
from sheets.model import Layout


def expect(plan: Plan, held: Held) -> None:
    """Note in `held` what the write will have changed."""
    for cell in plan.cells:
        held.put(cell.place, cell.column, cell.raw)
    for place, reference in plan.rows.items():
        held.index.places[reference] = place
        held.index.last_row = max(held.index.last_row, place)


def misplaced(plan: Plan, seen: Seen, held: Held, layout: Layout) -> dict[int, str]:
    """Rows of ours whose cells went elsewhere: the row we wrote into, and the reference it was meant for."""
    column = held.index.header[layout.key]
    writes_key = {cell.place for cell in plan.cells if cell.column == column}
    return {
        place: reference
        for place, reference in plan.rows.items()
        if place not in writes_key and _reference(seen, column, place) != reference
    }


def repair(plan: Plan, before: Held, seen: Seen, layout: Layout) -> tuple[list[Json], Plan]:
    """Requests that put misplaced cells right, and where they are then."""
    key = before.index.header[layout.key]
    wrong = misplaced(plan, seen, before, layout)
    now = {_reference(seen, key, place): place for place in range(1, len(seen.columns.get(key, ())) + 1)}
    cells: list[Written] = []
    rows: dict[int, str] = {}
    for place in wrong:
        written = [cell for cell in plan.cells if cell.place == place]
        cells += [_as_it_was(cell, _reference(seen, key, place), before) for cell in written]
    for place, reference in wrong.items():
        if reference in now:
            rows[now[reference]] = reference
            moved = (cell for cell in plan.cells if cell.place == place)
            cells += [replace(cell, place=now[reference]) for cell in moved]
    return cell_requests(before.sheet.id, cells), Plan(rows, [cell for cell in cells if cell.place in rows])


def _as_it_was(cell: Written, stranger: str, before: Held) -> Written:
    """What the row that we hit had in this cell; the journal's cells are left blank, the next reading fills them."""
    place = before.index.places.get(stranger)
    known = place is not None and cell.column in before.columns
    raw = before.at(place, cell.column) if known and place is not None else ""
    return Written(cell.place, cell.column, entered(raw), raw)


def _reference(seen: Seen, column: int, place: int) -> str:
    cells = seen.columns.get(column, [])
    stated = cells[place - 1] if 0 < place <= len(cells) else ""
    return "" if isinstance(stated, Formula) else str(stated).strip().upper()
