"""A yes beside another invoice or a later day than those of the request: it may be meant for another payment."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from values.dates import MONTHS, parse_date
from workflow.core.model import Request
from workflow.front import MAX_TEXT
from workflow.intake.answer import Answer
from workflow.keywords import Action, Decision

_NAMED = re.compile(
    r"(?<!\w)(?P<what>сч[её]т(?:у|а|ом|е)?|сч\.|инвойс\w*|invoice|inv\.|заявк\w+|request)"
    r"(?:[ -]фактур\w*| на оплату)?\s*"
    r"(?:№|n[o°º]?\.?(?=\s*\d)|#|номер|number)?\s*(?P<number>(?=[\w/.-]*\d)[\w/.-]*\w)(?![\w/-])"
    r"(?!\s*(?:\d{3}(?!\d)|руб|р\.|₽|\$|€|eur|usd|rub|тыс|%|,\d))",
    re.IGNORECASE,
)
_PAYS = re.compile(
    r"опла[тч]|заплат|плат[её]ж|плати|перечисл|перев[ео][дс]|провед|провест|произв|\bpay|\bwire|\btransfer",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"(?<![\w.])(?P<of>(?:от|of|dated|за|for)\s+)?(?P<day>\d{{1,2}}\.\d{{1,2}}(?:\.(?:\d{{4}}|\d{{2}}))?(?![\w.]*\d)|"
    rf"\d{{1,2}}\s+(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?!\w)(?:\s+\d{{4}})?)",
    re.IGNORECASE,
)  # fmt: skip


def unless_of_another(answer: Answer, said: Decision) -> Decision:
    """The decision, or a doubt where a yes names what the request is not about."""
    if said.action is not Action.APPROVE:
        return said
    text = (said.comment or answer.letter.new_text)[:MAX_TEXT]
    if named := _other_number(text, answer.request):
        return _doubted(said, "another", f"it names {named}")
    if later := _later_day(text, answer.request, answer.listener.today):
        return _doubted(said, "later_day", f"it names {later}, after the day to pay by")
    return said


def _doubted(said: Decision, doubt: str, why: str) -> Decision:
    return replace(said, action=None, doubt=doubt, why=(*said.why, why), seen=(Action.APPROVE,))


def _other_number(text: str, request: Request) -> str:
    """A number of an invoice or a request that is not this one's; empty where there is none to compare with."""
    for found in _NAMED.finditer(text):
        is_request = found["what"].casefold().startswith(("заявк", "request"))
        own = request.reference if is_request else f"{request.value('invoice_number')} {request.value('account')}"
        groups = _groups(own)
        if groups and not _groups(found["number"]) <= groups:
            return found[0]
    return ""


def _groups(number: str) -> set[str]:
    """The runs of digits without leading zeros: “УТ-00318” is often called “318”."""
    return {run.lstrip("0") for run in re.findall(r"\d+", number)}


def _later_day(text: str, request: Request, today: date) -> str:
    pay_by = parse_date(request.value("pay_by"), today)
    last = max(pay_by, today) if isinstance(pay_by, date) else date.max
    for line in re.split(r"[\n!;]|\.\s", text):
        if not _PAYS.search(line):
            continue
        for found in _DAY.finditer(line):
            day = parse_date(found["day"], today)
            if not found["of"] and isinstance(day, date) and day > last:
                return found["day"]
    return ""
