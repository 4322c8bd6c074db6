"""The number, the dates and the contract of an invoice in a text: found by their labels only."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from documents.invoices.layout import Line, Value, labelled
from documents.invoices.numbers import DATE, read_date
from documents.invoices.pick import Candidate, Draft, settle
from values.flaw import Flaw

_NUMBER = r"(?P<number>(?=[^\s,;]*\d)[\w][\w/.\\-]{0,39}(?: ?/ ?[\w-]{1,10})?)"
_HEADING = re.compile(
    r"(?<![\w/.-])(?:сч[её]т(?:\s*[-–]\s*(?:договор|оферта|фактура|протокол|извещение)|\s*\(?(?:договор|оферта|инвойс)\)?|\s*/\s*invoice)?)(?!\w)\s*"
    r"(?:на\s+(?:предварительную\s+)?(?:оплату|предоплату)\s*(?:(?:[а-яё]+\s+){1,3}(?=№))?)?(?:покупателю\s*)?"
    r"(?:за\s+(?:[а-яё-]+\s+){1,6}(?=№))?(?P<sign>№|N[o°º]?\.?(?=\s)|#)?\s*"
    rf"{_NUMBER}(?:\s+на\s+[а-яё]+)?(?:\s*(?:от|dated|of)(?:\s*/\s*(?:dated|date|of|from))?\s*(?P<date>{DATE}))?",
    re.IGNORECASE,
)
_BEFORE_HEADING = re.compile(
    r"(?:расч[её]тный|корр\w*\.?|лицевой|банковский|предыдущ\w*|прошл\w*|ранее\s+выставленн\w+|взамен\w*|р/|к/|по|за|на|основание)[\s:]*$",
    re.IGNORECASE,
)
_INVOICE_LABEL = re.compile(
    r"(?<!\w)(?:(?:tax\s+|proforma\s+|pro-forma\s+|commercial\s+)?invoice\s*(?:no|nr|number|num|id|#|№)\.?|"
    r"(?:pi|p/i)\s*(?:no|nr|number)\.?|(?:n[ºo°]\.?|número)\s+(?:de\s+)?factura|"
    r"rechnungs?[\s-]*(?:nr|nummer|no|number)\.?|(?:num[ée]ro\s+de\s+|n[°o]\s+(?:de\s+)?)facture|"
    r"facture\s*(?:n[°o]\.?|num[ée]ro|#)|номер\s+сч[её]та|сч[её]т\s*(?:№|N)|document\s+(?:no|nr|number)\.?)(?!\w)",
    re.IGNORECASE,
)
_INVOICE_HEADING = re.compile(
    rf"^(?:\d\. ?)?(?:(?:tax |proforma |pro-forma |commercial )?invoice|(?:schluss|teil|abschlags)?rechnung|"
    rf"facture|factura)"
    rf"\s*#?(?:\s*(?:nr|no|n[°ºo])\.?)?\s+{_NUMBER}"
    rf"(?:\s*(?:vom|dated|du|of|/|,)\s*(?P<date>{DATE}))?$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:сч[её]т|invoice|(?:proforma|commercial|tax)\s+invoice|rechnung|facture)(?:\s+на\s+оплату)?", re.IGNORECASE
)
_WEAK_NUMBER_LABEL = re.compile(r"(?:^|(?<=\t))(?:номер|number|no|№|n°|#)\.?(?=[\s:])", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"(?:основание\W*|ранее\s+выставленн\w+\s+|взамен\w*\s+)сч[её]т\w*\W*(?:№|N)?\W*$", re.IGNORECASE
)
_NUMBER_VALUE = re.compile(rf"{_NUMBER}(?![\w])")
_DATE_LABEL = re.compile(
    r"(?<!\w)(?:дата\s+(?:сч[её]та|выставления|документа|составления)|(?:invoice|document)\s+date|date\s+of\s+(?:issue|invoice)|"
    r"issue\s+date|issued(?:\s+on)?|rechnungsdatum|ausstellungsdatum|"
    r"date\s+(?:de\s+(?:la\s+)?facture|de\s+facturation|d['’]émission)|"
    r"fecha\s+(?:de\s+(?:la\s+)?)?(?:factura|emisión|expedición))(?!\w)(?:\s*/\s*(?:invoice\s+)?date)?",
    re.IGNORECASE,
)
_WEAK_DATE_LABEL = re.compile(
    r"(?:^|(?<=\t)|(?<=\d )(?=date))(?:дата|от|date|datum)(?!\w)(?:\s*/\s*date)?", re.IGNORECASE
)
_DUE_LABEL = re.compile(
    r"(?<!\w)(?:оплати(?:ть|те)(?:\s+(?:настоящий\s+)?сч[её]т)?\s+(?:не\s+позднее|до)|срок\s+(?:оплаты|платежа)(?:\s*:?\s*(?:до|по|не\s+позднее))?|"
    r"оплата\s+(?:не\s+позднее|до)|(?:payment\s+)?due(?:\s+date|\s+on|\s+by)?|pay(?:able|ment)?\s+by|"
    r"zahlbar\s+bis(?:\s+(?:zum|spätestens))?|fällig(?:\s+am|keit|keitsdatum)?|zahlungsziel|bis\s+spätestens|spätestens\s+bis(?:\s+zum)?|"
    r"(?:date\s+d['’])?échéance|(?:payable|[àa]\s+payer|[àa]\s+régler)\s+avant\s+le|"
    r"(?:fecha\s+de\s+)?vencimiento)(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(rf"(?:до\s+|by\s+|bis\s+|zum\s+)?(?P<date>{DATE})", re.IGNORECASE)
_CONTRACT = re.compile(
    rf"(?<![\w–-])(?P<name>договор|контракт|соглашение)\w*(?:\s+[а-яё]+){{0,3}}?\s*(?:№|N)\s*(?P<number>[\w][\w/.\\-]{{0,40}})"
    rf"(?:\s*от\s*(?P<date>{DATE})(?:\s*г\.?)?)?",
    re.IGNORECASE,
)
_PLACED = re.compile(rf"[A-ZÄÖÜ][a-zäöüß]+(?:[ -][A-ZÄÖÜ(a-z][\w.()-]+){{0,2}},\s+(?:den\s+)?(?P<date>(?i:{DATE}))")
_TITLES, _UNDER_TITLE, _HEAD_LINES = 12, 8, 30


def read_invoice_names(lines: Sequence[Line], draft: Draft, today: date) -> None:
    """Find the invoice's number, date and contract."""
    numbers: list[Candidate] = []
    days: list[Candidate] = []
    for number, line in enumerate(lines):
        for match in _HEADING.finditer(line.text):
            if _is_heading(match, line.text):
                numbers.append((_whole_number(lines, number, match), f"page {line.page}"))
                days += _dates(match["date"] or _date_behind(lines, number, match.end()), line, today, draft)
        for cell in line.cells:
            if titled := _INVOICE_HEADING.match(cell.text):
                numbers.append((titled["number"], f"page {line.page}"))
                days += _dates(titled["date"], line, today, draft)
    for value in labelled(lines, _INVOICE_LABEL, _NUMBER_VALUE):
        is_basis = (
            _OF_ANOTHER.search(lines[value.label].text[: value.match.start()]) if value.label == value.line else None
        )
        is_other = re.fullmatch(DATE, value.match["number"], re.IGNORECASE) or _is_account_number(value.match["number"])
        if not is_basis and not is_other:
            numbers.append((_whole_number(lines, value.line, value.match), f"page {lines[value.line].page}"))
    if not numbers:
        for said, value in _weak_numbers(lines):
            line = lines[value.line]
            numbers.append((said, f"page {line.page}"))
            days += _dates(_date_behind(lines, value.line, value.match.end()), line, today, draft)
    settle(draft, "invoice_number", numbers, "several_numbers", str.casefold)
    strong = [*days, *_labelled_dates(lines, _DATE_LABEL, today, draft)]
    weak = [] if strong else [*_labelled_dates(lines, _WEAK_DATE_LABEL, today, draft), *_placed(lines, today, draft)]
    settle(draft, "invoice_date", strong or weak, "several_dates")
    settle(draft, "pay_by", _labelled_dates(lines, _DUE_LABEL, today, draft), "several_due_dates")
    settle(draft, "contract", _contracts(lines), "several_contracts", str.casefold)


