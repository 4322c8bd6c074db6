"""A new workbook as people find it on the first day: header, widths, drop-down, filter, colours, views, printing."""

import io
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter, FilterColumn, Filters
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from sheets.charts import furnish_calendar
from sheets.looks import head_look
from sheets.model import Column, Layout, Tone
from sheets.package import Package
from sheets.relations import OFFICE
from sheets.sheetxml import Sheet, cell_xml, column_letters, new_row, put_together, split_sheet
from sheets.stylebook import StyleBook, close_styles, open_styles
from sheets.text import cell_text
from sheets.views import HEADER_ROW as VIEW_HEADER_ROW
from sheets.workbook import MARK, open_book, quoted

LAST_ROW = 1_048_576
LIST_CHARACTERS = 255
PRINTED_WIDTH = 230.0  # characters across a page, after shrinking to fit
PROMPT_CHARACTERS, PROMPT_TITLE_CHARACTERS = 255, 32
OVERDUE, TODAY = ("FFF8D7DA", "FFB42318"), ("FFFFE8B3", "FF8D5A00")
TONES: dict[Tone, tuple[str, str]] = {
    "go": ("FFDDF3E4", "FF18794E"),
    "wait": ("FFFFF3CD", "FF8D5A00"),
    "stop": ("FFF8D7DA", "FFB42318"),
    "done": ("FFE4E7EB", "FF52606D"),
}


PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def new_book(layout: Layout, *, macros: bool = False) -> bytes:
    """An empty registry: everything but rows. `macros`: of the kind that may hold them (.xlsm), as Excel insists."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = layout.worksheet
    _furnish(sheet, layout)
    for spec in layout.views:
        made = book.create_sheet(spec.title)
        if spec.kind == "calendar":
            furnish_calendar(made)
            _print(made, "1:1")
        else:
            _furnish_view(made, layout)
        name = MARK + spec.key
        book.defined_names[name] = DefinedName(name, attr_text=f"{quoted(spec.title)}!$A$1", hidden=True)
    target = io.BytesIO()
    book.save(target)
    return _with_header(target.getvalue(), layout, macros=macros)


# --- the registry's worksheet -----------------------------------------------------------------------


def _furnish(sheet: Worksheet, layout: Layout) -> None:
    letters = {column.key: column_letters(at) for at, column in enumerate(layout.columns, 1)}
    _set_widths(sheet, layout.columns)
    key_place = list(letters).index(layout.key) + 1
    sheet.freeze_panes = f"{column_letters(key_place + 1) if key_place <= 2 else 'A'}2"
    sheet.auto_filter = _filter(layout, letters)
    _validate(sheet, layout, letters)
    _colour(sheet, layout, letters, first=2)
    _print(sheet, "1:1")
    sheet.print_area = f"A1:{_last_printed(layout.columns)}{LAST_ROW}"


def _set_widths(sheet: Worksheet, columns: Iterable[Column]) -> None:
    for at, column in enumerate(columns, 1):
        sheet.column_dimensions[column_letters(at)].width = column.width


def _filter(layout: Layout, letters: dict[str, str]) -> AutoFilter:
    made = AutoFilter(ref=f"A1:{column_letters(len(layout.columns))}2")
    if layout.shown_words and layout.status_key in letters:
        place = list(letters).index(layout.status_key)
        made.filterColumn.append(FilterColumn(colId=place, filters=Filters(filter=list(layout.shown_words))))
    return made


def _validate(sheet: Worksheet, layout: Layout, letters: dict[str, str]) -> None:
    words = ",".join(layout.status_words)
    if words and layout.status_key in letters and len(words) <= LIST_CHARACTERS:
        # what is typed otherwise is let in: status words are understood in every language
        choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
        choice.add(f"{letters[layout.status_key]}2:{letters[layout.status_key]}{LAST_ROW}")
        sheet.add_data_validation(choice)
    own = [letters[column.key] for column in layout.columns if column.owner == "journal"]
    if own and layout.input_message:
        hint = DataValidation(showInputMessage=True, allow_blank=True)
        hint.promptTitle = layout.input_title[:PROMPT_TITLE_CHARACTERS] or None
        hint.prompt = layout.input_message[:PROMPT_CHARACTERS]
        for letter in own:
            hint.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(hint)


def _colour(sheet: Worksheet, layout: Layout, letters: dict[str, str], first: int) -> None:
    """Pay by turns red when it has passed and amber on the day, as long as the money has not gone."""
    due, status = letters.get(layout.due_key), letters.get(layout.status_key)
    if due:
        still_due = _is_one_of(f"${status}{first}", layout.due_words) if status and layout.due_words else "TRUE"
        for sign, colours in (("<", OVERDUE), ("=", TODAY)):
            formula = f"AND(ISNUMBER(${due}{first}),${due}{first}{sign}TODAY(),{still_due})"
            sheet.conditional_formatting.add(f"{due}{first}:{due}{LAST_ROW}", _rule(formula, colours))
    if status:
        for tone, colours in TONES.items():
            words = [word for word, of in layout.tones.items() if of == tone]
            if words:
                formula = _is_one_of(f"${status}{first}", words)
                sheet.conditional_formatting.add(f"{status}{first}:{status}{LAST_ROW}", _rule(formula, colours))


def _is_one_of(cell: str, words: Iterable[str]) -> str:
    asked = ",".join(f'{cell}="{word.replace(chr(34), chr(34) * 2)}"' for word in words)
    return f"OR({asked})"


def _rule(formula: str, colours: tuple[str, str]) -> Rule:
    fill, ink = colours
    look = DifferentialStyle(font=Font(color=ink, bold=True), fill=PatternFill("solid", fgColor=fill, bgColor=fill))
    return Rule(type="expression", formula=[formula], dxf=look)


def _last_printed(columns: Iterable[Column]) -> str:
    """The last column of those that fit on a page and can still be read there."""
    last, width = 0, 0.0
    for column in columns:
        width += column.width
        if last and width > PRINTED_WIDTH:
            break
        last += 1
    return column_letters(last)


def _print(sheet: Worksheet, title_rows: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = title_rows
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    sheet.oddFooter = HeaderFooterItem(left=_HeaderFooterPart("&A, &D"), right=_HeaderFooterPart("&P / &N"))


# --- views ------------------------------------------------------------------------------------------


def _furnish_view(sheet: Worksheet, layout: Layout) -> None:
    columns = layout.view_layout_columns()
    letters = {column.key: column_letters(at) for at, column in enumerate(columns, 1)}
    _set_widths(sheet, columns)
    sheet.freeze_panes = f"A{VIEW_HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    _colour(sheet, layout, letters, first=VIEW_HEADER_ROW + 1)
    words = ",".join(layout.status_words)
    if words and layout.status_key in letters and len(words) <= LIST_CHARACTERS:
        choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
        status = letters[layout.status_key]
        choice.add(f"{status}{VIEW_HEADER_ROW + 1}:{status}{LAST_ROW}")
        sheet.add_data_validation(choice)
    _print(sheet, f"{VIEW_HEADER_ROW}:{VIEW_HEADER_ROW}")


# --- the header -------------------------------------------------------------------------------------


def _with_header(content: bytes, layout: Layout, *, macros: bool) -> bytes:
    """Write the header in our own looks, so that one table of looks serves new books and old ones."""
    package = Package(content)
    book = open_book(package)
    styles = open_styles(package, book)
    for name in book.sheets.values():
        package.replace(name, _with_relations_prefix(package.read(name)))
    write_header(package, book.sheets[layout.worksheet], layout, styles)
    close_styles(package, book, styles)
    if macros:
        types = "[Content_Types].xml"
        package.replace(types, package.read(types).replace(PLAIN_TYPE, MACRO_TYPE))
    target = io.BytesIO()
    package.save(target)
    return target.getvalue()


def write_header(package: Package, part: str, layout: Layout, styles: StyleBook) -> None:
    """The first row of a sheet that has no rows yet."""
    sheet = split_sheet(package.read(part))
    row = new_row(sheet, 1, b' ht="42" customHeight="1"')
    for at, column in enumerate(layout.columns, 1):
        title = cell_text(column.title[layout.language])
        row.cells[at] = cell_xml(sheet, at, 1, title, styles.id_of(head_look(column)), dates_1904=False)
    package.replace(part, _head(sheet, layout) + put_together(sheet, row) + sheet.tail)


def _head(sheet: Sheet, layout: Layout) -> bytes:
    extent = f"A1:{column_letters(len(layout.columns))}1".encode()
    return sheet.head.replace(b'<dimension ref="A1:A1"/>', b'<dimension ref="' + extent + b'"/>').replace(
        b'<dimension ref="A1"/>', b'<dimension ref="' + extent + b'"/>'
    )


def _with_relations_prefix(xml: bytes) -> bytes:
    """Declare the namespace of links once at the top rather than at each link."""
    declaration = f' xmlns:r="{OFFICE}"'.encode()
    return xml if declaration in xml else xml.replace(b"<worksheet", b"<worksheet" + declaration, 1)
