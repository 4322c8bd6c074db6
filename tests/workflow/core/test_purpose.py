"""The purpose that is built when nobody wrote one."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.invoices.vat import read_vat
from helpers.vectors import rows
from helpers.world import RITA, Desk, form
from workflow.core.commands import Amend, Form
from workflow.core.model import Field, Status
from workflow.core.purpose import LONGEST, build_purpose, says_vat, vat_inside, vat_wording


def fields(**values: str) -> dict[str, Field]:
    plain = {"subject": "канцелярия", "amount": "123456.78", "currency": "RUB", "invoice_number": "118",
             "invoice_date": "2026-11-20"}  # fmt: skip
    return {name: Field(value) for name, value in {**plain, **values}.items() if value}


def invoice(source: str = "pdf", **values: str) -> dict[str, Field]:
    return {name: Field(value, source) for name, value in values.items()}


def test_all_parts_are_there() -> None:
    said = invoice(vat_rate="22", vat_amount="22262.70", amount="123456.78", contract="Договор № 5 от 01.02.2026")
    assert build_purpose(fields(), said) == (
        "Оплата по счету № 118 от 20.11.2026 (договор № 5 от 01.02.2026): канцелярия. "
        "В том числе НДС 22% - 22262.70 руб."
    )


def test_without_vat_is_said_so() -> None:
    assert build_purpose(fields(), invoice(vat_rate="none")).endswith("канцелярия. НДС не облагается")


@pytest.mark.parametrize(
    "said", [{}, invoice("scan", vat_rate="22"), invoice(vat_rate="18"), invoice(vat_rate="mixed")],
    ids=["nothing", "a scan", "a rate of former times", "several rates without a sum"],
)  # fmt: skip
def test_vat_that_is_not_known_is_not_made_up(said: dict[str, Field]) -> None:
    purpose = build_purpose(fields(), said)
    assert purpose == "Оплата по счету № 118 от 20.11.2026: канцелярия"
    assert not says_vat(purpose)


def test_a_part_of_the_invoice_holds_its_part_of_the_vat() -> None:
    said = invoice(vat_rate="20", vat_amount="20576.13", amount="123456.78")
    assert vat_wording({"amount": "1220.00"}, said) == "В том числе НДС 20% - 203.33 руб."


def test_several_rates_are_told_by_their_sum_for_the_whole_invoice_only() -> None:
    said = invoice(vat_rate="mixed", vat_amount="2712.37", amount="20000.00")
    assert vat_wording({"amount": "20000.00"}, said) == "В том числе НДС 2712.37 руб."
    assert vat_wording({"amount": "10000.00"}, said) == ""


@pytest.mark.parametrize("row", rows("vat_inside"), ids=str)
def test_vat_inside_an_amount(row: dict[str, str]) -> None:
    assert vat_inside(Decimal(row["amount_with_vat"]), int(row["rate_percent"])) == Decimal(row["vat"])


def test_abroad_only_latin_letters_stand() -> None:
    euros = fields(currency="EUR", iban="DE89370400440532013000", subject="Office chairs")
    assert build_purpose(euros, {}) == "Invoice 118 of 20 Nov 2026, Office chairs"
    assert build_purpose(fields(currency="EUR"), invoice(vat_rate="22")) == "Invoice 118 of 20 Nov 2026"


@given(
    subject=st.text(max_size=600), number=st.text(max_size=60), contract=st.text(min_size=1, max_size=300),
    rate=st.sampled_from(["22", "20", "10", "7", "5", "0", "none", ""]),
)  # fmt: skip
def test_it_fits_banks_whatever_it_is_made_of(subject: str, number: str, contract: str, rate: str) -> None:
    said = invoice(contract=contract) | (invoice(vat_rate=rate) if rate else {})
    values = fields(subject=" ".join(subject.split())[:500], invoice_number=" ".join(number.split()))
    purpose = build_purpose(values, said)
    assert len(purpose) <= LONGEST
    assert re.fullmatch(r"[0-9A-Za-zА-Яа-яЁё№`~!@#$%^&*()_+\-=\[\]{}\\|;:'\",.<>/? ]*", purpose)
    if rate and purpose:
        assert purpose.endswith(vat_wording({"amount": "123456.78", "invoice_date": "2026-11-20"}, said))
        assert read_vat(purpose).kind in ("with_vat", "without_vat")


def test_an_empty_purpose_is_built_and_says_where_it_is_from() -> None:
    desk = Desk().opened(form(purpose=""))
    assert desk.status is Status.AWAITING
    built = desk.request.fields["purpose"]
    assert (built.source, built.value) == ("computed", "Оплата по счету № 12 от 20.11.2026: Аренда офиса за ноябрь")


def test_a_written_purpose_stays_as_it_is() -> None:
    assert Desk().opened().request.fields["purpose"] == Field(form().typed["purpose"])


def test_a_built_purpose_follows_the_amount() -> None:
    first = form(purpose="")
    desk = Desk().opened(Form(first.typed, files=first.files, letter="l", invoice=invoice(vat_rate="22")))
    assert "865.57" in desk.request.value("purpose")
    desk.do(Amend(RITA, Form({"amount": "1 220,00"}, letter="l2")))
    assert "220.00" in desk.request.value("purpose")


def test_without_subject_and_invoice_it_is_asked_for() -> None:
    desk = Desk().opened(form(purpose="", subject="", invoice=""))
    assert {"subject", "purpose"} <= {problem.field for problem in desk.request.problems} | {"purpose"}
    assert desk.status is Status.DRAFT
