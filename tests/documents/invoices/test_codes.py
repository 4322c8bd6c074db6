from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from documents.invoices.code_types import FAULTS, Code, CodeFault
from documents.invoices.codes import parse_code, read_codes
from documents.invoices.references import qr_reference_ok, rf_reference_ok
from helpers.invoice_pages import OUR_INN, PETROV, ROMASHKA, TODAY, other, st00012
from helpers.vectors import VECTORS, rows


def _vectors(name: str) -> list[Any]:
    cases = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


def _payload(case: dict[str, Any]) -> bytes:
    return base64.b64decode(case["bytes_base64"]) if "bytes_base64" in case else case["text"].encode()


@pytest.mark.parametrize("case", [*_vectors("st00012"), *_vectors("epc069"), *_vectors("swiss_spc")])
def test_every_vector_is_read_or_refused_with_a_named_fault(case: dict[str, Any]) -> None:
    code = parse_code(_payload(case))
    assert isinstance(code, Code) == case["valid"], code
    if isinstance(code, CodeFault):
        assert code.reason in FAULTS


@pytest.mark.parametrize(
    "case", [one for one in [*_vectors("st00012"), *_vectors("swiss_spc")] if one.values[0]["valid"]]
)
def test_the_elements_are_those_of_the_vector(case: dict[str, Any]) -> None:
    code = parse_code(_payload(case))
    assert isinstance(code, Code)
    assert dict(code.raw) == case["fields"]
    assert code.fields.get("amount") == case.get("amount", case["fields"].get("Amount"))
    assert code.warnings == tuple(
        f"key_{word.split()[-1 if word == 'key case' else 0]}" for word in case.get("warnings", ())
    )


@pytest.mark.parametrize("case", [one for one in _vectors("epc069") if one.values[0]["valid"]])
def test_the_fields_of_a_transfer_code(case: dict[str, Any]) -> None:
    code = parse_code(_payload(case))
    assert isinstance(code, Code)
    wanted = case["fields"]
    assert code.fields["contractor"] == wanted["name"]
    assert code.fields["iban"] == wanted["iban"]
    assert code.fields.get("swift") == wanted["bic"]
    assert code.fields.get("amount") == wanted["amount"]
    assert code.fields["currency"] == wanted["currency"]
    assert code.fields.get("purpose") == (wanted["text"] or wanted["reference"])


@pytest.mark.parametrize("row", rows("rf_reference"))
def test_rf_references(row: dict[str, str]) -> None:
    assert rf_reference_ok(row["reference"]) == (row["valid"] == "1")


@pytest.mark.parametrize("row", rows("qr_reference_ch"))
def test_swiss_references(row: dict[str, str]) -> None:
    assert qr_reference_ok(row["reference"]) == (row["valid"] == "1")


def test_the_sum_is_in_kopecks() -> None:
    code = parse_code(st00012(kopecks=100).encode())
    assert isinstance(code, Code)
    assert code.fields["amount"] == "1.00"


def test_a_code_that_lies_about_its_encoding_is_not_used() -> None:
    assert parse_code(st00012(header="ST00011").encode("utf-8")) == CodeFault("not_decodable", "cp1251")
    assert parse_code(st00012().encode("cp1251")) == CodeFault("not_decodable", "utf-8")


def test_a_key_that_stands_twice_with_two_values_is_a_fault() -> None:
    code = parse_code((st00012() + f"|BIC={PETROV.bic}").encode())
    assert code == CodeFault("repeated", "BIC")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"https://example.test", b"00020101021126", b"WIFI:S:x;;", b"\xff" * 40]
)
def test_other_codes_are_no_payment_codes(content: bytes) -> None:
    assert parse_code(content) is None


def test_purpose_gives_vat_number_and_date() -> None:
    purpose = "Оплата по счету № 118 от 20.11.2026. В том числе НДС 22% - 22262.70 руб."
    read = read_codes([(st00012(purpose=purpose).encode(), "page 1")], OUR_INN, TODAY)
    values = {one.field: one for one in read.found}
    assert (values["vat_rate"].value, values["vat_amount"].value) == ("22", "22262.70")
    assert values["vat_amount"].proven
    assert (values["invoice_number"].value, values["invoice_date"].value) == ("118", "2026-11-20")
    assert values["invoice_number"].source == "computed"


def test_codes_that_differ_in_the_account_give_no_bank_details() -> None:
    symbols = [(st00012().encode(), "page 1"), (st00012(PETROV).encode(), "page 2")]
    read = read_codes(symbols, OUR_INN, TODAY)
    assert {one.field for one in read.found} & {"account", "bic", "corr_account", "inn", "contractor"} == set()
    assert read.doubts[0][0] == "codes_differ"


def test_our_own_inn_in_a_code_is_not_the_payee() -> None:
    read = read_codes([(st00012(other(ROMASHKA, inn=OUR_INN)).encode(), "page 1")], OUR_INN, TODAY)
    assert read.found == []
    assert read.doubts == [("own_inn_as_payee", "page 1")]


def test_a_code_for_another_payer_is_told() -> None:
    read = read_codes([((st00012() + f"|PayerINN={PETROV.inn}").encode(), "page 1")], OUR_INN, TODAY)
    assert ("buyer_other", PETROV.inn) in read.doubts
