"""The values of a registry: cells, columns, the layout of a sheet, what was read from it and what is to be written."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Cell = str | Decimal | date | None

Owner = Literal["journal", "people", "both"]
Kind = Literal["text", "money", "date", "link", "status", "longtext"]
Tone = Literal["go", "wait", "stop", "done"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the registry: how it is found, who owns its cells, what they hold."""

    key: str
    title: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    owner: Owner = "journal"
    kind: Kind = "text"
    width: float = 14.0


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A sheet of the workbook that shows some of the rows; its words are what people read there."""

    key: str
    title: str
    caption: str = ""
    total: str = "Total"
    empty: str = ""
    aliases: tuple[str, ...] = ()  # other names of the sheet, as in another language
    day_total: str = "Of the day"
    kind: Literal["rows", "calendar"] = "rows"
    words: Mapping[str, str] = field(default_factory=dict)  # of a calendar: day week to_pay count by_day by_week note
    by_title: bool = True  # books made before sheets were marked have it; others never take a sheet by its name alone

    def sheet_among(self, names: Container[str]) -> str | None:
        """The name under which the sheet stands in a workbook; None where people removed it."""
        return next((name for name in (self.title, *self.aliases) if name in names), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a registry's worksheet consists of; all words in it come from the caller."""

    worksheet: str
    language: str
    columns: tuple[Column, ...]
    mark: str = ""  # of a sheet that stands behind people's own: it is known by this hidden mark, not by its name
    stamp: str = "Countersign"  # what the workbook's properties with our generation begin with
    extra_columns: tuple[Column, ...] = ()  # that only views have
    key: str = "reference"
    status_key: str = "status"
    due_key: str = "pay_by"
    amount_key: str = "amount"
    total_key: str = ""  # the column of views under which sums stand; empty: that of amounts
    currency_key: str = "currency"
    reference_pattern: str = r"[A-Z][A-Z0-9]*-\d{4}-\d{5,}"
    status_words: tuple[str, ...] = ()  # the drop-down list
    approved_words: tuple[str, ...] = ()  # the Status that the views show, in every language
    due_words: tuple[str, ...] = ()  # while Status is one of these, a late Pay by is coloured
    shown_words: tuple[str, ...] = ()  # what the default filter shows
    tones: Mapping[str, Tone] = field(default_factory=dict)  # colour of a Status word
    input_title: str = ""
    input_message: str = ""
    views: tuple[ViewSpec, ...] = ()
    view_columns: tuple[str, ...] = ()

    def column(self, key: str) -> Column:
        """The column of that key; an unknown key is our own fault and raises."""
        return next(column for column in (*self.columns, *self.extra_columns) if column.key == key)

    def title(self, key: str) -> str:
        """The heading of a column in the registry's language."""
        return self.column(key).title[self.language]

    def owned_by(self, *owners: Owner) -> tuple[str, ...]:
        """The keys of the columns with one of these owners."""
        return tuple(column.key for column in self.columns if column.owner in owners)

    def view_layout_columns(self) -> tuple[Column, ...]:
        """The columns of the views, in their order."""
        return tuple(self.column(key) for key in self.view_columns)


    def view_places(self) -> tuple[int, int]:
        """Where sums and their currencies stand on the views (columns from 1)."""
        keys = list(self.view_columns)
        summed = self.total_key or self.amount_key
        total = keys.index(summed) + 1 if summed in keys else 1
        currency = keys.index(self.currency_key) + 1 if self.currency_key in keys else total + 1
        return total, currency


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a registry: a cheap mark to compare, and a digest of the content when it was read."""

    mark: str
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One request's row; a column that is missing from the sheet has no cell, a blank cell is None. Rows with the same
    `said` say the same in all our columns; where it is empty that cannot be told without looking at the cells."""

    reference: str
    cells: Mapping[str, Cell]
    place: int
    said: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was read from a registry at one version."""

    version: Version
    generation: int | None
    header: Mapping[str, int]
    rows: Mapping[str, Row]
    identity: str | None = None
    duplicated: tuple[str, ...] = ()  # references that occur twice; `rows` holds the first
    strangers: tuple[tuple[int, tuple[str, ...]], ...] = ()  # place and first cells of rows without a reference
    view_edits: tuple[tuple[str, str, str], ...] = ()  # view, reference, what stands in its Status
    view_marks: Mapping[str, str] = field(default_factory=dict)  # what each view shows, Status aside: `marks.view_mark`
    formulas: frozenset[tuple[str, str]] = frozenset()  # our cells that hold a formula
    missing_columns: tuple[str, ...] = ()
    editor: str = ""  # who saved it last, as far as it says; a hint for people, never a proof


@dataclass(frozen=True, slots=True)
class Change:
    """Cells of one row to be written; `links` gives the targets of cells that are links. A row that moves between a
    registry and its archive brings people's `own` cells by heading, and `looks` by key or heading, in whatever form its
    kind of registry keeps them."""

    reference: str
    cells: Mapping[str, Cell]
    links: Mapping[str, str] = field(default_factory=dict)
    add: bool = False  # a row that is not there is added; without this it is our own fault
    visible: bool | None = None  # None: by the filter that is set
    own: Mapping[str, Cell] = field(default_factory=dict)
    looks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows as they stand, to be put elsewhere; `refused` says why no row may be taken out of this sheet."""

    rows: tuple[Change, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """The rows that one view shows now, with its sums."""

    key: str
    rows: tuple[Mapping[str, Cell], ...]
    totals: tuple[tuple[str, Decimal], ...] = ()
    links: tuple[Mapping[str, str], ...] = ()  # one for each row, or none at all
    days: tuple[tuple[date, str, Decimal], ...] = ()  # sums of each day, shown where there is more than one day
    bands: tuple["Band", ...] = ()  # of a calendar

    def day_sums(self) -> tuple[tuple[date, str, Decimal], ...]:
        """The sums of the days, where they say more than the sums of all."""
        return self.days if len({day for day, *_ in self.days}) > 1 else ()


DAY_LINES, WEEK_LINES = 16, 9
"""Lines of a band: what is overdue and fifteen working days; eight weeks and what comes later."""
MOST_BANDS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """What falls due on one day or in one week."""

    label: str
    amount: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Band:
    """One currency on the calendar."""

    currency: str
    total: Decimal
    count: int
    days: tuple[Line, ...]
    weeks: tuple[Line, ...]
