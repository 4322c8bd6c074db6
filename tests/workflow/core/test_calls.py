"""A confirmation names a call: whom, and on which number. Nothing less will do."""

import pytest

from workflow.core.calls import call_in, is_called


@pytest.mark.parametrize("words", [
    "звонила Ивановой, +7 495 123-45-67", "Позвонил главному бухгалтеру Петрову по номеру 8 (495) 123-45-67, все верно",
    "созвонились с директором, 123-45-67", "called Mrs Smith on +44 20 7946 0958", "I spoke to Anna, +49 30 901820",
    "24.11.2026 говорила с Анной Ильиной по телефону 495 123 45 67", "Звонили (кому, на какой номер): Иванова, 1234567",
    "verified\n\ncalled Mr Jones, 020 7946 0958\n\nRegards",
])  # fmt: skip
def test_a_call_is_told(words: str) -> None:
    assert call_in(words)


@pytest.mark.parametrize("words", [
    "", "все верно", "звонила, все верно", "звонила Ивановой", "+7 495 123-45-67",
    "позвонила по номеру +7 495 123-45-67",
    "Иванова, +7 495 123-45-67", "не дозвонилась Ивановой, +7 495 123-45-67", "I called Anna, 1234567, no answer",
    "could not reach Anna, called 1234567 twice: busy", "позвоню Ивановой завтра, +7 495 123-45-67",
    "звонила Ивановой 24.11.2026", "звонила Ивановой, счет 40702810940200761292", "называла Ивановой, 1234567",
    "звонила Ивановой\n\nФаина Счетова, бухгалтерия\n+7 495 000-00-00", "please call Anna, 1234567",
    "Звонили (кому, на какой номер):", "Звонили (кому, на какой номер): +7 495 123-45-67",
    "I didn't call Anna, 1234567", "звонила Ивановой в 10:30, 15.11.26",
])  # fmt: skip
def test_less_than_a_call_is_not_enough(words: str) -> None:
    assert not call_in(words)


@pytest.mark.parametrize(("words", "phones", "expected"), [
    ("звонила Ивановой, 8 (495) 123-45-67", "+7 495 123 45 67", True),
    ("звонила Ивановой, 123-45-67", "+7 495 123-45-67, доб. 12; +7 900 000-00-00", True),
    ("звонила Ивановой, +7 495 765-43-21", "+7 495 123-45-67", False),
    ("звонила Ивановой, +7 495 765-43-21", "", True), ("звонила Ивановой, +7 495 765-43-21", "нет", True),
])  # fmt: skip
def test_a_number_on_the_card_must_be_the_one_called(words: str, phones: str, expected: bool) -> None:
    assert is_called(call_in(words), phones) is expected
