"""People's own columns where rows bring some along: found by their headings, added at the right where missing."""

from collections.abc import Mapping, Sequence

from sheets.model import Cell, Change
from sheets.sheetxml import column_letters
from sheets.table import Index


def own_columns(header: Mapping[int, Cell], index: Index, changes: Sequence[Change]) -> tuple[dict[str, int], set[str]]:
    """Where each own column of these changes stands, and which of them are new."""
    places = {title: column for column, title in own_titles(header, index.header).items()}
    wanted = dict.fromkeys(title for change in changes for title in change.own)
    last = max([0, *header, *index.header.values()])
    new = [title for title in wanted if title not in places]
    places |= {title: last + number for number, title in enumerate(new, 1)}
    return places, set(new)


def own_titles(header: Mapping[int, Cell], ours: Mapping[str, int]) -> dict[int, str]:
    """The columns that are not ours, by what stands over them; one without a heading goes by its letter."""
    titles: dict[int, str] = {}
    for column in range(1, max([0, *header, *ours.values()]) + 1):
        if column not in ours.values():
            title = str(header.get(column) or "").strip() or f"({column_letters(column)})"
            titles[column] = title if title not in titles.values() else f"{title} ({column_letters(column)})"
    return titles
