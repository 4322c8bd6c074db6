# ruff: noqa: E501 (letters are kept whole)
"""Pairs of label and value out of what people make of a form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.pairs import read_pairs

LABELS = {
    "за что платим": "subject", "подрядчик": "contractor", "сумма счета": "amount", "сумма": "amount", "тип валюты": "currency", "оплатить до": "pay_by",
    "реквизиты": "bank_details", "инн": "inn", "кпп": "kpp", "бик банка": "bic", "бик": "bic", "р/с": "account", "к/с": "corr_account",
    "назначение платежа": "purpose", "счет": "invoice", "e-mail подрядчика": "contractor_email", "account": "account", "amount": "amount",
    "contractor": "contractor", "pay by": "pay_by", "inn": "inn", "iban": "iban", "payment purpose": "purpose", "invoice": "invoice",
}  # fmt: skip
BLOCKS = frozenset({"bank_details"})


def pairs(text, tables=()):
    return read_pairs(text, tables, LABELS, BLOCKS).values


@pytest.mark.parametrize(
    "line",
    [
        "ИНН: 7707083893", "инн:7707083893", "ИНН - 7707083893", "ИНН — 7707083893", "ИНН = 7707083893", "ИНН\t7707083893", "ИНН 7707083893",
        "*ИНН*: 7707083893", "* ИНН: 7707083893", "**ИНН:** 7707083893", "- ИНН: 7707083893", "• ИНН: 7707083893", "7. ИНН: 7707083893", "7) ИНН: 7707083893",
        "> ИНН: 7707083893", "> > ИНН: 7707083893", "ИНН*: 7707083893", "ИНН (10 или 12 цифр): 7707083893", "ИНН (10 цифр)*: 7707083893", "\xa0ИНН\xa0:\xa07707083893",
        "ИНН:\n7707083893", "*ИНН*\n7707083893", "ИНН\n7707083893", "  ИНН : 7707083893  ", "ИНН\u200b: 7707083893", "ИНН / INN: 7707083893", "ИНН: *7707083893*",
        "ИНН .......... 7707083893", "ИНН： 7707083893", "ИНН -> 7707083893", "ИНН → 7707083893", "ИНН / 7707083893",
    ],
)  # fmt: skip
def test_one_pair_in_all_its_forms(line):
    assert pairs(f"Добрый день!\n\n{line}\n\nСпасибо") == {"inn": ("7707083893",)}


def test_labels_in_any_case_with_e_or_yo():
    assert pairs("СУММА СЧЁТА: 24 500,00 руб.\nсчёт: № 12 от 25.11.2026") == {
        "amount": ("24 500,00 руб.",),
        "invoice": ("№ 12 от 25.11.2026",),
    }


def test_a_whole_form_whose_long_values_are_wrapped():
    text = (
        "За что платим: консультационные услуги за октябрь 2026 года по договору\n№ 7 от 01.09.2026\nПодрядчик: ООО «Ромашка»\nСумма счета: 24 500,00\n"
        "Назначение платежа: Оплата по счету № 12\nот 25.11.2026 за консультационные услуги, в том числе НДС\n(22 %) 4 418,03\n\nС приветом"
    )
    assert pairs(text) == {
        "subject": ("консультационные услуги за октябрь 2026 года по договору № 7 от 01.09.2026",),
        "contractor": ("ООО «Ромашка»",),
        "amount": ("24 500,00",),
        "purpose": ("Оплата по счету № 12 от 25.11.2026 за консультационные услуги, в том числе НДС (22 %) 4 418,03",),
    }


def test_a_line_below_a_short_value_is_no_part_of_it():
    found = read_pairs("Сумма: 500\nСпасибо заранее", (), LABELS)
    assert found.values == {"amount": ("500",)}
    assert found.rest == "Спасибо заранее"


def test_bank_details_may_be_a_block_and_give_its_numbers_too():
    found = pairs(
        "Реквизиты:\nр/с 40702810900000000001\nв ПАО Сбербанк\nБИК 044525225\nк/с 30101810400000000225\n\nИНН: 7707083893"
    )
    assert found["bank_details"] == ("р/с 40702810900000000001 в ПАО Сбербанк БИК 044525225 к/с 30101810400000000225",)
    assert (found["account"], found["bic"], found["inn"]) == (
        ("40702810900000000001",),
        ("044525225",),
        ("7707083893",),
    )


def test_several_pairs_on_one_line():
    assert pairs("ИНН: 7707083893, КПП: 770701001") == {"inn": ("7707083893",), "kpp": ("770701001",)}
    assert pairs("ИНН 7707083893 КПП 770701001, БИК 044525225") == {
        "inn": ("7707083893",),
        "kpp": ("770701001",),
        "bic": ("044525225",),
    }


def test_two_values_of_one_field_are_both_told_and_equal_ones_once():
    assert pairs("Сумма: 500\nAmount: 600") == {"amount": ("500", "600")}
    assert pairs("Сумма: 24 500\nСумма счёта: 24500") == {"amount": ("24 500",)}


@pytest.mark.parametrize(
    "line",
    [
        "Прошу оплатить счет: он во вложении", "Наш ИНН вы знаете: пишите", "Сумма оказалась меньше", "Счет на 24 500 руб. прилагаю, посмотрите пожалуйста", "Реквизиты во вложении",
        "Проверьте ИНН: неверный", "Счет 12, который вы прислали, неверный",
    ],
)  # fmt: skip
def test_a_label_inside_a_sentence_is_no_pair(line):
    found = read_pairs(line, (), LABELS, BLOCKS)
    assert found.values == {}
    assert found.rest == line


def test_an_empty_form_has_labels_and_no_values():
    found = read_pairs("ИНН:\nКПП:\nСумма:\n\nСпасибо!", (), LABELS)
    assert found.found
    assert found.values == {}
    assert found.rest == "Спасибо!"


def test_values_below_their_labels_with_blank_lines_between():
    assert pairs("ИНН\n\n7707083893\n\nСумма:\n\n500\n\nПодрядчик:\n\nООО «Ромашка»") == {
        "inn": ("7707083893",),
        "amount": ("500",),
        "contractor": ("ООО «Ромашка»",),
    }


def test_tables_by_rows_by_columns_and_side_by_side():
    assert pairs("", [[["ИНН*", "7707083893"], ["Сумма:", "500"]]]) == {"inn": ("7707083893",), "amount": ("500",)}
    assert pairs("", [[["ИНН", "Сумма", "Подрядчик"], ["7707083893", "500", "ООО"]]]) == {
        "inn": ("7707083893",),
        "amount": ("500",),
        "contractor": ("ООО",),
    }
    assert pairs("", [[["ИНН", "7707083893", "КПП", "770701001"]]]) == {"inn": ("7707083893",), "kpp": ("770701001",)}
    assert pairs("", [[["ИНН", ""], ["КПП", "770701001"]]]) == {"kpp": ("770701001",)}


def test_a_table_and_its_text_are_one_source():
    assert pairs("Назначение платежа\tОплата\nпо счёту", [[["Назначение платежа", "Оплата\nпо счёту"]]]) == {
        "purpose": ("Оплата по счёту",)
    }
    assert pairs("Сумма\t500\nСумма: 600", [[["Сумма", "500"]]]) == {"amount": ("500", "600")}


@pytest.mark.parametrize(
    "unit", ["ИНН 1 ", "ИНН: 1, ", "a:", "- ", "ИНН:\n\n", "р/с 1\n", "слово\n", "(", "ИНН (", "\t"]
)
def test_hostile_text_is_read_to_its_end(unit):
    read_pairs(unit * (200_000 // len(unit)), [[[unit * 1000, unit]]], LABELS, BLOCKS)


@given(st.text(alphabet="ИНсумa:=-\t\n *>1.(№,", max_size=200))
def test_no_text_breaks_the_reader(text):
    found = read_pairs(text, [[[text, text], [text]]], LABELS, BLOCKS)
    assert all(value.strip() for values in found.values.values() for value in values)
