"""Values that were read but are not sure: shown, confirmed by a word, never taken by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpers.world import ADAM, FORM, INVOICE, RITA, Desk, kinds, reason
from workflow.core.commands import Amend, AskRef, Form
from workflow.core.events import Filled, from_json, to_json
from workflow.core.model import AskKind, Field, Status

SCANNED = {
    "account": Field(FORM["account"], "scan"), "bic": Field(FORM["bic"], "scan"), "amount": Field("4800.00", "scan"),
}  # fmt: skip


def unsure(**more: str) -> Desk:
    """A draft whose account, BIC and amount were only read from a scan."""
    typed = {name: text for name, text in {**FORM, **more}.items() if name not in SCANNED and text}
    return Desk().opened(Form(typed, files=(INVOICE,), letter="letter-1", suggested=SCANNED))


def ask(desk: Desk, **changes: object) -> AskRef:
    """What her answer to the question she got carries."""
    own = next(one for one in desk.request.open_asks(AskKind.COMPLETE))
    return replace(AskRef(RITA, own.version, 0, "", AskKind.COMPLETE.value, own.at), **changes)  # type: ignore[arg-type]


def accept(desk: Desk, which: AskRef | None = None, **typed: str) -> str:
    return reason(desk.do(Amend(RITA, Form(typed, letter="letter-2"), accepts=which or ask(desk))))


def test_a_suggestion_never_counts_by_itself() -> None:
    desk = unsure()
    assert desk.status is Status.DRAFT
    assert not SCANNED.keys() & desk.request.fields.keys()
    assert desk.request.suggested == SCANNED


def test_a_confirmed_suggestion_counts_and_keeps_its_source() -> None:
    desk = unsure()
    assert accept(desk) == ""
    assert desk.status is Status.AWAITING
    assert desk.request.fields["account"] == Field(FORM["account"], "scan")
    assert desk.request.suggested == {}


def test_a_line_typed_with_the_yes_beats_the_suggestion() -> None:
    desk = unsure()
    assert accept(desk, amount="5 000,00") == ""
    assert desk.request.fields["amount"] == Field("5000.00", "typed")
    assert desk.request.fields["account"].source == "scan"


def test_an_account_typed_with_the_yes_takes_no_bic_from_the_scan() -> None:
    desk = unsure()
    accept(desk, account="40702810114607617721")
    assert "bic" not in desk.request.fields
    assert desk.request.value("account") == "40702810114607617721"


@pytest.mark.parametrize(
    "changes", [{"at": None}, {"person": ADAM}, {"kind": AskKind.APPROVE.value}, {"version": 7}], ids=str
)  # fmt: skip
def test_a_yes_to_anything_else_takes_nothing(changes: dict[str, object]) -> None:
    desk = unsure()
    assert accept(desk, ask(desk, **changes)) == "suggestions_changed"
    assert desk.status is Status.DRAFT
    assert desk.request.suggested == SCANNED


def test_a_yes_to_an_older_question_is_asked_back() -> None:
    desk = unsure()
    older = ask(desk)
    desk.pass_time(timedelta(hours=1))
    desk.do(Amend(RITA, Form(letter="letter-2", suggested={"amount": Field("4900.00", "scan")})))
    assert accept(desk, older) == "suggestions_changed"
    assert accept(desk) == ""
    assert desk.request.value("amount") == "4900.00"


def test_the_same_suggestions_asked_again_are_confirmed_by_either_answer() -> None:
    desk = unsure(subject="")
    older = ask(desk)
    desk.pass_time(timedelta(hours=1))
    desk.amend(purpose="Аренда")
    assert accept(desk, older) == ""
    assert desk.request.value("amount") == "4800.00"
    assert desk.status is Status.DRAFT, "the subject is still missing"


def test_another_invoice_puts_other_bank_details_before_her() -> None:
    desk = unsure()
    other = replace(INVOICE, sha256="c" * 64, name="other.pdf")
    desk.do(Amend(RITA, Form(files=(other,), letter="letter-2", suggested={
        "account": Field("40702810114607617721", "scan"),
    })))  # fmt: skip
    assert desk.request.suggested["account"].value == "40702810114607617721"
    assert "bic" not in desk.request.suggested, "details of two invoices are never put together"


def test_a_yes_without_suggestions_says_nothing_new() -> None:
    desk = Desk().opened(Form({"subject": "Аренда"}, letter="letter-1"))
    assert accept(desk) == "nothing_new"


def test_words_that_were_confirmed_are_typed() -> None:
    typed = {name: text for name, text in FORM.items() if name not in ("amount", "currency")}
    said = {"amount": Field("12000.00", "typed"), "currency": Field("RUB", "typed")}
    desk = Desk().opened(Form(typed, files=(INVOICE,), letter="letter-1", suggested=said))
    assert accept(desk) == ""
    assert desk.request.fields["amount"] == Field("12000.00", "typed")


def test_events_of_former_times_are_read() -> None:
    event = Desk().opened().history[1][0]
    assert isinstance(event, Filled)
    payload = to_json(event).replace('"suggested":{},', "").replace(',"suggested":{}', "").replace('"model":"",', "")
    again = from_json("Filled", payload)
    assert isinstance(again, Filled)
    assert (again.suggested, again.model) == ({}, "")


def test_a_correction_of_what_is_before_approvers_suggests_nothing() -> None:
    desk = unsure()
    accept(desk)
    outcome = desk.do(Amend(RITA, Form({"amount": "4 900,00"}, letter="letter-3")))
    assert kinds(outcome)[:2] == ["Filled", "Submitted"]
    assert desk.request.suggested == {}
