"""How our cells look: one table of looks, for new workbooks and for those that people made."""

from dataclasses import dataclass, replace

from sheets.model import Column

MONEY, DAY, TEXT, GENERAL = "#,##0.00", "dd\\.mm\\.yyyy", "@", "General"
MONEY_OR_DASH, WHOLE = '#,##0.00;-#,##0.00;"–"', "0"

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
DAY_SUM = replace(TOTAL, name="Countersign day sum", fill="", bold=False, colour=QUIET)
DAY_WORD = replace(DAY_SUM, name="Countersign day word", format=GENERAL)
DAY_CODE = replace(DAY_WORD, name="Countersign day code", align="left")
DAY_DATE = replace(DAY_SUM, name="Countersign day date", format=DAY, align="center", indent=0)
LABEL = Look("Countersign label", TEXT, indent=1)
LABEL_LATE = replace(LABEL, name="Countersign label late", colour="FFB42318", bold=True)
SUM = Look("Countersign sum", MONEY_OR_DASH, align="right", indent=1)
COUNT = Look("Countersign count", WHOLE, colour=QUIET, align="center")
BAND = Look("Countersign band", fill=PALE, bold=True, size=12, indent=1)
BAND_SUM = replace(BAND, name="Countersign band sum", format=MONEY, align="right")
BAND_COUNT = replace(BAND, name="Countersign band count", format=WHOLE, align="center", indent=0)
OVER_CHART = Look("Countersign over chart", colour=QUIET, bold=True, line=False)
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
