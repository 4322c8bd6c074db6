"""Text out of bytes with honest, wrong and missing labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.charset import decode, known

TEXTS = [
    "Согласовано",
    "ДА",
    "СОГЛАСОВАНО",
    "Отказано, слишком дорого",
    "Вернуть: нет акта\nАнтон",
    "Добрый день!\n\nСОГЛАСОВАНО\n\nС уважением, Ирина №1",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("real", ["cp1251", "koi8-r", "utf-8"])
@pytest.mark.parametrize("label", [None, "utf-8", "windows-1251", "koi8-r", "iso-8859-1", "us-ascii", "x-unknown"])
def test_russian_comes_out_right_whatever_the_label_says(text, real, label):
    if real == "koi8-r":
        text = text.replace("№", "N")
    assert decode(text.encode(real), label).text == text


@pytest.mark.parametrize("text", TEXTS)
def test_dos_text_is_read_under_its_own_label(text):
    assert decode(text.encode("cp866"), "cp866").text == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("wrong", ["cp1251", "latin-1"])
def test_text_spoilt_on_the_way_is_mended(text, wrong):
    spoilt = b"".join(bytes([b]).decode(wrong, "ignore").encode() or bytes([0xC2, b]) for b in text.encode())
    assert decode(spoilt, "utf-8").text == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Genehmigt, schöne Grüße", "cp1252"),
        ("Déjà payé à l'été", "iso-8859-1"),
        ("schválené, ďakujem", "cp1250"),
        ("批准", "gb2312"),
        ("承認", "iso-2022-jp"),
    ],
)
def test_other_languages_keep_their_label(text, charset):
    assert decode(text.encode(charset), charset).text == text


def test_western_text_without_a_label_is_not_taken_for_russian():
    assert "Gr" in (found := decode("Schöne Grüße aus München".encode("cp1252"), None)).text
    assert found.text == "Schöne Grüße aus München"


def test_a_letter_cut_in_two_does_not_spoil_the_rest():
    assert decode("Согласовано".encode()[:-1], "utf-8").text.startswith("Согласован")


def test_dangerous_and_unknown_labels_are_not_followed():
    assert known("utf-7") is None
    assert known("rot13") is None
    assert known("idna") is None
    assert known("\x00") is None
    assert decode(b"+ADw-script+AD4-", "utf-7").text == "+ADw-script+AD4-"


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "utf-16", "cp1251", "koi8-r", "base64", "hz", "latin-1"])
)
def test_decoding_never_raises_and_never_loses_everything(raw, label):
    found = decode(raw, label)
    assert bool(found.text) == bool(raw.removeprefix(b"\xef\xbb\xbf")) or label in ("utf-16", "hz")