def _weak_numbers(lines: Sequence[Line]) -> Iterator[tuple[str, Value]]:
    """Under the bare word "invoice" for a title, what is called the number is the invoice's."""
    titles = [
        number for number, line in enumerate(lines[:_TITLES]) if any(_TITLE.fullmatch(one.text) for one in line.cells)
    ]
    for value in labelled(lines, _WEAK_NUMBER_LABEL, _NUMBER_VALUE):
        is_date = re.fullmatch(DATE, value.match["number"], re.IGNORECASE)
        if titles and 0 <= value.label - titles[0] <= _UNDER_TITLE and not value.below and not is_date:
            yield value.match["number"].rstrip(".-"), value


def _placed(lines: Sequence[Line], today: date, draft: Draft) -> Iterator[Candidate]:
    """The day of a letter: it stands behind its town, alone on the right."""
    for line in lines[:_HEAD_LINES]:
        for cell in line.cells:
            if placed := _PLACED.fullmatch(cell.text):
                yield from _dates(placed["date"], line, today, draft)


def _whole_number(lines: Sequence[Line], number: int, match: re.Match[str]) -> str:
    """A number that a narrow column broke behind a hyphen goes on in the cell below."""
    line, said = lines[number], match["number"]
    cell = line.cells[line.cell_at(match.start("number"))]
    if said[-1] in "-/" and cell.text.endswith(said) and number + 1 < len(lines):
        below = next((one for one in lines[number + 1].cells if one.overlaps(cell)), None)
        if below and (rest := re.match(r"\w{1,20}(?=\s|$)", below.text)):
            return said + rest[0]
    return said.rstrip(".-")


