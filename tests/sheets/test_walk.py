"""Any order of people's edits and our writes leaves a workbook and a sheet in memory saying the same, nothing lost."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.registry_cast import added, layout
from helpers.registry_person import AtMemory, AtWorkbook, Person
from helpers.registry_walk import STEPS, take
from sheets.excel import ExcelRegistry
from sheets.memory import MemoryRegistry
from sheets.registry import Registry

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


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
