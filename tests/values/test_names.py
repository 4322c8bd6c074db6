import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.names import contractor_folder, fold_name, has_cyrillic, safe_name

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "attachment_names.json").read_text("utf-8"))
RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{d}" for n in ("com", "lpt") for d in "0123456789¹²³")}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_names_of_the_vectors_come_out_as_expected(vector):
    expected = vector["filename"] or "file"
    assert safe_name(vector["filename"]) == expected
    if vector["name"] in ("path in the name", "right-to-left override", "no name"):
        assert safe_name(vector["python_email_default_policy"] or "") == expected


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("CON", "_CON"), ("con.pdf", "_con.pdf"), ("LPT1.tar.gz", "_LPT1.tar.gz"), ("Contract.pdf", "Contract.pdf"),
        ("invoice.pdf. . ", "invoice.pdf"), ("..", "file"), ("", "file"), (".htaccess", "htaccess"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"), ('Счёт <1>: "2"?.pdf', "Счёт _1__ _2__.pdf"),
        ("C:\\temp\\счет.pdf", "счет.pdf"),
        ("/etc/passwd", "passwd"), ("folder/", "folder"), ("е\u0308.pdf", "ё.pdf"), ("\ufeff\u200bx.pdf", "x.pdf"),
        ("com¹.txt", "_com¹.txt"), ("nul .txt", "_nul .txt"),
    ],
)  # fmt: skip
def test_a_name_is_made_safe(typed, safe):
    assert safe_name(typed) == safe


def test_a_long_name_is_cut_by_bytes_and_keeps_its_extension():
    name = safe_name("Ж" * 300 + ".pdf")
    assert len(name.encode()) <= 200
    assert name.endswith("Ж.pdf")


@given(st.text(max_size=300) | st.text(st.sampled_from(list("./\\ :aЖ\u0338<\u200d\u202econ1_")), max_size=30))
def test_a_safe_name_is_safe_and_stays_as_it_is(text):
    name = safe_name(text)
    assert safe_name(name) == name
    assert name
    assert len(name.encode()) <= 200
    assert not set(name) & set('/\\<>:"|?*\x00')
    assert name == name.strip()
    assert not name.startswith(".")
    assert not name.endswith(".")
    assert name.split(".")[0].strip().casefold() not in RESERVED
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)
    assert unicodedata.is_normalized("NFC", name)


@given(st.text(max_size=200))
def test_a_contractor_folder_is_one_safe_part_of_a_path(text):
    assert safe_name(contractor_folder(text)) == contractor_folder(text)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("ООО «Северный ветер»", "ООО Северный ветер"), ('ИП "Иванов И.И."', "ИП Иванов И.И"), ("А/Б", "А-Б"),
        ("", "contractor"), ("../..", "-"), ("Acme Inc.", "Acme Inc"),
    ],
)  # fmt: skip
def test_the_folder_of_a_contractor_is_readable(name, folder):
    assert contractor_folder(name) == folder


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ООО «Ёлка»", "Елка, ООО"), ("Acme GmbH", "ACME"), ("ИП Иванов И.И.", "Иванов И. И."),
        ("Общество с ограниченной ответственностью «Ромашка»", 'ООО "РОМАШКА"'), ("Foo Ltd.", "FOO LIMITED"),
        ("ПАО Сбербанк", "Сбербанк"), ("Bar S.r.l.", "bar"),
    ],
)  # fmt: skip
def test_spellings_of_one_contractor_fold_to_the_same(first, second):
    assert fold_name(first) == fold_name(second)


def test_different_contractors_fold_differently():
    assert fold_name("ООО Ромашка") != fold_name("ООО Ромашка-2")
    assert fold_name("ООО") == "ооо"


def test_cyrillic_is_seen():
    assert has_cyrillic("Acme и ко")
    assert not has_cyrillic("Acme & Co №1")
