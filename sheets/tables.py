"""Excel's "tables" that people make of the registry: they grow with its rows and may carry the filter."""

import re
from dataclasses import dataclass

from sheets.frame import Filter, Range, Tail, filter_of
from sheets.package import Package
from sheets.relations import local, parse, relations


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a worksheet."""

    part: str
    block: Range
    filter: Filter | None
    has_totals: bool


def tables_on(package: Package, sheet_part: str, tail: Tail) -> list[Table]:
    """The tables of a worksheet."""
    related = relations(package, sheet_part) if tail.table_relations() else {}
    found = []
    for identifier in tail.table_relations():
        part = related.get(identifier, ("", ""))[1]
        if part not in package:
            continue
        root = parse(package.read(part))
        block = Range.parse(str(root.get("ref", "")))
        if block is not None:
            own = next((element for element in root if local(element) == "autoFilter"), None)
            totals = root.get("totalsRowCount", "0") not in ("0", "")
            found.append(Table(part, block, filter_of(own), totals))
    return found


def grow_table(package: Package, table: Table, last: int) -> None:
    """Let a table reach a later last row; one with a line of totals below its rows is left as it is."""
    if table.has_totals:
        return
    old, new = str(table.block).encode(), str(table.block.grown(last)).encode()
    xml = re.sub(rb"""(\sref=["'])""" + old + rb"""(["'])""", rb"\g<1>" + new + rb"\2", package.read(table.part))
    package.replace(table.part, xml)
