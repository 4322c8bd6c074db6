"""The names of the payee and his bank, and the purpose of the payment in a text."""

import re
from collections.abc import Iterator, Sequence

from documents.invoices.layout import Cell, Line, labelled
from documents.invoices.payee_names import unlabelled_names
from documents.invoices.pick import Candidate, Draft, settle
from documents.invoices.roles import BANK_LABEL, LABEL, SELLER_LABEL, role_of
from values.names import fold_name, has_cyrillic
from values.text import one_line, shorten

_REST = re.compile(r"(?P<value>[^\t]+)")
_PURPOSE_LABEL = re.compile(
    r"(?<!\w)(?:назначение\s+платежа|payment\s+(?:reference|purpose)|verwendungszweck)(?!\w)", re.IGNORECASE
)
_LABEL_LIKE = re.compile(r"^[^\W\d_][^:\t]{1,40}:")
_NAME_ENDS = re.compile(
    r"[,;(]?\s*(?<!\w)(?:инн|кпп|огрн\w*|адрес|р/с|к/с|бик|тел|e-mail|email|iban|bic|swift|vat|ust-id\w*|tax|в\s+(?:пао|ао|банк))(?!\w)|,\s*\d{6}|\t",
    re.IGNORECASE,
)
_ONLY_FORM = re.compile(
    r"(?:общество с ограниченной ответственностью|индивидуальный предприниматель|"
    r"(?:публичное |непубличное )?акционерное общество|"
    r"ооо|ао|пао|зао|оао|ип|ано|нко|фгуп|муп|гуп|гбу|фгбу|тоо)\W*",
    re.IGNORECASE,
)
_HALF_A_PERSON = re.compile(r"ип(?:\s+[^\W\d]+){1,2}", re.IGNORECASE)
_NO_NAME = re.compile(
    r"№|(?<!\w)сч[её]т(?!\w)|\d\d\.\d\d|^(?:платежа|сч\.|инн|кпп|бик|подпись|м\.?п\.?|должность|руководитель|от|invoice|bill|"
    r"rechnung|date|page|банк\s+получателя)(?!\w)|_{3}|^[\W\d]*$|\d{9}",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"(?<!\w)(?:ооо|ао|пао|зао|оао|ип|нко|ано|общество|индивидуальный|акционерное|фгуп|муп|гбу|фгбу|тоо|нао|сао|спао)(?!\w)",
    re.IGNORECASE,
)
# What stands beside a label in a row of labels, whose values stand below; and remarks behind a name.
_HEADING_OF_A_NAME = re.compile(
    rf"(?:{LABEL.pattern})|(?:инн|кпп|бик|иик|бин|кбе|огрн|адрес|р/с|к/с|сч[её]т(?:\s+получателя)?|дата|сумма|vat|iban|bic)\W*$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*\((?:[а-я]{4,20}(?:\s+[а-я]{4,20}){0,2}|\d{1,2}[а-яa-z]?)\)$")
# The second line of a label beside a name of two lines.
_LABEL_BESIDE = re.compile(r"^\(?[А-Я][а-я]+\)?:\s*")
_ADDRESS = re.compile(
    r"(?<!\w)(?:ул|д|оф|стр|корп|пр-кт|кв|г|обл)\.\s*\S|(?<!\w)(?:street|straße|rue)(?!\w)", re.IGNORECASE
)
_PURPOSE_LENGTH = 210


def read_names(lines: Sequence[Line], draft: Draft) -> None:
    """Find the payee's and his bank's name."""
    from_scan = draft.source == "scan"
    names = [*_names(lines, SELLER_LABEL, from_scan), *(() if from_scan else _box_name(lines))]
    settle(draft, "contractor", _without_tails(_longest_first(names)), "several_names", fold_name)
    if not names:
        others = dict(unlabelled_names(lines, draft.get("inn"), from_scan))
        if len(others) == 1:
            draft.put("contractor", *next(iter(others.items())))
    banks = [
        (name, place)
        for name, place in _names(lines, BANK_LABEL, from_scan)
        if re.search(r"банк|bank|отделение|казнач", name, re.I)
    ]
    if len({fold_name(name) for name, _ in banks}) == 1:
        draft.put("bank_name", *banks[0])


def _names(lines: Sequence[Line], label: re.Pattern[str], from_scan: bool) -> Iterator[Candidate]:
    for value in labelled(lines, label, _REST, _HEADING_OF_A_NAME):
        if value.below and not _FORM.search(value.match["value"]) and has_cyrillic(value.match["value"]):
            # "Получатель" may stand below what it names, and then something else is below it.
            continue
        tail = (
            re.match(r"[\s(]*[^\W\d]+\s*\)\s*:?\s*", value.match["value"]) if value.match["value"][0] == "(" else None
        )
        name = _whole_name(lines, value.line, value.cell, value.match["value"][tail.end() if tail else 0 :])
        if name and from_scan:
            name = _read_name(name)
        if name and role_of(lines, value.line, value.match.start()) not in ("buyer", "third"):
            yield name, f"page {lines[value.line].page}"