def _is_heading(match: re.Match[str], text: str) -> bool:
    number = match["number"]
    if _is_account_number(number) or re.fullmatch(DATE, number, re.IGNORECASE):
        return False
    if _BEFORE_HEADING.search(text[: match.start()]):
        return False
    return bool(match["sign"] or match["date"])


def _is_account_number(number: str) -> bool:
    return max(len(re.sub(r"\D", "", part)) for part in number.split("/")) >= 15


def _date_behind(lines: Sequence[Line], number: int, end: int) -> str | None:
    rest = re.match(rf"\s*(?:от\s*)?(?P<date>{DATE})", lines[number].text[end:], re.IGNORECASE)
    if rest:
        return rest["date"]
    below = lines[number + 1].text if number + 1 < len(lines) and lines[number + 1].page == lines[number].page else ""
    match = re.match(rf"от\s*(?P<date>{DATE})", below, re.IGNORECASE)
    return match["date"] if match else None


def _dates(text: str | None, line: Line, today: date, draft: Draft) -> list[Candidate]:
    if not text:
        return []
    day = read_date(text, today)
    if isinstance(day, Flaw):
        draft.doubt("date_unclear", text)
        return []
    return [(day.isoformat(), f"page {line.page}")]


def _labelled_dates(lines: Sequence[Line], label: re.Pattern[str], today: date, draft: Draft) -> Iterator[Candidate]:
    for value in labelled(lines, label, _DATE):
        yield from _dates(value.match["date"], lines[value.line], today, draft)


def _contracts(lines: Sequence[Line]) -> Iterator[Candidate]:
    for line in lines:
        for match in _CONTRACT.finditer(line.text.replace("\t", " ")):
            day = f" от {match['date']}" if match["date"] else ""
            yield f"{match['name'].capitalize()} № {match['number'].rstrip('.,')}{day}", f"page {line.page}"
