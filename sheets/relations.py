"""How the parts of a workbook refer to one another: relations, content types, and safe parsing of the small parts."""

from collections.abc import Iterable, Sequence, Set
from pathlib import PurePosixPath

from lxml import etree

from sheets.errors import RegistryBroken
from sheets.package import Package

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def parse(xml: bytes) -> etree._Element:
    """The root of a small part; a DOCTYPE has no place in a workbook and is refused."""
    try:
        root = etree.fromstring(xml, PARSER)
    except etree.XMLSyntaxError as error:
        raise RegistryBroken(f"A part of the workbook is not XML: {error}.") from error
    if b"<!DOCTYPE" in xml:
        raise RegistryBroken("A part of the workbook has a DOCTYPE.")
    return root


def serialize(root: etree._Element) -> bytes:
    """A part as a spreadsheet program writes it."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local(element: etree._Element) -> str:
    """An element's name without its namespace, so that strict and transitional books read alike."""
    return etree.QName(element).localname


def rels_of(part: str) -> str:
    """Where the relations of a part stand."""
    path = PurePosixPath(part)
    return str(path.parent / "_rels" / f"{path.name}.rels").lstrip("./") if part else "_rels/.rels"


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relations of a part: id -> (last word of the type, target part; an outside target as it stands)."""
    name = rels_of(part)
    if name not in package:
        return {}
    found = {}
    for relation in parse(package.read(name)):
        target = str(relation.get("Target", ""))
        if relation.get("TargetMode") != "External":
            target = resolve(part, target)
        found[str(relation.get("Id"))] = (str(relation.get("Type", "")).rsplit("/", 1)[-1], target)
    return found


def resolve(part: str, target: str) -> str:
    """The part that a relative target of `part` means."""
    if target.startswith("/"):
        return target.lstrip("/")
    steps: list[str] = list(PurePosixPath(part).parent.parts)
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in (".", ""):
            steps.append(step)
    return "/".join(steps)


def add_relations(package: Package, part: str, entries: Iterable[tuple[str, str, str]], *, outside: bool) -> list[str]:
    """Add relations (type, target, wished id) to a part by bytes; returns the ids given."""
    name = rels_of(part)
    xml = package.read(name) if name in package else _empty_relations()
    taken = set(_ids(xml))
    pieces, ids = [], []
    for kind, target, wish in entries:
        identifier = _free_id(wish, taken)
        mode = ' TargetMode="External"' if outside else ""
        pieces.append(f'<{{}}Relationship Id="{identifier}" Type="{kind}" Target="{_attribute(target)}"{mode}/>')
        ids.append(identifier)
    package.replace(name, _before_end(xml, pieces))
    return ids


def _empty_relations() -> bytes:
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{declaration}<Relationships xmlns="{RELATIONS}"></Relationships>'.encode()


def _ids(xml: bytes) -> Iterable[str]:
    return (str(relation.get("Id")) for relation in parse(xml))


def _free_id(wish: str, taken: set[str]) -> str:
    number, identifier = 1, wish
    while identifier in taken:
        number += 1
        identifier = f"{wish}_{number}"
    taken.add(identifier)
    return identifier


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _before_end(xml: bytes, pieces: Sequence[str]) -> bytes:
    """Insert elements before the end tag of the root, under the root's own prefix."""
    end = xml.rfind(b"</")
    if end < 0:  # <Relationships/>: written out first
        return _before_end(_opened(xml), pieces)
    prefix = xml[end + 2 :].split(b">")[0].strip().rpartition(b":")
    mark = (prefix[0] + prefix[1]).decode()
    return xml[:end] + "".join(piece.replace("{}", mark, 1) for piece in pieces).encode() + xml[end:]


def _opened(xml: bytes) -> bytes:
    root = parse(xml)
    root.text = ""
    return serialize(root)


def add_content_type(package: Package, part: str, content_type: str) -> None:
    """Say what kind of part a new one is."""
    types = "[Content_Types].xml"
    piece = f'<{{}}Override PartName="/{part}" ContentType="{content_type}"/>'
    package.replace(types, _before_end(package.read(types), [piece]))


def drop_content_type(package: Package, part: str) -> None:
    """Forget the kind of a part that was removed."""
    root = parse(package.read("[Content_Types].xml"))
    for element in [element for element in root if element.get("PartName") == f"/{part}"]:
        root.remove(element)
    package.replace("[Content_Types].xml", serialize(root))


def drop_relations(package: Package, part: str, identifiers: Set[str]) -> None:
    """Forget some relations of a part."""
    if not identifiers:
        return
    root = parse(package.read(rels_of(part)))
    for element in [element for element in root if element.get("Id") in identifiers]:
        root.remove(element)
    package.replace(rels_of(part), serialize(root))


def drop_relation(package: Package, part: str, identifier: str) -> None:
    """Forget one relation of a part."""
    root = parse(package.read(rels_of(part)))
    for element in [element for element in root if element.get("Id") == identifier]:
        root.remove(element)
    package.replace(rels_of(part), serialize(root))
