"""The payee's name where no label says so: the company whose INN it is, or the only company named on a letterhead."""

import re
from collections.abc import Iterator, Sequence

from documents.invoices.layout import Line
from documents.invoices.pick import Candidate
from documents.invoices.roles import LABEL, role_beside, role_of
from values.text import one_line

_HEAD_LINES, _ABOVE = 40, 6
_QUOTED = r"[«\"“][^»\"”\t]{1,80}[»\"”]"
_COMPANY = re.compile(
    rf"(?<!\w)(?:(?:ООО|АО|ПАО|НАО|ЗАО|ОАО|САО|СПАО|НКО|АНО|ФГУП|МУП|ГБУ|ФГБУ|ТОО)\s*{_QUOTED}|"
    rf"(?:Общество\s+с\s+ограниченной\s+ответственностью|(?:Публичное\s+|Непубличное\s+)?[Аа]кционерное\s+общество)\s*{_QUOTED}|"
    r"(?:ИП|Индивидуальный\s+предприниматель)(?:\s+[А-ЯЁ][а-яё-]+){2,3}(?![\w.]))"
)
_ABROAD = re.compile(
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w&'’+ .-]{1,60}?[ ,]+(?:Inc\.?|LLC|L\.L\.C\.|Ltd\.?|Limited|PLC|"
    r"GmbH(?:\s*&\s*Co\.?\s*KG)?|AG|UG|B\.?V\.?|S\.?A\.?R\.?L\.?|S\.?A\.?S\.?|OÜ|OU|UAB|S\.?L\.?|S\.?r\.?l\.?|FZE|FZ-LLC|ApS|AB|Oy|Sp\.\s*z\s*o\.\s*o\.))(?=$|\s*[·•|,])|"
    r"(?P<french>(?:SAS|SASU|SARL|EURL)\s+[A-ZÀ-ÖØ-Þ][\w&'’ -]{1,60}$)"
)
_NUMBER = re.compile(r"(?<!\d)(?:\d{10}|\d{12}|\d{20})(?!\d)")
_BANK = re.compile(r"bank|банк", re.IGNORECASE)


def unlabelled_names(lines: Sequence[Line], inn: str | None, from_scan: bool) -> Iterator[Candidate]:
    """Names that may be the payee's; one is right, several are none."""
    if inn:
        yield from _name_at(lines, inn)
    elif not from_scan:
        yield from _companies_abroad(lines)


def _name_at(lines: Sequence[Line], inn: str) -> Iterator[Candidate]:
    """The company named last before the payee's INN, in its line or up to some lines above in its column."""
    number = next((number for number, line in enumerate(lines) if inn in line.text), None)
    if number is None:
        return
    line = lines[number]
    offset = line.text.index(inn)
    cell = line.cells[line.cell_at(offset)]
    column = [
        " ".join(one.text for one in above.cells if one.overlaps(cell))
        for above in lines[max(number - _ABOVE, 0) : number]
        if above.page == line.page
    ]
    text = " ".join([*column, line.text[line.starts[line.cell_at(offset)] : offset]])
    found = [one for one in _COMPANY.finditer(text) if not _BANK.search(one[0])]
    labels = list(LABEL.finditer(text, 0, found[-1].start())) if found else []
    if found and not _NUMBER.search(text, found[-1].end()) and not (labels and labels[-1]["buyer"]):
        yield one_line(found[-1][0]), f"page {line.page}"


def _companies_abroad(lines: Sequence[Line]) -> Iterator[Candidate]:
    for number, line in enumerate(lines[:_HEAD_LINES]):
        for index, cell in enumerate(line.cells):
            found = _ABROAD.match(cell.text)
            name = found and (found["name"] or found["french"])
            if not name or _BANK.search(name):
                continue
            role = role_beside(line, line.starts[index]) or role_of(lines, number, line.starts[index])
            if role not in ("buyer", "third", "bank"):
                yield (
                    re.sub(r"^(?:sold|issued|provided)\s+by\s+", "", one_line(name), flags=re.IGNORECASE),
                    f"page {line.page}",
                )
