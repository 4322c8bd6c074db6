"""Where things stand in a workbook: its sheets, its date system, and the properties in which we keep our stamp."""

import re
from dataclasses import dataclass, field

from lxml import etree

from sheets.errors import RegistryBroken
from sheets.model import Layout, ViewSpec
from sheets.package import Package
from sheets.relations import OFFICE, add_content_type, add_relations, local, parse, relations, serialize

GENERATION, IDENTITY = "Generation", "Id"
CUSTOM_PART = "docProps/custom.xml"
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
MARK, GONE = "_countersign_", "#REF!"
REFERS = re.compile(r"(?:\$?'((?:[^']|'')+)'|\$?([^'!#]+))[!.]\$?A\$?1")
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


@dataclass(frozen=True, slots=True)
class Book:
    """The parts of a workbook that we need, by their place in the package."""

    part: str
    sheets: dict[str, str]  # name -> part, in the order of the tabs
    styles: str | None
    calc_chain: str | None
    dates_1904: bool
    marks: dict[str, str | None] = field(default_factory=dict)  # key of a sheet of ours -> its name; None: removed

    def title_of(self, layout: Layout) -> str:
        """The name that the layout's worksheet has in this book."""
        return (self.marks.get(layout.mark) if layout.mark else None) or layout.worksheet

    def sheet_of(self, spec: ViewSpec) -> str | None:
        """The name of the sheet that shows a view; None where there is none."""
        if spec.key in self.marks:
            name = self.marks[spec.key]
            return name if name in self.sheets else None
        return spec.sheet_among(self.sheets) if spec.by_title else None


def open_book(package: Package) -> Book:
    """Find the workbook's parts through its relations, as every program may place them elsewhere."""
    main = next((target for kind, target in relations(package, "").values() if kind == "officeDocument"), None)
    if main is None:
        raise RegistryBroken("The file is a zip archive, but no workbook.")
    root, related = parse(package.read(main)), relations(package, main)
    sheets = {}
    for sheet in _descendants(root, "sheet"):
        identifier = next((str(value) for key, value in sheet.items() if str(key).endswith("}id")), "")
        if identifier in related:
            sheets[str(sheet.get("name"))] = related[identifier][1]
    by_kind = dict(related.values())
    dates_1904 = any(item.get("date1904") in ("1", "true") for item in _descendants(root, "workbookPr"))
    return Book(main, sheets, by_kind.get("styles"), by_kind.get("calcChain"), dates_1904, _marks(root))


def _marks(root: etree._Element) -> dict[str, str | None]:
    """The sheets that hidden names of ours refer to; a name that leads nowhere is of a sheet that was removed."""
    found: dict[str, str | None] = {}
    for item in _descendants(root, "definedName"):
        name = str(item.get("name", ""))
        if name.startswith(MARK):
            match = REFERS.fullmatch((item.text or "").strip())
            found[name.removeprefix(MARK)] = (match[1].replace("''", "'") if match[1] else match[2]) if match else None
    return found


def last_saved_by(package: Package) -> str:
    """Who saved the workbook last, as the program that saved it says; empty when it does not."""
    part = next((target for kind, target in relations(package, "").values() if kind == "core-properties"), None)
    if part is None or part not in package:
        return ""
    try:
        found = next(iter(_descendants(parse(package.read(part)), "lastModifiedBy")), None)
    except RegistryBroken:
        return ""
    return " ".join((found.text or "").split())[:100] if found is not None else ""


def quoted(title: str) -> str:
    """The name of a sheet as it stands before the ! of a range."""
    return "'" + title.replace("'", "''") + "'"


def _descendants(root: etree._Element, name: str) -> list[etree._Element]:
    return [element for element in root.iter() if isinstance(element.tag, str) and local(element) == name]


def stamp_of(package: Package, prefix: str = "Countersign") -> tuple[int | None, str | None]:
    """Generation and identity that were stamped into the workbook; None where another program dropped them."""
    part = _custom_part(package)
    if part is None:
        return None, None
    found = {str(item.get("name")): "".join(map(str, item.itertext())).strip() for item in parse(package.read(part))}
    stated = found.get(prefix + GENERATION, "")
    generation = int(float(stated)) if re.fullmatch(r"\d+(\.0*)?", stated) else None
    return generation, found.get(prefix + IDENTITY)


def stamp(package: Package, generation: int, identity: str | None, prefix: str = "Countersign") -> None:
    """Write generation (and identity, where given) among the workbook's properties; others stay."""
    part = _custom_part(package)
    if part is None:
        part = CUSTOM_PART
        package.replace(part, f'<Properties xmlns="{CUSTOM}" xmlns:vt="{VALUES}"/>'.encode())
        add_content_type(package, part, CUSTOM_TYPE)
        add_relations(package, "", [(f"{OFFICE}/custom-properties", part, "rIdCountersign")], outside=False)
    root = parse(package.read(part))
    _put(root, prefix + GENERATION, "i4", str(generation))
    if identity:
        _put(root, prefix + IDENTITY, "lpwstr", identity)
    package.replace(part, serialize(root))


def _custom_part(package: Package) -> str | None:
    kinds = relations(package, "").values()
    part = next((target for kind, target in kinds if kind == "custom-properties"), None)
    return part if part is not None and part in package else None


def _put(root: etree._Element, name: str, kind: str, value: str) -> None:
    space = etree.QName(root).namespace
    item = next((known for known in root if known.get("name") == name), None)
    if item is None:
        number = max([1, *(int(known.get("pid", "1")) for known in root)]) + 1
        item = etree.SubElement(root, f"{{{space}}}property", fmtid=FORMAT_ID, pid=str(number), name=name)
    for old in list(item):
        item.remove(old)
    etree.SubElement(item, f"{{{VALUES}}}{kind}").text = value


# --- changes to the workbook's own part, by bytes -----------------------------------------------------


def recalculate_on_load(package: Package, book: Book) -> None:
    """Ask the next program to compute people's formulas anew, since cells they look at may have changed.

    Excel obeys. LibreOffice does so where its option "recalculation on file load" is on; results that stand in
    people's cells are theirs, so we do not take them away.
    """
    xml = package.read(book.part)
    tag = re.search(rb"<(?:[\w.-]+:)?calcPr\b[^>]*?(?=/?>)", xml)
    if tag is None or re.search(rb"""\sfullCalcOnLoad=["'](1|true)["']""", tag[0]):
        return
    bare = re.sub(rb"""\sfullCalcOnLoad=["'][^"']*["']""", b"", tag[0]).rstrip()
    package.replace(book.part, xml[: tag.start()] + bare + b' fullCalcOnLoad="1"' + xml[tag.end() :])


def grow_filter_name(package: Package, book: Book, worksheet: str, last: int) -> None:
    """Let the hidden name in which programs keep the filter's range a second time reach a later last row."""
    xml = package.read(book.part)
    number = list(book.sheets).index(worksheet)
    pattern = re.compile(
        rb"""(<[^<>]*definedName\s(?=[^>]*_xlnm\._FilterDatabase)(?=[^>]*localSheetId=["']%d["'])[^>]*>[^<]*!\$?)"""
        rb"""([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)<""" % number
    )
    changed = pattern.sub(lambda match: match[1] + b"%s$%s:$%s$%d<" % (match[2], match[3], match[4], last), xml)
    if changed != xml:
        package.replace(book.part, changed)
