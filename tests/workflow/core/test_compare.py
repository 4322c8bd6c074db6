"""What the approver is told when the invoice says something else than the form."""

from workflow.core.compare import differences, relevant
from workflow.core.model import Caution, Field

FORM = {
    "account": "40702810604162316352", "inn": "9652407405", "kpp": "770701001", "bic": "049805746",
    "amount": "12000.50", "currency": "RUB", "invoice_number": "118", "invoice_date": "2026-11-20",
    "contractor": "ООО «Ромашка»",
}  # fmt: skip


def _fields(source: str = "pdf", **changes: str) -> dict[str, Field]:
    return {name: Field(value, source) for name, value in (FORM | changes).items()}


def test_an_invoice_that_says_the_same_is_not_mentioned():
    assert differences(_fields(contractor="Общество «Ромашка»", invoice_number="№ 118"), _fields()) == ()


def test_every_difference_is_told_what_sends_money_astray_first():
    other = _fields(
        account="40702810300000010001", inn="9601123451", kpp="960101001", amount="11000.00", invoice_number="119",
        invoice_date="2026-11-21",
    )  # fmt: skip
    assert [one.code for one in differences(other, _fields())] == [
        "invoice_account", "invoice_inn", "invoice_amount", "invoice_kpp", "invoice_invoice_number",
        "invoice_invoice_date",
    ]  # fmt: skip


def test_a_part_of_an_invoice_is_called_a_part():
    assert differences(_fields(amount="24000.00"), _fields()) == (Caution("invoice_part", "24000.00 RUB"),)


def test_a_smaller_amount_in_another_currency_is_no_part():
    found = differences(_fields(amount="24000.00", currency="USD"), _fields())
    assert found == (Caution("invoice_amount", "24000.00 USD"), Caution("invoice_currency", "USD"))


def test_a_scan_is_believed_only_where_check_digits_guard_it():
    misread = _fields("scan", inn="9601123451", kpp="960101001", invoice_number="1l8", invoice_date="2026-11-28")
    assert [one.code for one in differences(misread, _fields())] == ["invoice_inn"]


def test_another_payee_is_told_by_name_where_there_is_no_inn():
    form = {"contractor": Field("Muster GmbH"), "iban": Field("DE89370400440532013000")}
    same = {"contractor": Field("Muster GmbH & Co. KG", "pdf")}
    assert differences(same, form) == ()
    assert differences({"contractor": Field("Other Ltd", "pdf")}, form) == (Caution("invoice_contractor", "Other Ltd"),)


def test_of_several_accounts_in_the_invoice_the_form_names_one():
    several = Caution("doubt_several_accounts", "40702810604162316352, 40702810300000010001")
    assert relevant([several], {}, _fields()) == ()
    assert relevant([several], {}, _fields(account="40702810900000020002")) == (several,)
    assert relevant([several], {}, {}) == (several,)


def test_words_of_debts_matter_only_where_the_amounts_differ():
    debt = Caution("doubt_debt_in_total", "5000.00")
    assert relevant([debt], _fields(), _fields()) == ()
    assert relevant([debt], _fields(amount="17000.50"), _fields()) == (debt,)
