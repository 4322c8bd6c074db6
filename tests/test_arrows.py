"""The arrows of the design: who may import whom, that core stays pure, and that nothing goes in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
ROOMS = ("config", "values", "cloud", "mailer", "sheets", "documents", "workflow")

# What thinking needs: no clock, no files, no logging, no network, no threads.
CORE_MAY_IMPORT = {
    "__future__", "abc", "base64", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum",
    "fractions", "functools", "graphlib", "hashlib", "heapq", "itertools", "json", "math", "operator", "re", "string",
    "textwrap", "types", "typing", "unicodedata", "zoneinfo", "pydantic", "values", "workflow",
}  # fmt: skip


def test_every_contract_of_the_import_linter_is_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_imports_go_in_a_circle_not_even_inside_functions() -> None:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    sorter = TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules})
    try:
        sorter.prepare()
    except CycleError as error:
        raise AssertionError("imports go in a circle: " + " -> ".join(error.args[1])) from None


def test_core_imports_only_what_thinking_needs() -> None:
    foreign = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "workflow" / "core").rglob("*.py"))
        for name in _imported(path)
        if name.split(".")[0] not in CORE_MAY_IMPORT or (name.startswith("workflow.") and name.split(".")[1] != "core")
    }
    assert not foreign


def test_the_templates_hold_no_code() -> None:
    code = [path for path in (ROOT / "templates").rglob("*.py") if _statements(path)]
    assert not code


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def _statements(path: Path) -> list[ast.stmt]:
    """What a file does beyond describing itself."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
