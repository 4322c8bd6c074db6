"""The style part of a workbook: looks are found in it by name, and those that are missing are added.

A look is kept as a named cell style, so that it is found again after another program has renumbered everything;
people may restyle it there, and new rows follow.
"""

import copy
import re

from lxml import etree

from sheets.errors import RegistryBroken
from sheets.looks import DAY, GENERAL, LINE, MONEY, TEXT, WHOLE, Look
from sheets.package import Package
from sheets.relations import local, parse, serialize
from sheets.workbook import Book

BUILT_IN = {GENERAL: 0, WHOLE: 1, MONEY: 4, TEXT: 49}
BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
NOT_LETTERS_OF_DATES = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.')
PARTS_OF_A_FORMAT = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}
ORDER = ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"]


class StyleBook:
    """The style part of a workbook: finds the cell format of a look, adds it where it is missing."""

    def __init__(self, xml: bytes) -> None:
        self.root = parse(xml)
        self.changed = False
        self._space = etree.QName(self.root).namespace or ""
        self._ids: dict[Look, int] = {}
        self._dated: dict[int, int] = {}
        self._carried: dict[int, str] = {}
        self._taken_in: dict[str, int] = {}

    def xml(self) -> bytes:
        """The part as it is now."""
        return serialize(self.root)

    def id_of(self, look: Look) -> int:
        """The number of a look's cell format."""
        if look not in self._ids:
            base = self._named(look.name)
            found = None if base is None else self._format_on(base)
            self._ids[look] = self._add(look, base) if found is None else found
        return self._ids[look]

    def portable(self, style: int) -> str:
        """A cell format with everything it is made of, for another workbook."""
        if style not in self._carried:
            self._carried[style] = self._carry(style)
        return self._carried[style]

    def of(self, portable: str) -> int:
        """The number of a cell format that came from another workbook."""
        if portable not in self._taken_in:
            self._taken_in[portable] = self._take_in(parse(portable.encode()))
        return self._taken_in[portable]

    def _carry(self, style: int) -> str:
        formats = self._list("cellXfs")
        if style >= len(formats):
            return ""
        xf = formats[style]
        look = self._make("look", format=self._code(int(xf.get("numFmtId", "0"))))
        for key, name in PARTS_OF_A_FORMAT.items():
            parts, number = self._list(name), int(xf.get(key, "0"))
            if number < len(parts):
                look.append(copy.deepcopy(parts[number]))
        look.extend(copy.deepcopy(child) for child in xf if local(child) == "alignment")
        return etree.tostring(look).decode()

    def _take_in(self, look: etree._Element) -> int:
        by_name = {local(child): child for child in look}
        xf = self._make("xf", numFmtId=str(self._format(str(look.get("format", GENERAL)))), xfId="0")
        for key, name in PARTS_OF_A_FORMAT.items():
            part = by_name.get(name[:-1])
            xf.set(key, "0" if part is None else str(self._append(name, self._in_our_words(part))))
        if "alignment" in by_name:
            xf.append(self._in_our_words(by_name["alignment"]))
        for what in ("NumberFormat", "Font", "Fill", "Border", "Alignment"):
            xf.set(f"apply{what}", "1")
        return self._append("cellXfs", xf)

    def _in_our_words(self, element: etree._Element) -> etree._Element:
        """The same element in this workbook's namespace."""
        made = self._make(local(element), **{str(key): str(value) for key, value in element.items()})
        made.extend(self._in_our_words(child) for child in element if isinstance(child.tag, str))
        return made

    def _code(self, number: int) -> str:
        codes = {int(item.get("numFmtId", "0")): item.get("formatCode", "") for item in self._list("numFmts")}
        built_in = {value: key for key, value in BUILT_IN.items()}
        return str(codes.get(number) or built_in.get(number) or (DAY if number in BUILT_IN_DATES else GENERAL))

    def dated(self, style: int) -> int:
        """The same cell format as `style`, but showing a date where it did not."""
        if style not in self._dated:
            self._dated[style] = style if self._shows_date(style) else self._with_date(style)
        return self._dated[style]

    def conditional_looks(self) -> list[etree._Element]:
        """The looks that conditional formats refer to, in their order."""
        return list(self._list("dxfs"))

    def add_conditional_look(self, look: etree._Element) -> int:
        """Take over such a look of another workbook; its number here."""
        return self._append("dxfs", copy.deepcopy(look))

    def _list(self, name: str) -> etree._Element | list[etree._Element]:
        return next((element for element in self.root if local(element) == name), [])

    def _insert_list(self, name: str) -> etree._Element:
        made = etree.Element(f"{{{self._space}}}{name}", count="0")
        later = set(ORDER[ORDER.index(name) + 1 :]) | {"tableStyles", "colors", "extLst"}
        place = next((at for at, element in enumerate(self.root) if local(element) in later), len(self.root))
        self.root.insert(place, made)
        return made

    def _append(self, name: str, element: etree._Element) -> int:
        parent = next((known for known in self.root if local(known) == name), None)
        if parent is None:
            parent = self._insert_list(name)
        parent.append(element)
        parent.set("count", str(len(parent)))
        self.changed = True
        return len(parent) - 1

    def _make(self, tag: str, **attributes: str) -> etree._Element:
        return etree.Element(f"{{{self._space}}}{tag}", attributes)

    def _sub(self, parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self._space}}}{tag}", attributes)

    def _named(self, name: str) -> int | None:
        for style in self._list("cellStyles"):
            if style.get("name") == name:
                return int(style.get("xfId", "0"))
        return None

    def _format_on(self, base: int) -> int | None:
        """The first cell format that shows the named style as it is, without changes of its own."""
        wanted = self._list("cellStyleXfs")[base]
        same = ("numFmtId", "fontId", "fillId", "borderId")
        for number, xf in enumerate(self._list("cellXfs")):
            if xf.get("xfId") == str(base) and all(xf.get(key) == wanted.get(key) for key in same):
                return number
        return None

    def _add(self, look: Look, base: int | None) -> int:
        if base is None:
            base = self._append("cellStyleXfs", self._xf(look))
            self._append("cellStyles", self._make("cellStyle", name=look.name, xfId=str(base)))
        made = self._make("xf", **{str(key): str(value) for key, value in self._list("cellStyleXfs")[base].items()})
        made.set("xfId", str(base))
        for child in self._list("cellStyleXfs")[base]:
            self._sub(made, local(child), **{str(key): str(value) for key, value in child.items()})
        return self._append("cellXfs", made)

    def _xf(self, look: Look) -> etree._Element:
        xf = self._make(
            "xf",
            numFmtId=str(self._format(look.format)),
            fontId=str(self._append("fonts", self._font(look))),
            fillId=str(self._append("fills", self._fill(look.fill)) if look.fill else 0),
            borderId=str(self._append("borders", self._border()) if look.line else 0),
            applyNumberFormat="1", applyFont="1", applyFill="1", applyBorder="1", applyAlignment="1",
        )  # fmt: skip
        options = {"wrapText": "1"} if look.wrap else {}
        options |= {"indent": str(look.indent)} if look.indent else {}
        self._sub(xf, "alignment", horizontal=look.align, vertical=look.vertical, **options)
        return xf

    def _font(self, look: Look) -> etree._Element:
        font = self._make("font")
        if look.bold:
            self._sub(font, "b")
        if look.underline:
            self._sub(font, "u")
        self._sub(font, "sz", val=str(look.size))
        self._sub(font, "color", rgb=look.colour)
        self._sub(font, "name", val="Calibri")
        self._sub(font, "family", val="2")
        return font

    def _fill(self, colour: str) -> etree._Element:
        fill = self._make("fill")
        pattern = self._sub(fill, "patternFill", patternType="solid")
        self._sub(pattern, "fgColor", rgb=colour)
        self._sub(pattern, "bgColor", indexed="64")
        return fill

    def _border(self) -> etree._Element:
        border = self._make("border")
        for side in ("left", "right", "top", "bottom"):
            self._sub(self._sub(border, side, style="thin"), "color", rgb=LINE)
        self._sub(border, "diagonal")
        return border

    def _format(self, code: str) -> int:
        if code in BUILT_IN:
            return BUILT_IN[code]
        formats = self._list("numFmts")
        for known in formats:
            if known.get("formatCode") == code:
                return int(known.get("numFmtId", "0"))
        number = max([163, *(int(known.get("numFmtId", "0")) for known in formats)]) + 1
        self._append("numFmts", self._make("numFmt", numFmtId=str(number), formatCode=code))
        return number

    def _shows_date(self, style: int) -> bool:
        formats = self._list("cellXfs")
        number = int(formats[style].get("numFmtId", "0")) if style < len(formats) else 0
        if number in BUILT_IN_DATES:
            return True
        codes = [item.get("formatCode", "") for item in self._list("numFmts") if item.get("numFmtId") == str(number)]
        return any(re.search("[yd]", NOT_LETTERS_OF_DATES.sub("", code.lower())) for code in codes)

    def _with_date(self, style: int) -> int:
        formats = self._list("cellXfs")
        old = formats[style] if style < len(formats) else self._make("xf", fontId="0", fillId="0", borderId="0")
        made = self._make("xf", **{str(key): str(value) for key, value in old.items()})
        made.set("numFmtId", str(self._format(DAY)))
        made.set("applyNumberFormat", "1")
        for child in old:
            self._sub(made, local(child), **{str(key): str(value) for key, value in child.items()})
        return self._append("cellXfs", made)


def open_styles(package: Package, book: Book) -> StyleBook:
    """The workbook's styles."""
    if book.styles is None:
        raise RegistryBroken("The workbook has no styles.")
    return StyleBook(package.read(book.styles))


def close_styles(package: Package, book: Book, styles: StyleBook) -> None:
    """Save the styles, if any were added."""
    if styles.changed and book.styles is not None:
        package.replace(book.styles, styles.xml())
