from __future__ import annotations

from documents.invoices.combine import combine
from documents.invoices.model import Found, InvoiceReading, Source
from helpers.invoice_pages import PETROV, ROMASHKA


def _reading(source: Source, **values: str) -> InvoiceReading:
    return InvoiceReading(tuple(Found(field, value, source, source) for field, value in values.items()))


def test_code_beats_e_invoice_beats_text_beats_scan() -> None:
    read = combine([
        _reading("scan", amount="4.00", kpp="960101001"), _reading("pdf", amount="3.00", pay_by="2026-12-01"),
        _reading("e-invoice", amount="2.00", invoice_number="7"), _reading("qr", amount="1.00"),
    ])  # fmt: skip
    assert {field: one.source for field, one in read.values.items()} == {
        "amount": "qr", "invoice_number": "e-invoice", "pay_by": "pdf", "kpp": "scan",
    }  # fmt: skip
    assert [one.value for one in read.disagreements[0].others] == ["2.00", "3.00", "4.00"]


def test_spellings_of_one_name_or_amount_do_not_disagree() -> None:
    read = combine([
        _reading("qr", contractor='ООО "Ромашка"', amount="5.00"),
        _reading("pdf", contractor="Общество с ограниченной ответственностью «Ромашка»", amount="5.0"),
    ])  # fmt: skip
    assert read.disagreements == ()


def test_bank_details_are_not_put_together_from_two_sources() -> None:
    read = combine([
        _reading("qr", account=ROMASHKA.account, bic=ROMASHKA.bic),
        _reading("pdf", account=PETROV.account, bic=PETROV.bic, corr_account=PETROV.corr, bank_name=PETROV.bank),
    ])  # fmt: skip
    assert read.values["account"].value == ROMASHKA.account
    assert "corr_account" not in read.values
    assert "bank_name" not in read.values
    assert {one.field for one in read.disagreements} == {"account", "bic"}


def test_a_kpp_comes_with_its_inn() -> None:
    read = combine([_reading("qr", inn=ROMASHKA.inn), _reading("pdf", inn="7707083893", kpp="770701001")])
    assert "kpp" not in read.values


def test_two_files_that_differ_give_no_value() -> None:
    read = combine([_reading("pdf", amount="1.00"), _reading("pdf", amount="2.00")])
    assert "amount" not in read.values
    assert read.doubts[0][0] == "several_invoices"


def test_what_was_not_opened_is_told() -> None:
    assert combine([InvoiceReading(not_opened="winmail")]).not_opened == ("winmail",)
