"""How our cells look: one table of looks, for new workbooks and for those that people made."""

from dataclasses import dataclass, replace

from sheets.model import Column

MONEY, DAY, TEXT, GENERAL = "#,##0.00", "dd\\.mm\\.yyyy", "@", "General"

INK, QUIET, LINE = "FF1F2933", "FF52606D", "FFD9E2EC"
GREY, NAVY, TEAL, PALE, LINK = "FFF1F3F5", "FF334E68", "FF147D64", "FFF0F4F8", "FF0B69A3"


@dataclass(frozen=True, slots=True)
class Look:
    """Font, fill, number format and alignment of one kind of cell."""

    name: str
    format: str = GENERAL
    fill: str = ""
    colour: str = INK
    bold: bool = False
    underline: bool = False
    size: int = 10
    align: str = "left"
    vertical: str = "center"
    wrap: bool = False
    indent: int = 0
    line: bool = True


HEAD = Look("Countersign head", fill=NAVY, colour="FFFFFFFF", bold=True, align="center", wrap=True)
HEAD_OPEN = replace(HEAD, name="Countersign head open", fill=TEAL)
CAPTION = Look("Countersign caption", bold=True, size=14, line=False)
TOTAL = Look("Countersign total", fill=PALE, bold=True, format=MONEY, align="right", indent=1)
TOTAL_WORD = Look("Countersign total word", fill=PALE, bold=True, align="right", indent=1)
TOTAL_CODE = Look("Countersign total code", fill=PALE, bold=True, indent=1)
NOTE = Look("Countersign note", colour=QUIET, line=False)

KINDS = {
    "text": Look("text", TEXT, wrap=True, indent=1),
    "longtext": Look("longtext", TEXT, colour=QUIET, indent=1),
    "status": Look("status", TEXT, bold=True, align="center", wrap=True),
    "money": Look("money", MONEY, align="right", indent=1),
    "date": Look("date", DAY, align="center"),
    "link": Look("link", TEXT, colour=LINK, underline=True, align="center"),
}


def head_look(column: Column) -> Look:
    """The look of a heading: columns that people may fill are told apart at a glance."""
    return HEAD if column.owner == "journal" else HEAD_OPEN


def cell_look(column: Column, *, plain: bool = False) -> Look:
    """The look of a column's cells: grey where the journal writes, white where people do, or `plain` on a view."""
    kind = KINDS[column.kind]
    grey = column.owner == "journal" and not plain
    return replace(kind, name=f"Countersign {'own' if grey else 'open'} {kind.name}", fill=GREY if grey else "")
