from hypothesis import given
from hypothesis import strategies as st

from values.text import one_line, shorten, strip_invisible


def test_invisible_characters_are_removed_and_lines_stay():
    assert strip_invisible("\ufeffа\u200bб\u00adв\u202e\u3164г\x00\x07\nд\tе") == "абвг\nд\tе"


def test_text_comes_onto_one_line():
    assert one_line(" a\r\n\tb\u00a0\u2028c ") == "a b c"


@given(st.text(max_size=100))
def test_one_line_has_no_breaks_and_stays_as_it_is(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


@given(st.text(max_size=100), st.integers(0, 120))
def test_shortened_text_fits(text, n):
    assert len(shorten(text, n)) <= n
    assert len(text) > n or shorten(text, n) == text


def test_text_is_cut_at_a_word():
    assert shorten("ремонт офиса на Тверской", 20) == "ремонт офиса на…"
    assert shorten("ремонт офиса на Тверской", 13) == "ремонт офиса…"
    assert shorten("абвгдежзиклмн", 5) == "абвг…"


def test_text_that_begins_with_blanks_is_cut_too():
    assert shorten("\x8500", 2) == "…"
    assert shorten("  ab", 3) == "…"
