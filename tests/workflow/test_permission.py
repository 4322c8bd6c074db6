"""Permission in other words than the keywords: only where every word is known; the rest is asked back."""

from __future__ import annotations

import pytest

from workflow.keywords import Action, read_decision
from workflow.permission import Taken

NAMES = ("Рита", "Rita", "Орлова", "Антон", "Головин", "Дина", "Верхова")
APPROVER = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.UNDO})
SOMETHING_ELSE = [
    "Дина согласна",
    "Согласен Иванов",
    "Иванов согласен",
    "Антон: согласен",
    "Не согласен",
    "Не согласна, оплачивайте сами",
    "Согласен?",
    "Согласны?",
    "Оплачивайте...",
    "Оплачивайте…",
    "Оплатить?",
    "Платите вы",
    "Платите сами",
    "Ок, а платить кто будет",
    "Можно оплатить позже",
    "Можно не платить",
    "можно оплатить только аванс",
    "Оплатите половину",
    "Оплатите завтра",
    "Оплатите 10 000",
    "оплатите до 25 000",
    "Оплатите до 25.000",
    "Да, но",
    "Да, согласен, но не сейчас",
    "К оплате не принимаю",
    "К оплате?",
    "К оплате: 15 000",
    "Прошу согласовать",
    "Прошу оплатить",
    "Счет на оплату",
    "На оплату",
    "Please approve",
    "Please approve and pay",
    "Pls approve, go ahead",
    "Go ahead and reject",
    "Go ahead without me",
    "Go ahead with the other one",
    "Go ahead, make my day",
    "Pay it forward",
    "Pay it yourself",
    "Pay him",
    "I agree with Dina",
    "I agree, too expensive",
    "I agree in principle",
    "We agreed yesterday",
    "Agreed on 500",
    "Agreed with supplier",
    "No objections from legal",
    "No objections, but wait",
    "Fine by me if Dina agrees",
    "LGTM once CI is green",
    "LGTM?",
    "ok with me later",
    "Not ok to pay",
    "not good to go",
    "don't go ahead",
    "please proceed with caution",
    "proceed to Dina",
    "Proceed tomorrow",
    "This is approved by Dina",
    "It is approved already",
    "Payment approved?",
    "payment approved yesterday",
    "Возражений нет у юристов",
    "возражений нет кроме суммы",
    "не возражаю если",
    "Я не возражаю, пусть Дина решит",
    "добро должно быть с кулаками",
    "нет добро",
    "Я за рулем",
    "Я за Дину",
    "я за, Дина против",
    "разрешаю отказать",
    "Согласен. Отказать",
    "Согласен вернуть",
    "согласен на возврат",
    "оплатить и вернуть",
    "нет, оплатить",
    "Оплатить нет",
    "no go ahead",
    "No, pay it",
    "да нет наверное",
    "Да, против",
    "ок, против",
    "против не возражаю",
    "согласен против",
    "согласен, нет",
    '"Согласен"',
    "«Оплачивайте»",
    "(оплачивайте)?",
    "> Согласен",
    "Согласен / не согласен",
    "Согласен/отказ",
    "да/нет",
    "утверждаю что счет неверный",
    "подтверждаю платеж получен",
    "Подтверждаю получение",
    "Согласен 🤔",
    "Платите 🙄",
    "Платите 😂",
    "Платите 🤡",
    "Оплачивайте 💸",
    "Согласен 👎",
    "Да 🤷",
    "+",
    "👍",
    "✅ оплачивайте ❌",
    "+1",
    "платите, не платите",
    "Дина Верхова",
    "Дина, Антон",
    "Рита Дина согласен",
    "Согласен Дина",
    "проверил",
    "Все верно",
    "Хорошо, проверил, все верно",
    "cjukfcjdfyj yt",
    "yt cjukfcjdfyj",
    "ytcjukfcjdfyj",
    "Разрешаю, Головин?",
    "оплату не подтверждаю",
    "Платеж не согласован",
    "счет согласован не будет",
    "Счет согласован юристами",
]
IN_TWO_LINES = ["Согласен\nОтказано", "Оплачивайте\n\nне надо", "Платите\n\n\nДа ладно", "Дина\nсогласна",
                "Антон,\nДина согласна"]  # fmt: skip
PLAIN = ["Оплачивайте", "Да, платите сегодня", "Рита, согласен", "Добрый день, Рита\nСогласна", "- Согласен",
         "Все верно, оплатите до 25.11", "Ok, go ahead", "No objections, please pay it",
         "Согласен 👍"]  # fmt: skip
NODS = ["да", "Ок!", "ок)", "+", "++", "👍", "👍🏻", "✅", "yes pls", "Ok, thanks", "Хорошо, спасибо", "Рита, да"]


def decide(text: str, taken: Taken = Taken.PERMISSIONS) -> tuple[Action | None, str | None]:
    decision = read_decision(text, allowed=APPROVER, names=NAMES, taken=taken)
    return decision.action, decision.doubt


@pytest.mark.parametrize("text", [*SOMETHING_ELSE, *IN_TWO_LINES])
def test_one_word_more_may_mean_anything(text: str) -> None:
    assert decide(text)[0] is None


@pytest.mark.parametrize("text", PLAIN)
def test_plain_permission_counts_where_the_ask_is_answered_and_nowhere_else(text: str) -> None:
    assert decide(text)[0] is Action.APPROVE
    assert decide(text, Taken.KEYWORDS)[0] is None


@pytest.mark.parametrize("text", NODS)
def test_a_nod_counts_only_as_the_answer_to_our_question_about_it(text: str) -> None:
    assert decide(text) == (None, "nod")
    assert decide(text, Taken.NODS)[0] is Action.APPROVE


@pytest.mark.parametrize("text", ["нет", "Нет.", "Против", "Не оплачивайте", "No", "Don't pay"])
def test_a_plain_no_refuses(text: str) -> None:
    assert decide(text)[0] is Action.REJECT


def test_what_the_signature_says_later_is_heard() -> None:
    said = read_decision("Оплачивайте", allowed=APPROVER, signature="Антон\nОтказано", taken=Taken.PERMISSIONS)
    assert said.action is None


def test_a_person_who_may_not_approve_permits_nothing() -> None:
    accountant = frozenset({Action.PAID, Action.RETURN, Action.HOLD})
    assert read_decision("Оплачивайте", allowed=accountant, taken=Taken.NODS).action is None
