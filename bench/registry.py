"""What a registry pass costs, as ratios to the least any program must do: `python -m bench.registry [ROWS ...]`.

Each measurement runs in a process of its own, so that its peak of memory is its own as well.
"""

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers.registry_cast import TODAY, added, layout, reference, view  # noqa: E402
from sheets.excel import ExcelRegistry  # noqa: E402
from sheets.model import Change  # noqa: E402

SIZES = (100, 10_000, 50_000)
OPENPYXL_UP_TO = 10_000  # beyond, one rewrite takes longer than all the rest
PLAN = layout("en")
PEAKS = (("loaded_mb", "loaded"), ("read_mb", "read"), ("write_mb", "written"))


def best(work: Callable[[], object], times: int = 3) -> float:
    """The fastest of a few runs, in seconds."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def make(path: Path, rows: int) -> dict[str, float]:
    """A registry of that many rows."""
    start = time.perf_counter()
    ExcelRegistry(path, PLAN).create([added(number) for number in range(1, rows + 1)], generation=1)
    return {"create": time.perf_counter() - start}


def ours(path: Path, rows: int) -> dict[str, float]:
    """A pass over an unchanged, an edited and a written registry, beside the floors, in turn."""
    registry = ExcelRegistry(path, PLAN)
    seen = registry.read().version
    edit = Change(reference(rows // 2), {"message": "Thank you.", "paid_on": TODAY})
    times = {"probe": best(registry.probe, 100), "read": best(registry.read)}
    times["calamine"] = best(lambda: calamine_read(path))
    versions = [seen]

    def write(*changes: Change, views: bool = False) -> None:
        drawn = [view(key, range(1, 60)) for key in ("today", "week", "month")] if views else None
        versions.append(registry.write(changes, versions[-1], generation=len(versions), views=drawn))

    times["write"] = best(lambda: write(edit))
    times["rewrite"] = best(lambda: rewrite(path))
    versions.append(registry.read().version)
    some = [Change(reference(number), {"message": "."}) for number in range(1, rows + 1, max(1, rows // 100))]
    times["write_100"] = best(lambda: write(*some))
    times["write_new"] = best(lambda: write(added(rows + len(versions)), views=True))
    return times


def memory(path: Path, rows: int) -> dict[str, float]:
    """The peak of one pass that reads and writes, over a process that has only loaded the code."""
    start = _peak()
    registry = ExcelRegistry(path, PLAN)
    seen = registry.read().version
    after_read = _peak()
    registry.write([Change(reference(rows // 2), {"message": "."})], seen, generation=2)
    return {"loaded_mb": start, "read_mb": after_read, "write_mb": _peak()}


def openpyxl(path: Path, rows: int) -> dict[str, float]:
    """The same change by loading and saving the whole workbook."""

    def change() -> None:
        book = load_workbook(path)
        book[PLAN.worksheet].cell(rows // 2 + 1, 12).value = "Thank you."
        book.save(path)

    return {"openpyxl": best(change, 1), "openpyxl_mb": _peak()}


def calamine_read(path: Path) -> int:
    """The floor of a read: the values of the registry's sheet, and nothing made of them."""
    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_name(PLAN.worksheet).iter_rows())


def rewrite(path: Path) -> None:
    """The floor of a write: unpack and pack every part of the file, and put it on the disk."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    copy = path.with_suffix(".copy")
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    copy.replace(path)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_child(step: str, path: Path, rows: int) -> dict[str, float]:
    """Run one measurement in a fresh process."""
    command = [sys.executable, "-m", "bench.registry", "--step", step, str(path), str(rows)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def measure(rows: int) -> dict[str, float]:
    """Everything about a registry of one size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.xlsx"
        figures = in_child("make", path, rows) | {"file_mb": path.stat().st_size / 2**20}
        figures |= in_child("ours", path, rows) | in_child("memory", path, rows)
        if rows <= OPENPYXL_UP_TO:
            figures |= in_child("openpyxl", path, rows)
        return figures


def report(rows: int, figures: dict[str, float]) -> str:
    """The figures of one size in a few lines."""
    floor = figures["rewrite"]
    lines = [
        f"registry of {rows} rows, {figures['file_mb']:.1f} MB (created in {figures['create']:.2f} s)",
        f"  unchanged        {figures['probe'] * 1000:9.3f} ms",
        f"  read             {figures['read']:9.3f} s   {figures['read'] / figures['calamine']:5.2f} x calamine",
        f"  write one row    {figures['write']:9.3f} s   {figures['write'] / floor:5.2f} x rewriting the zip",
        f"  write 100 rows   {figures['write_100']:9.3f} s   {figures['write_100'] / floor:5.2f} x",
        f"  add one, 3 views {figures['write_new']:9.3f} s   {figures['write_new'] / floor:5.2f} x",
        "  peak memory      " + ", ".join(f"{figures[key]:.0f} MB {word}" for key, word in PEAKS),
    ]
    if "openpyxl" in figures:
        times, peak = figures["openpyxl"] / (figures["read"] + figures["write"]), figures["openpyxl_mb"]
        lines.append(
            f"  openpyxl         {figures['openpyxl']:9.3f} s   {times:5.1f} x our read and write, {peak:.0f} MB"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the figures for each size asked for."""
    if arguments[:1] == ["--step"]:
        steps = {"make": make, "ours": ours, "memory": memory, "openpyxl": openpyxl}
        print(json.dumps(steps[arguments[1]](Path(arguments[2]), int(arguments[3]))))
        return
    for rows in [int(argument) for argument in arguments] or SIZES:
        print(report(rows, measure(rows)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
