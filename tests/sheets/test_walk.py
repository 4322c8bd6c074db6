"""Any order of people's edits and our writes leaves a workbook and a sheet in memory saying the same, nothing lost."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.registry_cast import PAID, TODAY, added, layout, reference
from helpers.registry_person import AtMemory, AtWorkbook, Person
from sheets.excel import ExcelRegistry
from sheets.memory import MemoryRegistry
from sheets.model import Change
from sheets.registry import Registry

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(
    lambda text: f"x{text}"  # a person's spreadsheet would read =, + and digits as something else than text
)
NUMBERS = st.integers(1, 8)
STEPS = st.one_of(
    st.tuples(st.just("comment"), NUMBERS, TEXTS),
    st.tuples(st.just("paid"), NUMBERS, st.just("")),
    st.tuples(st.just("note"), st.integers(2, 16), TEXTS),
    st.tuples(st.just("insert"), st.integers(1, 6), st.just("")),
    st.tuples(st.just("write"), NUMBERS, TEXTS),
    st.tuples(st.just("add"), NUMBERS, st.just("")),
)
NOTES = 40  # a column that is not ours


def take(step: tuple[str, int, str], registry: Registry, person: Person, generation: int) -> None:
    """One step of either a person or the daemon."""
    kind, number, text = step
    snapshot = registry.read()
    name = reference(number)
    match kind:
        case "comment" if name in snapshot.rows:
            person.type_in(name, "comment", text)
        case "paid" if name in snapshot.rows:
            person.type_in(name, "status", PAID["en"])
            person.type_in(name, "paid_on", TODAY)
        case "note":
            person.put(number, NOTES, text)
        case "insert":
            person.insert_rows(number)
        case "write" if name in snapshot.rows:
            registry.write([Change(name, {"message": text})], snapshot.version, generation=generation)
        case "add":
            registry.write([added(number)], snapshot.version, generation=generation)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=8))
def test_a_workbook_and_a_sheet_in_memory_stay_alike(steps: list[tuple[str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = layout("en")
        workbook, memory = ExcelRegistry(Path(folder) / "registry.xlsx", plan), MemoryRegistry(plan)
        pairs: list[tuple[Registry, Person]] = [
            (workbook, AtWorkbook(workbook.path, plan)),
            (memory, AtMemory(memory)),
        ]
        for registry, person in pairs:
            registry.create([added(1), added(2)], generation=0)
            for generation, step in enumerate(steps, 1):
                take(step, registry, person, generation)
        one, other = workbook.read(), memory.read()
        assert {name: (row.place, dict(row.cells)) for name, row in one.rows.items()} == {
            name: (row.place, dict(row.cells)) for name, row in other.rows.items()
        }
        assert (one.generation, one.strangers, one.duplicated) == (other.generation, other.strangers, other.duplicated)
