"""Honest layouts are read exactly; from misleading ones no wrong value comes without a doubt."""

from __future__ import annotations

import pytest

import helpers.invoice_products  # noqa: F401  (adds its layouts)
from documents.invoices.combine import Combined, combine
from documents.invoices.model import BANK_FIELDS, DOUBTS
from helpers.invoice_layouts import LAYOUTS
from helpers.invoice_mixer import Mix, misleading
from helpers.invoice_pages import OUR_INN, ROMASHKA, Sheet, drawn_code, other, st00012, usual
from helpers.invoice_reading import read_here
from helpers.invoice_traps import TRAPS
from helpers.needs import needs
from values.names import fold_name

pytestmark = needs("dejavu")


DRAWN = ["drawn square by square", "drawn in runs", "drawn as one path"]


def _wrong(read: Combined, truth: dict[str, str]) -> dict[str, tuple[str, str | None]]:
    wrong = {}
    for field, one in read.values.items():
        same_name = field == "contractor" and fold_name(one.value) == fold_name(truth.get(field, ""))
        if one.value != truth.get(field) and not same_name:
            wrong[field] = (one.value, truth.get(field))
    return wrong


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_exactly(name: str) -> None:
    content, truth, needed = LAYOUTS[name]()
    read = combine([read_here(content)])
    assert _wrong(read, truth) == {}
    assert [field for field in needed.split() if field not in read.values] == []
    assert read.doubts == ()
    assert read.disagreements == ()


@pytest.mark.parametrize("seed", range(40))
def test_a_mixture_of_usual_parts_is_read_right(seed: int) -> None:
    content, truth = Mix(seed).drawn()
    read = combine([read_here(content)])
    bank = read.values.pop("bank_name", None)
    assert _wrong(read, truth) == {}
    assert bank is None or truth["bank_name"].startswith(bank.value)
    assert {"inn", "account", "bic", "invoice_number"} <= read.values.keys()


@pytest.mark.parametrize("seed", range(40))
def test_lines_about_somebody_else_never_give_a_wrong_account(seed: int) -> None:
    content, truth = misleading(seed)
    read = combine([read_here(content)])
    wrong = _wrong(read, truth)
    assert not wrong.keys() & {*BANK_FIELDS, "inn", "kpp"}
    assert not wrong.keys() & {"amount"} or read.doubts


@pytest.mark.parametrize("how", DRAWN)
def test_a_code_drawn_without_a_picture_is_found(how: str) -> None:
    assert read_here(drawn_code(usual(), st00012(), how)).kind == "payment_code"


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_gives_no_wrong_value_without_a_doubt(name: str) -> None:
    trap = TRAPS[name]()
    read = combine([read_here(trap.content)])
    doubts = {code for code, _ in read.doubts} | ({"disagreement"} if read.disagreements else set())
    wrong = _wrong(read, trap.truth)
    assert doubts - {"disagreement"} <= DOUBTS.keys()
    assert [one for one in read.values.values() if one.value in trap.never] == []
    assert wrong == {} or doubts
    assert not wrong.keys() & {*BANK_FIELDS, "inn"}
    if trap.doubts and "" not in trap.doubts:
        assert doubts & set(trap.doubts)


@pytest.mark.parametrize("name", ["1c", "two columns", "labels on lines", "details at the foot"])
def test_without_knowing_ourselves_nothing_wrong_is_read(name: str) -> None:
    content, truth, _ = LAYOUTS[name]()
    read = combine([read_here(content, own_inn=None)])
    assert _wrong(read, truth) == {}


def test_an_unlabelled_inn_counts_only_when_it_cannot_be_ours() -> None:
    content = Sheet().say("Счет № 1 от 01.11.2026").say("ИНН 9601123451").bytes()
    assert read_here(content).value("inn") == "9601123451"
    unknown = read_here(content, own_inn=None)
    assert unknown.value("inn") is None
    assert unknown.doubts == (("inn_role_unknown", "9601123451"),)


def test_numbers_are_proven_by_keys_and_sums() -> None:
    proven = {one.field for one in read_here(usual().bytes()).found if one.proven}
    assert proven == {"inn", "account", "bic", "corr_account", "amount", "vat_rate", "vat_amount"}


def test_a_page_turned_by_its_flag_is_read() -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    for angle in (90, 180, 270):
        writer = PdfWriter()
        for page in PdfReader(io.BytesIO(usual().bytes())).pages:
            writer.add_page(page).rotate(angle)
        out = io.BytesIO()
        writer.write(out)
        assert read_here(out.getvalue()).value("account") == "40702810300000010001", angle
        assert OUR_INN not in {one.value for one in read_here(out.getvalue()).found}


def test_a_bic_is_proven_only_by_both_accounts() -> None:
    alone = Sheet().say("Поставщик: ООО «Ромашка»").say("р/с 40702810300000010001 БИК 049600111").bytes()
    misprint = usual(other(ROMASHKA, bic="049660111")).bytes()
    for content in (alone, misprint):
        proven = {one.field for one in read_here(content).found if one.proven}
        assert "account" in proven
        assert "bic" not in proven
    assert "corr_account_key" in {code for code, _ in read_here(misprint).doubts}


@pytest.mark.parametrize("field", ["account", "corr", "inn"])
@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_single_wrong_digit_is_never_believed(field: str, place: int) -> None:
    right = getattr(ROMASHKA, field)
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    read = read_here(usual(other(ROMASHKA, **{field: wrong})).bytes())
    assert wrong not in {one.value for one in read.found}
