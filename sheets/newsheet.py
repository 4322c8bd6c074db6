"""One more worksheet in a workbook that people have been using: it is put behind theirs, whose parts keep their bytes.

A sheet of ours is marked by a hidden name that refers to it. Programs keep such a name right when people rename or
move the sheet, and let it lead nowhere when they remove it: so a renamed sheet is found, and a removed one is not made
again. The sheet itself is made by openpyxl in a book of its own and grafted with its drawing, charts and colours.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from lxml import etree

from sheets.links import RELATIONS_PREFIX
from sheets.model import Layout
from sheets.newbook import new_book
from sheets.package import Package
from sheets.relations import OFFICE, add_content_type, add_relations, local, parse, relations, rels_of
from sheets.sheetxml import split_sheet
from sheets.stylebook import StyleBook, open_styles
from sheets.workbook import GONE, MARK, Book, open_book, quoted

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
TITLE_CHARACTERS = 31
STRICT = "http://purl.oclc.org/"
DXF = re.compile(rb"""(\sdxfId=["'])(\d+)(["'])""")
BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


def add_views(package: Package, book: Book, layout: Layout, styles: StyleBook) -> Book:
    """The book with every sheet of the layout that it was never given. What people removed stays away."""
    lacking = [spec for spec in layout.views if spec.key not in book.marks]
    if not lacking or is_strict(package, book):
        return book
    source: Package | None = None
    for spec in lacking:
        title = spec.sheet_among(book.sheets) if spec.by_title else None
        if title is None and not spec.by_title:
            source = source or Package(new_book(layout))
            book = graft(package, book, styles, source, spec.key, spec.title)
        else:  # books made before sheets were marked have it, or people removed it
            book = mark(package, book, spec.key, title)
    return book


def graft(package: Package, book: Book, styles: StyleBook, source: Package, key: str, title: str) -> Book:
    """Put the sheet `title` of another book, without its rows, behind the last one; the book as it is then. The title
    is changed where people have a sheet of that name."""
    theirs = open_book(source)
    xml = _coloured(source.read(theirs.sheets[title]), source, theirs, styles)
    part = _free_part(package, "xl/worksheets/sheet1.xml")
    sheet = split_sheet(xml)
    package.replace(part, sheet.head + sheet.tail)
    add_content_type(package, part, WORKSHEET_TYPE)
    _copy_related(package, part, source, theirs.sheets[title])
    name = free_title(title, book.sheets)
    [identifier] = add_relations(package, book.part, [(f"{OFFICE}/worksheet", f"/{part}", "rIdCs")], outside=False)
    package.replace(book.part, _with_sheet(package.read(book.part), name, identifier))
    grown = replace(book, sheets={**book.sheets, name: part})
    for own, area in _names_of(source, theirs, title):
        _add_name(package, book.part, own, f"{quoted(name)}!{area}", f' localSheetId="{len(book.sheets)}"')
    return mark(package, grown, key, name)


def mark(package: Package, book: Book, key: str, title: str | None) -> Book:
    """Note under a hidden name which sheet is the one of that key; no title says that people removed it."""
    text = GONE if title is None else f"{quoted(title)}!$A$1"
    _add_name(package, book.part, MARK + key, text, ' hidden="1"')
    return replace(book, marks={**book.marks, key: title})


def free_title(title: str, taken: Iterable[str]) -> str:
    """The title, or one with a number where a sheet of that name is there (letter case does not tell them apart)."""
    folded = {name.casefold() for name in taken}
    wanted, number = title[:TITLE_CHARACTERS], 1
    while wanted.casefold() in folded:
        number += 1
        wanted = f"{title[: TITLE_CHARACTERS - 4]} ({number})"
    return wanted


def is_strict(package: Package, book: Book) -> bool:
    """Whether a book is in the strict dialect of the format: no sheet is added to it."""
    return STRICT.encode() in package.read(book.part)[:2000]


# --- what belongs to the sheet ------------------------------------------------------------------------


def _coloured(xml: bytes, source: Package, theirs: Book, styles: StyleBook) -> bytes:
    """The sheet with the looks of its conditional formats taken over into the book's styles."""
    found = {int(match[2]) for match in DXF.finditer(xml)}
    if not found:
        return xml
    looks = open_styles(source, theirs).conditional_looks()
    numbers = {number: styles.add_conditional_look(looks[number]) for number in sorted(found)}
    return DXF.sub(lambda match: match[1] + str(numbers[int(match[2])]).encode() + match[3], xml)


def _copy_related(package: Package, part: str, source: Package, original: str) -> None:
    """Copy what the sheet refers to (drawing, charts), under free names; references within are by id and stay."""
    related = relations(source, original)
    if not related:
        return
    types = _content_types(source)
    kinds = {str(item.get("Id")): str(item.get("Type")) for item in parse(source.read(rels_of(original)))}
    for identifier, (_, target) in related.items():
        if target not in source:
            continue
        copied = _free_part(package, target)
        package.replace(copied, source.read(target))
        add_content_type(package, copied, types[target])
        add_relations(package, part, [(kinds[identifier], f"/{copied}", identifier)], outside=False)
        _copy_related(package, copied, source, target)


def _content_types(source: Package) -> dict[str, str]:
    root = parse(source.read("[Content_Types].xml"))
    return {str(item.get("PartName", "")).lstrip("/"): str(item.get("ContentType")) for item in root}


def _free_part(package: Package, wish: str) -> str:
    path, number = PurePosixPath(wish), 1
    stem = path.stem.rstrip("0123456789")
    while (name := str(path.with_name(f"{stem}{number}{path.suffix}"))) in package:
        number += 1
    return name


def _names_of(source: Package, theirs: Book, title: str) -> list[tuple[str, str]]:
    """Names of the sheet alone, such as the rows printed on each page: (name, range)."""
    number = str(list(theirs.sheets).index(title))
    root = parse(source.read(theirs.part))
    names = [item for item in root.iter() if isinstance(item.tag, str) and local(item) == "definedName"]
    return [
        (str(item.get("name")), str(item.text).rpartition("!")[2])
        for item in names if item.get("localSheetId") == number and str(item.text).count("!") == 1
    ]  # fmt: skip


# --- the workbook's own part, by bytes ------------------------------------------------------------------


def _with_sheet(xml: bytes, title: str, identifier: str) -> bytes:
    """List the sheet behind the last one."""
    root = parse(xml)
    numbers = [int(item.get("sheetId", "0")) for item in root.iter() if _is(item, "sheet")]
    prefix = _prefix(xml)
    declared = RELATIONS_PREFIX.search(xml, 0, xml.index(b">", xml.index(f"<{prefix}workbook".encode())))
    r, space = (declared[1].decode(), "") if declared else ("r", f' xmlns:r="{OFFICE}"')
    entry = (
        f'<{prefix}sheet{space} name="{_escaped(title)}" sheetId="{max(numbers, default=0) + 1}"'
        f' {r}:id="{identifier}"/>'
    )  # fmt: skip
    end = xml.index(f"</{prefix}sheets>".encode())
    return xml[:end] + entry.encode() + xml[end:]


def _add_name(package: Package, part: str, name: str, text: str, attributes: str) -> None:
    xml, prefix = package.read(part), _prefix(package.read(part))
    entry = f'<{prefix}definedName name="{name}"{attributes}>{_escaped(text)}</{prefix}definedName>'.encode()
    closing = f"</{prefix}definedNames>".encode()
    empty = re.search(rb"<" + prefix.encode() + rb"definedNames\s*/>", xml)
    opened = f"<{prefix}definedNames>".encode()
    if closing in xml:
        at = xml.index(closing)
        changed = xml[:at] + entry + xml[at:]
    elif empty is not None:
        changed = xml[: empty.start()] + opened + entry + closing + xml[empty.end() :]
    else:
        at = _end_of_last(xml, prefix)
        changed = xml[:at] + opened + entry + closing + xml[at:]
    package.replace(part, changed)


def _end_of_last(xml: bytes, prefix: str) -> int:
    """Where names belong: behind the sheets and what may follow them."""
    ends = [0]
    for word in BEFORE_NAMES:
        name = f"{prefix}{word}".encode()
        found = re.search(rb"</" + name + rb"\s*>|<" + name + rb"(?:\s[^>]*)?/>", xml)
        ends.append(found.end() if found else 0)
    return max(ends)


def _prefix(xml: bytes) -> str:
    found = re.search(rb"<(?:([\w.-]+):)?workbook[\s>]", xml)
    return found[1].decode() + ":" if found and found[1] else ""


def _is(element: etree._Element, name: str) -> bool:
    return isinstance(element.tag, str) and local(element) == name


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