def _read_name(name: str) -> str | None:
    """A name out of a scan counts only with its legal form; zeros and Latin letters in that are an old mistake."""
    mended = re.sub(r"^[0OО]{3}(?=\W)", "ООО", name)
    return None if _ONLY_FORM.fullmatch(mended) or not _FORM.search(mended) else mended


def _whole_name(lines: Sequence[Line], line: int, cell: int, text: str) -> str | None:
    """Cut the name before the numbers behind it; a name that is plainly broken off goes on in the line below."""
    ends = _NAME_ENDS.search(text)
    name = _REMARK.sub("", (text[: ends.start()] if ends else text).strip(" ,;:-–—"))
    blank = "" if not ends and text.rstrip().endswith("-") else " "
    for beside in lines[line].cells[cell + 1 : cell + 4]:
        # A paragraph stretched to both margins comes apart into cells between its words.
        if not _goes_on(name) or _HEADING_OF_A_NAME.match(beside.text) or _FORM.match(beside.text):
            break
        name = f"{name} {_NAME_ENDS.split(beside.text)[0]}".strip(" ,;:-–—")
    is_broken = _ONLY_FORM.fullmatch(name) or (not ends and name.count('"') % 2) or name.count("«") > name.count("»")
    if is_broken and line + 1 < len(lines):
        below = next((one for one in lines[line + 1].cells if one.overlaps(lines[line].cells[cell])), None)
        more = _NAME_ENDS.split(_LABEL_BESIDE.sub("", below.text))[0] if below else ""
        name = f"{name}{blank or '-'}{more}".strip(" ,;:-–—")
    is_name = re.search(r"[^\W\d_]{2}", name) and not _LABEL_LIKE.match(name) and not _NO_NAME.search(name)
    if _ADDRESS.search(name) or (name[:1].islower() and not _FORM.match(name)):
        return None  # the middle of something that began in the line above
    return shorten(one_line(name), 160) if is_name else None


def _box_name(lines: Sequence[Line]) -> Iterator[Candidate]:
    """In the box at the head of a Russian invoice the name stands above the word."""
    for number, line in enumerate(lines):
        for cell in line.cells:
            if number and re.fullmatch(r"получатель", cell.text, re.IGNORECASE):
                above = next((one for one in lines[number - 1].cells if one.overlaps(cell)), None)
                beside = [one for one in line.cells if one.left > cell.left]
                if (
                    above
                    and not beside
                    and re.search(r"[^\W\d_]{2}", above.text)
                    and not re.match(r"\W*(?:инн|банк)", above.text, re.I)
                ):
                    name = _NAME_ENDS.split(_with_its_beginning(lines, number - 1, above))[0].strip(" ,;:")
                    if not _NO_NAME.search(name):
                        yield name, f"page {line.page}"


def _with_its_beginning(lines: Sequence[Line], number: int, cell: Cell) -> str:
    """A long name in the box begins in the line above."""
    if number == 0 or not cell.text[:1].islower() or _FORM.match(cell.text):
        return cell.text
    above = next((one for one in lines[number - 1].cells if one.overlaps(cell)), None)
    return f"{above.text} {cell.text}" if above else cell.text


def _goes_on(name: str) -> bool:
    """Say whether a name is plainly not at its end."""
    has_open_quote = bool(name.count('"') % 2) or name.count("«") > name.count("»")
    return has_open_quote or bool(_ONLY_FORM.fullmatch(name) or _HALF_A_PERSON.fullmatch(name))


def _longest_first(names: Sequence[Candidate]) -> list[Candidate]:
    return sorted(((name, place) for name, place in names if name), key=lambda one: -len(one[0]))


def _without_tails(names: Sequence[Candidate]) -> list[Candidate]:
    """A name that another one goes on from, behind a comma, is the name."""
    short = {name for name, _ in names}
    return [(next((one for one in short if name.startswith(f"{one}, ")), name), place) for name, place in names]


def read_purpose(lines: Sequence[Line], draft: Draft) -> None:
    """Find the purpose that the supplier asks for, with the lines it runs on to."""
    settle(draft, "purpose", _purposes(lines), "several_amounts")


def _purposes(lines: Sequence[Line]) -> Iterator[Candidate]:
    for value in labelled(lines, _PURPOSE_LABEL, _REST):
        text = value.match["value"].strip()
        line, cell = lines[value.line], lines[value.line].cells[value.cell]
        for below in lines[value.line + 1 : value.line + 4]:
            follows = below.page == line.page and below.top - line.bottom < 0.6 * (line.bottom - line.top)
            more = next((one for one in below.cells if abs(one.left - cell.left) < 4), None)
            if not follows or more is None or len(below.cells) > 1 or _LABEL_LIKE.match(more.text):
                break
            text, line = f"{text} {more.text}", below
        if re.search(r"[^\W\d_]{3}|^RF\d", text) and len(text) <= _PURPOSE_LENGTH:
            yield one_line(text), f"page {lines[value.line].page}"
