"""Links of cells: an element beside the rows and a relation to the target, as the format wants them."""

import re
from collections.abc import Mapping

from sheets.frame import Tail
from sheets.package import Package
from sheets.relations import OFFICE, add_relations, parse, rels_of, serialize
from sheets.sheetxml import Sheet

MOST_LINKS = 65_530  # of one sheet; a cell beyond keeps its text
MOST_CHARACTERS = 2_079
RELATIONS_PREFIX = re.compile(rb"""xmlns:([\w.-]+)=["'][^"']*officeDocument/(?:2006/)?relationships["']""")


def put_links(package: Package, part: str, sheet: Sheet, tail: Tail, targets: Mapping[str, str]) -> None:
    """Let each cell (by its address) lead to its target; one that leads elsewhere is turned, others stay."""
    targets = {cell: target for cell, target in targets.items() if len(target) <= MOST_CHARACTERS}
    if not targets:
        return
    name = sheet.name("hyperlink")
    old = tail.get("hyperlinks") or b"<" + name + b"s></" + name + b"s>"
    known = _known(old, name)
    turned = {known[cell]: target for cell, target in targets.items() if known.get(cell)}
    _turn(package, part, {identifier: target for identifier, target in turned.items() if identifier})
    fresh = {cell: target for cell, target in targets.items() if cell not in known}
    room = max(0, MOST_LINKS - len(known))
    tail.set("hyperlinks", _with(package, part, sheet, old, dict(list(fresh.items())[:room])))


def only_links(package: Package, part: str, sheet: Sheet, tail: Tail, targets: Mapping[str, str]) -> None:
    """The same for a sheet that is ours alone: old links go."""
    identifiers = set(_known(tail.get("hyperlinks") or b"", sheet.name("hyperlink")).values())
    tail.elements[:] = [element for element in tail.elements if element[0] != "hyperlinks"]
    if identifiers and rels_of(part) in package:
        root = parse(package.read(rels_of(part)))
        for relation in [relation for relation in root if relation.get("Id") in identifiers]:
            root.remove(relation)
        package.replace(rels_of(part), serialize(root))
    put_links(package, part, sheet, tail, targets)


def _known(links: bytes, name: bytes) -> dict[str, str]:
    """Cells that are links already, with the relation of each (empty: a place within the workbook)."""
    found = {}
    for match in re.finditer(rb"<" + re.escape(name) + rb"\s[^>]*>", links):
        cell = re.search(rb"""\sref=["']([A-Z]+\d+)["']""", match[0])
        relation = re.search(rb"""\s[\w.-]+:id=["']([^"']+)["']""", match[0])
        if cell:
            found[cell[1].decode()] = relation[1].decode() if relation else ""
    return found


def _turn(package: Package, part: str, targets: Mapping[str, str]) -> None:
    if not targets:
        return
    root = parse(package.read(rels_of(part)))
    changed = False
    for relation in root:
        target = targets.get(str(relation.get("Id")))
        if target is not None and relation.get("Target") != target:
            relation.set("Target", target)
            relation.set("TargetMode", "External")
            changed = True
    if changed:
        package.replace(rels_of(part), serialize(root))


def _with(package: Package, part: str, sheet: Sheet, old: bytes, fresh: Mapping[str, str]) -> bytes:
    if not fresh:
        return old
    entries = [(f"{OFFICE}/hyperlink", target, f"rIdCs{cell}") for cell, target in fresh.items()]
    identifiers = add_relations(package, part, entries, outside=True)
    declared = RELATIONS_PREFIX.search(sheet.root_tag())
    prefix = declared[1].decode() if declared else "r"
    space = "" if declared else f' xmlns:r="{OFFICE}"'
    name = sheet.name("hyperlink").decode()
    links = [
        f'<{name}{space} ref="{cell}" {prefix}:id="{identifier}"/>'
        for cell, identifier in zip(fresh, identifiers, strict=True)
    ]
    opened = old if not old.rstrip().endswith(b"/>") or b"</" in old else old.rstrip()[:-2] + f"></{name}s>".encode()
    end = opened.rindex(b"</")
    return opened[:end] + "".join(links).encode() + opened[end:]
