"""Names, the invoice's number and dates, its contract and purpose in a text: found by their labels only."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from documents.invoices.layout import Line, labelled
from documents.invoices.numbers import DATE, read_date
from documents.invoices.pick import Candidate, Draft, settle
from documents.invoices.roles import BANK_LABEL, LABEL, SELLER_LABEL, role_of
from values.flaw import Flaw
from values.names import fold_name, has_cyrillic
from values.text import one_line, shorten

_REST = re.compile(r"(?P<value>[^\t]+)")
_NUMBER = r"(?P<number>(?=[^\s,;]*\d)[\w][\w/.\\-]{0,39}(?: ?/ ?[\w-]{1,10})?)"
_HEADING = re.compile(
    r"(?<![\w/.-])(?:сч[её]т(?:\s*[-–]\s*(?:договор|оферта|фактура|протокол)|\s*\(?(?:договор|оферта|инвойс)\)?|\s*/\s*invoice)?)(?!\w)\s*"
    r"(?:на\s+(?:предварительную\s+)?(?:оплату|предоплату)\s*)?(?:покупателю\s*)?(?P<sign>№|N[o°º]?\.?(?=\s)|#)?\s*"
    rf"{_NUMBER}(?:\s+на\s+(?:пред)?оплату)?(?:\s*(?:от|dated|of)\s*(?P<date>{DATE}))?",
    re.IGNORECASE,
)
_BEFORE_HEADING = re.compile(
    r"(?:расч[её]тный|корр\w*\.?|лицевой|банковский|предыдущ\w*|прошл\w*|р/|к/|по|за|на)\s*$", re.IGNORECASE
)
_INVOICE_LABEL = re.compile(
    r"(?<!\w)(?:(?:tax\s+|proforma\s+|pro-forma\s+|commercial\s+)?invoice\s*(?:no|nr|number|num|id|#|№)\.?|"
    r"rechnungs?[\s-]*(?:nr|nummer|no|number)\.?|(?:num[ée]ro\s+de\s+|n[°o]\s+(?:de\s+)?)facture|"
    r"facture\s*(?:n[°o]\.?|num[ée]ro|#)|номер\s+сч[её]та|сч[её]т\s*(?:№|N))(?!\w)",
    re.IGNORECASE,
)
_INVOICE_HEADING = re.compile(
    rf"^(?:(?:tax |proforma |pro-forma |commercial )?invoice|rechnung)\s*#?\s+{_NUMBER}$", re.IGNORECASE
)
_NUMBER_VALUE = re.compile(rf"{_NUMBER}(?![\w])")
_DATE_LABEL = re.compile(
    r"(?<!\w)(?:дата\s+(?:сч[её]та|выставления|документа|составления)|invoice\s+date|date\s+of\s+(?:issue|invoice)|"
    r"issue\s+date|issued(?:\s+on)?|rechnungsdatum|ausstellungsdatum|"
    r"date\s+(?:de\s+(?:la\s+)?facture|de\s+facturation|d['’]émission))(?!\w)(?:\s*/\s*(?:invoice\s+)?date)?",
    re.IGNORECASE,
)
_WEAK_DATE_LABEL = re.compile(r"(?:^|(?<=\t))(?:дата|от|date|datum)(?!\w)(?:\s*/\s*date)?", re.IGNORECASE)
_DUE_LABEL = re.compile(
    r"(?<!\w)(?:оплатить\s+(?:не\s+позднее|до)|срок\s+(?:оплаты|платежа)(?:\s*:?\s*(?:до|по|не\s+позднее))?|"
    r"оплата\s+(?:не\s+позднее|до)|(?:payment\s+)?due(?:\s+date|\s+on|\s+by)?|pay(?:able|ment)?\s+by|"
    r"zahlbar\s+bis(?:\s+(?:zum|spätestens))?|fällig(?:\s+am|keit|keitsdatum)?|zahlungsziel|bis\s+spätestens|spätestens\s+bis(?:\s+zum)?|"
    r"(?:date\s+d['’])?échéance|(?:payable|[àa]\s+payer|[àa]\s+régler)\s+avant\s+le)(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(rf"(?:до\s+|by\s+|bis\s+|zum\s+)?(?P<date>{DATE})", re.IGNORECASE)
_CONTRACT = re.compile(
    rf"(?<![\w–-])(?P<name>договор|контракт|соглашение)\w*(?:\s+[а-яё]+){{0,3}}?\s*(?:№|N)\s*(?P<number>[\w][\w/.\\-]{{0,40}})"
    rf"(?:\s*от\s*(?P<date>{DATE})(?:\s*г\.?)?)?",
    re.IGNORECASE,
)
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
    r"(?<!\w)(?:ооо|ао|пао|зао|оао|ип|нко|ано|общество|индивидуальный|акционерное|фгуп|муп|гбу|фгбу)(?!\w)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\W*(?:credit\s+(?:note|memo)|gutschrift|storno|rechnungskorrektur|(?:facture\s+d['’])?avoir(?!\w)|кредит[\s-]нота|корректировочн\w+\s+сч|"
    r"уведомление\s+о\s+возврате)",
    re.IGNORECASE,
)
_OTHER_PAPER = re.compile(
    r"\W*(?:коммерческое\s+предложение|акт(?!\w)|договор(?!\w)|накладная|товарная\s+накладная|квитанция|чек(?!\w)|"
    r"плат[её]жное\s+поручение|заказ(?!\w)|смета|претензия|quotation|quote(?!\w)|offer(?!\w)|estimate(?!\w)|delivery\s+note|"
    r"statement|receipt|order\s+confirmation|purchase\s+order|reminder|angebot|lieferschein|auftragsbestätigung|mahnung|"
    r"zahlungserinnerung|quittung|kontoauszug|devis(?!\w)|bon\s+de\s+(?:commande|livraison))",
    re.IGNORECASE,
)
# What stands beside a label in a row of labels, whose values stand below; and remarks behind a name.
_HEADING_OF_A_NAME = re.compile(
    rf"(?:{LABEL.pattern})|(?:инн|кпп|бик|огрн|адрес|р/с|к/с|сч[её]т(?:\s+получателя)?|дата|сумма|vat|iban|bic)\W*$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*\((?:[а-я]{4,20}|\d{1,2}[а-яa-z]?)\)$")
_HEAD_LINES, _TITLE_LENGTH = 25, 60
_PURPOSE_LENGTH = 210


def read_names(lines: Sequence[Line], draft: Draft, own_name: str = "") -> None:
    """Find the payee's and his bank's name."""
    from_scan = draft.source == "scan"
    names = [*_names(lines, SELLER_LABEL, from_scan), *(() if from_scan else _box_name(lines))]
    settle(draft, "contractor", _longest_first(names), "several_names", fold_name)
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
    for beside in lines[line].cells[cell + 1 : cell + 4]:
        # A paragraph stretched to both margins comes apart into cells between its words.
        if not _goes_on(name) or _HEADING_OF_A_NAME.match(beside.text):
            break
        name = f"{name} {_NAME_ENDS.split(beside.text)[0]}".strip(" ,;:-–—")
    is_broken = _ONLY_FORM.fullmatch(name) or (not ends and name.count('"') % 2) or name.count("«") > name.count("»")
    if is_broken and line + 1 < len(lines):
        below = next((one for one in lines[line + 1].cells if one.overlaps(lines[line].cells[cell])), None)
        more = _NAME_ENDS.split(below.text)[0] if below else ""
        name = f"{name} {more}".strip(" ,;:-–—")
    is_name = re.search(r"[^\W\d_]{2}", name) and not _LABEL_LIKE.match(name) and not _NO_NAME.search(name)
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
                    name = _NAME_ENDS.split(above.text)[0].strip(" ,;:")
                    if not _NO_NAME.search(name):
                        yield name, f"page {line.page}"


def _goes_on(name: str) -> bool:
    """Say whether a name is plainly not at its end."""
    has_open_quote = bool(name.count('"') % 2) or name.count("«") > name.count("»")
    return has_open_quote or bool(_ONLY_FORM.fullmatch(name) or _HALF_A_PERSON.fullmatch(name))


def _longest_first(names: Sequence[Candidate]) -> list[Candidate]:
    return sorted(((name, place) for name, place in names if name), key=lambda one: -len(one[0]))


def read_invoice_names(lines: Sequence[Line], draft: Draft, today: date) -> None:
    """Find the invoice's number, date and contract."""
    numbers: list[Candidate] = []
    days: list[Candidate] = []
    for number, line in enumerate(lines):
        for match in _HEADING.finditer(line.text):
            if _is_heading(match, line.text):
                numbers.append((match["number"].rstrip(".-"), f"page {line.page}"))
                days += _dates(match["date"] or _date_behind(lines, number, match.end()), line, today, draft)
        for cell in line.cells:
            if titled := _INVOICE_HEADING.match(cell.text):
                numbers.append((titled["number"], f"page {line.page}"))
    for value in labelled(lines, _INVOICE_LABEL, _NUMBER_VALUE):
        if not re.fullmatch(DATE, value.match["number"], re.IGNORECASE) and not _is_account_number(
            value.match["number"]
        ):
            numbers.append((value.match["number"].rstrip(".-"), f"page {lines[value.line].page}"))
    settle(draft, "invoice_number", numbers, "several_numbers", str.casefold)
    strong = [*days, *_labelled_dates(lines, _DATE_LABEL, today, draft)]
    weak = [] if strong else list(_labelled_dates(lines, _WEAK_DATE_LABEL, today, draft))
    settle(draft, "invoice_date", strong or weak, "several_dates")
    settle(draft, "pay_by", _labelled_dates(lines, _DUE_LABEL, today, draft), "several_due_dates")
    settle(draft, "contract", _contracts(lines), "several_contracts", str.casefold)


def _is_heading(match: re.Match[str], text: str) -> bool:
    number = match["number"]
    if _is_account_number(number) or re.fullmatch(DATE, number, re.IGNORECASE):
        return False
    if _BEFORE_HEADING.search(text[: match.start()]):
        return False
    return bool(match["sign"] or match["date"])


def _is_account_number(number: str) -> bool:
    return len(re.sub(r"\D", "", number)) >= 15


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


def read_nature(lines: Sequence[Line], draft: Draft) -> bool:
    """Say whether there may be something to pay by this document; doubt what calls itself something else."""
    titles = [cell.text for line in lines[:_HEAD_LINES] for cell in line.cells if len(cell.text) <= _TITLE_LENGTH]
    credit = next((title for title in titles if _CREDIT.match(title)), None)
    if credit:
        draft.doubt("credit_note", credit)
        return False
    stranger = next((title for title in titles if _OTHER_PAPER.match(title)), None)
    if stranger and draft.get("invoice_number") is None:
        draft.doubt("not_an_invoice", stranger)
    return True


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
