"""A request like an earlier one: "as last time", "same as PAY-2026-00042". The model fills what nobody typed or found.

A model was approved, and it is the requester's own or one to the same contractor. Its bank details come as one or not
at all; sum and last day are never its own; words that change from payment to payment (a month, a number) are only
suggested. Where several contractors could be meant, that is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from values.bank_details import split_bank_details
from values.money import amount_currency
from values.names import loose_name
from values.requisites import parse_inn
from values.text import one_line, shorten
from workflow.core.card import MONEY_GOES_TO
from workflow.core.filling import CARD
from workflow.core.ledger import Ledger
from workflow.core.model import Caution, Field, Person, Problem, Reference, Request, Status
from workflow.core.usual import purpose_from, usual_purpose

LAST = "last"
"""Like the last one, whichever that is."""
BANK = ("account", "bic", "corr_account", "iban", "swift")
NAMED_AT_MOST = 5
_CHANGES = re.compile(
    r"\d|\b(?:январ|феврал|март|апрел|ма[йяе]\b|июн|июл|август|сентябр|октябр|ноябр|декабр|квартал|недел|"
    r"jan|feb|mar(?:ch)?\b|apr|may\b|jun|jul|aug|sep|oct|nov|dec|quarter|week)", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """The model that was found, what it gives, what it only suggests, and what must be asked or told."""

    model: Reference = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    suggested: Mapping[str, Field] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Caution, ...] = ()


def likeness(
    like: Reference, by: Person, texts: Mapping[str, str], rivals: Mapping[str, object], ledger: Ledger
) -> Likeness:
    """What an earlier request gives to a form whose typed and found lines are `texts`."""
    if not like:
        return Likeness()
    name, inn = _who(texts)
    found = _named(like, by, name, inn, ledger) if like != LAST else _last(by, name, inn, ledger)
    if isinstance(found, Likeness):
        return found
    return _taken(found, texts, rivals)


def _who(texts: Mapping[str, str]) -> tuple[str, str]:
    block = split_bank_details(texts.get("bank_details", ""))
    inn = parse_inn(texts.get("inn") or block.get("inn", "") or "-")
    return one_line(texts.get("contractor", "")), inn if isinstance(inn, str) else ""


def _named(like: Reference, by: Person, name: str, inn: str, ledger: Ledger) -> Request | Likeness:
    model = ledger.request(like)
    if model is None or not _was_approved(model) or not (model.requester == by or _is_his(model, name, inn)):
        return Likeness(warnings=(Caution("model_unknown", like),))
    if (name or inn) and not _is_his(model, name, inn):
        return Likeness(warnings=(Caution("model_of_another", f"{like}, {model.value('contractor')}"),))
    return model


def _last(by: Person, name: str, inn: str, ledger: Ledger) -> Request | Likeness:
    """His own last one to this contractor, else anybody's; with nobody named the only contractor he has."""
    if name or inn:
        model = ledger.last_approved(inn=inn, name=name, requester=by) or ledger.last_approved(inn=inn, name=name)
        return model or Likeness(warnings=(Caution("model_none", name or inn),))
    mine = [request for request in ledger.marked("approved", mine_mark(by)) if _was_approved(request)]
    newest: dict[str, Request] = {}
    for request in mine:
        newest.setdefault(request.value("inn") or loose_name(request.value("contractor")), request)
    if len(newest) == 1:
        return next(iter(newest.values()))
    if not newest:
        return Likeness(warnings=(Caution("model_none", ""),))
    names = " / ".join(_told(request) for request in list(newest.values())[:NAMED_AT_MOST])
    return Likeness(problems=(Problem("contractor", "ambiguous", "several_models", "", names),))


def mine_mark(requester: Person) -> str:
    """By what a requester's own approved requests are found."""
    return f"by:{requester}"


def _was_approved(request: Request) -> bool:
    return request.status in (Status.APPROVED, Status.PAID)


def _is_his(model: Request, name: str, inn: str) -> bool:
    """Is the model to the contractor that is named here?"""
    if inn and model.value("inn"):
        return model.value("inn") == inn
    return bool(name) and loose_name(model.value("contractor")) == loose_name(name)


def _told(request: Request) -> str:
    return f"{shorten(request.value('contractor'), 60)} ({request.reference})"


def _taken(model: Request, texts: Mapping[str, str], rivals: Mapping[str, object]) -> Likeness:
    block = split_bank_details(texts.get("bank_details", ""))
    given = {name for name, text in texts.items() if text.strip()} | block.keys() | rivals.keys()
    names = ["contractor", "inn", "kpp", "contractor_email", "subject"]
    if not amount_currency(texts.get("amount", "") or "-"):
        names.append("currency")
    values = {name: model.value(name) for name in names}
    if not (given & MONEY_GOES_TO or "bank_details" in given):
        values |= {name: model.value(name) for name in BANK}
        if not (values["account"] or values["iban"]):
            values["bank_details"] = model.value("bank_details")
    pattern = usual_purpose({name: one.value for name, one in model.fields.items()})
    values["purpose"] = purpose_from(pattern, texts) if pattern and model.fields["purpose"].source != "computed" else ""
    left = {name: value for name, value in values.items() if value and name not in given}
    suggested = {name: left.pop(name) for name in ("subject",) if name in left and _CHANGES.search(left[name])}
    if "amount" not in given and model.value("amount"):
        suggested["amount"] = model.value("amount")
    return Likeness(
        model.reference, {name: Field(value, CARD) for name, value in left.items()},
        {name: Field(value, CARD) for name, value in suggested.items()},
    )  # fmt: skip
