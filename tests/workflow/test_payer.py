"""Our own details in a request mail are not those of the payee."""

import pytest

from workflow.intake.payer import without_own_inn, without_payer
from workflow.words import form_labels

US, INN = "ООО «Северный ветер»", "7707083893"
FORM = "Подрядчик: ООО «Гранит»\nСумма счета: 5 000\nИНН: 9660668898\nР/С: 40702810940200761292"
OURS = f"{US}, ИНН {INN}, КПП 770701001\nР/с: 40702810556093461358\nБанк: «Столица», БИК: 049600999"


def left(text: str) -> str:
    return without_payer(text, form_labels(), US, INN)


@pytest.mark.parametrize(
    "ours",
    [OURS, f"Плательщик: {US}\n\nИНН {INN}\n\nр/с 40702810556093461358", OURS.replace(INN, "77 07 083893")],
)
def test_a_block_with_our_name_and_inn_is_left_out(ours):
    assert left(f"{FORM}\n\nРита\n{ours}").strip() == f"{FORM}\n\nРита"


def test_the_payees_lines_right_below_ours_stay():
    assert left(f"Плательщик: {US}, ИНН {INN}\n{FORM}") == FORM


def test_between_our_own_accounts_nothing_is_left_out():
    text = f"Подрядчик: {US}\nИНН: {INN}\nР/С: 40702810556093461358"
    assert left(text) == text


def test_our_name_alone_leaves_nothing_out():
    text = f"Счет для {US}\n{FORM}"
    assert left(text) == text


def test_other_bank_details_below_the_farewell_of_a_whole_form_are_the_writers():
    assert left(f"{FORM}\n\nС уважением,\nРита\nр/с 40702810556093461358") == f"{FORM}\n"
    missing = f"Подрядчик: ООО «Гранит»\nСумма счета: 5 000\nОплатить до: 25.11\n\nС уважением,\nРита\n\n{FORM[-70:]}"
    assert left(missing) == missing


def test_our_inn_beside_another_one_is_the_signature():
    text = f"{FORM}\nРита\nИНН {INN}"
    assert without_own_inn(text, text, form_labels(), INN) == f"{FORM}\nРита"
    alone = f"ИНН: {INN}"
    assert without_own_inn(alone, alone, form_labels(), INN) == alone
