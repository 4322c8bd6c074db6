"""One form out of three voices: the lines he filled, what he said in his own words, and what his files say.

Filled lines beat words, words beat files. Where his words are not clear, files do not fill the line in for him.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from values.flaw import Flaw
from values.money import amount_currency, is_rounded, parse_amount
from values.names import fold_name
from workflow.core.commands import Form
from workflow.core.model import Caution, Field
from workflow.intake.prose import Prose

INVOICE = frozenset({"invoice", "invoice_number", "invoice_date"})


def with_words(form: Form, prose: Prose) -> Form:
    """The form with what was said in running text, for lines that were not filled."""
    own = form.typed.keys() | (INVOICE if INVOICE & form.typed.keys() else frozenset())
    if "amount" in form.typed:
        own = own | {"currency"}
    said = {name: text for name, text in prose.typed.items() if name not in own}
    rivals = {name: texts for name, texts in prose.rivals.items() if name in said}
    suggested = {name: value for name, value in prose.suggested.items() if name not in own}
    return replace(
        form, typed={**said, **form.typed}, rivals={**rivals, **form.rivals}, suggested={**form.suggested, **suggested},
        cautions=(*form.cautions, *_why_it_waits(prose)), like=prose.like,
        mentioned=prose.mentioned,
    )  # fmt: skip


def with_files(form: Form, prose: Prose, found: Mapping[str, Field], suggested: Mapping[str, Field]) -> Form:
    """The form with what its files say, as far as his own words leave it open."""
    typed, rivals = dict(form.typed), dict(form.rivals)
    left = {name: value for name, value in found.items() if name not in prose.unclear}
    proposed = {name: value for name, value in suggested.items() if name not in prose.unclear}
    # a forwarded letter's own lines say nothing beside its invoice
    said = {name: value for name, value in form.suggested.items() if name in prose.suggested or name not in left}
    if "amount" in typed and "currency" not in typed and not amount_currency(typed["amount"]):
        _bare_amount(typed, left, proposed)
    if "amount" in typed and "amount" in left and is_rounded(typed["amount"]):
        rivals |= _rounded_line(typed, left)
    if "amount" in said and "amount" in left:
        _rounded_amount(said, left, proposed)
    if "pay_by" in said:
        left.pop("pay_by", None)
    for name in ("contractor", "subject"):
        if name in said and name in left:
            del said[name]
    said_invoice, number = prose.typed.get("invoice"), left.get("invoice_number")
    same = bool(said_invoice and number and fold_name(number.value) in fold_name(said_invoice))
    if same and typed.get("invoice") == said_invoice:
        del typed["invoice"]  # the file says the same, and more of it
    return replace(form, typed=typed, rivals=rivals, found=left, suggested={**proposed, **said})


def _bare_amount(typed: dict[str, str], left: dict[str, Field], proposed: dict[str, Field]) -> None:
    """A number without currency: the invoice's own amount when it is the same, else its currency is only proposed."""
    amount = parse_amount(typed["amount"])
    known = left.get("amount")
    if known is not None and not isinstance(amount, Flaw) and Decimal(known.value) == amount:
        del typed["amount"]
    elif "currency" in left:
        proposed["currency"] = left["currency"]


def _rounded_line(typed: dict[str, str], left: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """"Сумма: 12 тыс." beside an invoice of 11 870: the invoice counts; beside another sum somebody must say which."""
    about, exact = parse_amount(typed["amount"]), Decimal(left["amount"].value)
    if isinstance(about, Flaw) or abs(exact - about) * 20 > about:
        return {"amount": (typed["amount"], left["amount"].value)}
    del typed["amount"]
    return {}


def _rounded_amount(said: dict[str, Field], left: dict[str, Field], proposed: dict[str, Field]) -> None:
    """"12 т.р." beside an invoice of 11 870: the invoice counts; beside one of 120 000 somebody must say which."""
    about, exact = Decimal(said.pop("amount").value), left["amount"]
    said.pop("currency", None)
    if abs(Decimal(exact.value) - about) * 20 > about:
        proposed["amount"] = left.pop("amount")
        if "currency" in left:
            proposed["currency"] = left.pop("currency")


def _why_it_waits(prose: Prose) -> tuple[Caution, ...]:
    return (Caution(f"kept_{prose.keeps[0]}", prose.keeps[1]),) if prose.keeps else ()
