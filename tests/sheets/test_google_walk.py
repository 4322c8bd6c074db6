"""Any order of people's edits and our writes, with failures of the line in between, leaves a spreadsheet at Google
saying the same as a sheet in memory: nothing lost, nothing twice."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.registry_cast import PAID, added, layout, reference
from helpers.registry_person import AtMemory, Person
from helpers.registry_walk import NOTES, STEPS, take
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.memory import MemoryRegistry
from sheets.model import Change
from sheets.registry import Registry

FAULTS = st.sampled_from(["", "", "lost before", "lost after", "busy"])
RELAXED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]  # the server is renewed by the test itself


def order(server: SheetsServer, fault: str) -> None:
    """The next write meets this."""
    server.faults.clear()
    if fault == "busy":
        server.fail("batchUpdate", 503)
    elif fault:
        server.fail("batchUpdate", after=fault == "lost after")


@settings(max_examples=25, deadline=None, suppress_health_check=RELAXED)
@given(st.lists(st.tuples(STEPS, FAULTS), max_size=8))
def test_a_spreadsheet_and_a_sheet_in_memory_stay_alike(
    google: SheetsServer, steps: list[tuple[tuple[str, int, str], str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan, server = layout("en"), google.renew()
        memory = MemoryRegistry(plan)
        online = at_google(server, plan, Path(folder))
        people: list[tuple[Registry, Person]] = [(memory, AtMemory(memory)), (online, AtSpreadsheet(server, plan))]
        for registry, person in people:
            registry.create([added(1), added(2)], generation=0)
            for generation, (step, fault) in enumerate(steps, 1):
                order(server, fault)
                take(step, registry, person, generation)
        one, other = memory.read(), online.read()
        assert {name: (row.place, dict(row.cells)) for name, row in one.rows.items()} == {
            name: (row.place, dict(row.cells)) for name, row in other.rows.items()
        }
        assert (one.generation, one.strangers, one.duplicated) == (other.generation, other.strangers, other.duplicated)


BETWEEN = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(1, 6)), st.tuples(st.just("sort"), st.just(0)),
        st.tuples(st.just("column"), st.integers(1, 14)),
        st.tuples(st.just("paid"), st.integers(1, 4)), st.tuples(st.just("comment"), st.integers(1, 4)),
    ),
    max_size=3,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=RELAXED)
@given(BETWEEN, st.sets(st.integers(1, 4), min_size=1))
def test_whatever_happens_while_we_write_each_cell_ends_in_its_own_row(
    google: SheetsServer, happenings: list[tuple[str, int]], written: set[int]
) -> None:
    """All of it in the split second between our comparison and our write."""
    with tempfile.TemporaryDirectory() as folder:
        plan, server = layout("en"), google.renew()
        online, person = at_google(server, plan, Path(folder)), AtSpreadsheet(server, plan)
        online.create([added(number) for number in range(1, 5)], generation=0)
        person.put(2, NOTES, "a note beside the first")
        for number in range(1, 5):
            person.type_in(reference(number), "comment", f"of {number}")
        seen = online.read().version
        server.between = lambda: happen(person, happenings)
        changes = [Change(reference(number), {"message": f"for {number}"}) for number in sorted(written)]
        version = online.write(changes, seen, generation=1)
        assert online.probe() == version or happenings
        rows = online.read().rows
        paid = {number for kind, number in happenings if kind == "paid"}
        told = {number for kind, number in happenings if kind == "comment"}
        for number in range(1, 5):
            cells = rows[reference(number)].cells
            assert cells["message"] == (f"for {number}" if number in written else None)
            assert (cells["status"] == PAID["en"]) == (number in paid)
            moved = any(kind == "column" for kind, _ in happenings)
            # only a cell that was typed in this very moment and hit by a write that went astray can say what it said
            assert cells["comment"] in {f"new of {number}" if number in told else f"of {number}"} | (
                {f"of {number}"} if moved else set()
            )
            assert cells["inn"] in {"7707083893", None if moved else "7707083893"}, "a blank one is filled next"
        notes = [cell for line in person.sheet.lines for cell in line.cells.values() if "beside" in str(cell)]
        assert len(notes) == 1


def header_of(person: AtSpreadsheet) -> int:
    """Where the header stands, from 0."""
    return next(at for at, line in enumerate(person.sheet.lines) if "'Reference'" in str(line.cells.values()))


def happen(person: AtSpreadsheet, happenings: list[tuple[str, int]]) -> None:
    """People are quick."""
    for kind, number in happenings:
        match kind:
            case "insert":
                person.insert_rows(number)
            case "column":
                person.insert_column(number, f"Mine {number}")
            case "sort":
                person.sort(lambda line: str(line.cells.get(0))[::-1], below=header_of(person))
            case "paid":
                person.type_in(reference(number), "status", PAID["en"])
            case _:
                person.type_in(reference(number), "comment", f"new of {number}")
