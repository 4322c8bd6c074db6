"""Templates become notices; an override may do anything but stop one."""

from pathlib import Path

import pytest

from mailer.render import Renderer, TemplateError, wrap

TEXT_MACROS = """
{%- macro facts(rows) -%}
{% for label, value in rows if value is not none %}
{{ (label ~ ": " ~ value) | wrap(indent="  ") }}{{ "\\n" if not loop.last }}
{%- endfor %}
{%- endmacro -%}
"""
HTML_MACROS = """
{%- macro layout(title) -%}
<html><body style="color:#1a7f37"><h1>{{ title }}</h1>{{ caller() }}</body></html>
{%- endmacro -%}
{%- macro lines(value) -%}{{ value | replace("\\n", "<br>" | safe) }}{%- endmacro -%}
{%- macro button(label, href) -%}<a href="{{ href }}">{{ label }}</a>{%- endmacro -%}
"""
ASK = """
{% set who = person %}
{% block subject %}[{{ reference }}]
  {{ who }}{% endblock %}
{% block text %}
{% from "_text.j2" import facts %}
{{ facts([("Сумма", amount | money), ("ИНН", none), ("За что", purpose)]) }}



the end
{% endblock %}
{% block html %}
{% from "_html.j2" import layout, lines, button %}
{% call layout(title="Согласуйте " ~ who) %}
{{ lines(purpose) }} {{ button("OK", "mailto:a@b.test?subject=x&body=y") }}
{% endcall %}
{% endblock %}
"""
VALUES = {
    "reference": "PAY-2026-00042", "person": "Рита <b>", "amount": "4800.00", "purpose": "бумага & <script>\nручки",
}  # fmt: skip
FILTERS = {"money": lambda amount: f"{amount} ₽"}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """What stands for our own templates here."""
    folder = tmp_path / "ours"
    (folder / "ru").mkdir(parents=True)
    (folder / "_text.j2").write_text(TEXT_MACROS, encoding="utf-8")
    (folder / "_html.j2").write_text(HTML_MACROS, encoding="utf-8")
    (folder / "ru" / "ask.j2").write_text(ASK, encoding="utf-8")
    return folder


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    (folder / "ru").mkdir(parents=True)
    return folder


class Complaints(list[tuple[str, str]]):
    def __call__(self, name: str, error: Exception) -> None:
        self.append((name, str(error)))


def test_the_three_blocks_become_subject_text_and_html(ours: Path) -> None:
    words = Renderer(ours=ours, filters=FILTERS).render("ask", "ru", VALUES)
    assert words.subject == "[PAY-2026-00042] Рита <b>"
    assert words.text == "Сумма: 4800.00 ₽\nЗа что: бумага & <script>\nручки\n\nthe end\n"
    assert words.html is not None
    assert words.html.startswith("<html>")


def test_html_escapes_every_value_and_keeps_line_breaks(ours: Path) -> None:
    html = Renderer(ours=ours, filters=FILTERS).render("ask", "ru", VALUES).html or ""
    assert "<script>" not in html
    assert "<b>" not in html
    assert "бумага &amp; &lt;script&gt;<br>ручки" in html
    assert "<h1>Согласуйте Рита &lt;b&gt;</h1>" in html
    assert 'href="mailto:a@b.test?subject=x&amp;body=y"' in html


def test_a_template_without_html_is_a_text_mail(ours: Path) -> None:
    (ours / "ru" / "short.j2").write_text("{% block subject %}a{% endblock %}{% block text %}b{% endblock %}")
    words = Renderer(ours=ours).render("short", "ru", {})
    assert (words.subject, words.text, words.html) == ("a", "b\n", None)


def test_a_name_that_is_missing_in_ours_is_our_error(ours: Path) -> None:
    with pytest.raises(TemplateError, match=r"ru/ask\.j2 .*'amount' is undefined") as caught:
        Renderer(ours=ours, filters=FILTERS).render("ask", "ru", {**{k: v for k, v in VALUES.items() if k != "amount"}})
    assert caught.value.permanent


def test_an_override_is_used_by_name(ours: Path, theirs: Path) -> None:
    blocks = "{% block subject %}Наш{% endblock %}{% block text %}{{ person }}{% endblock %}"
    (theirs / "ru" / "ask.j2").write_text(blocks, encoding="utf-8")
    words = Renderer(theirs, ours=ours, filters=FILTERS).render("ask", "ru", VALUES)
    assert (words.subject, words.text, words.html) == ("Наш", "Рита <b>\n", None)


def test_an_override_may_change_one_block_of_ours(ours: Path, theirs: Path) -> None:
    (theirs / "ru" / "ask.j2").write_text(
        '{% extends "built-in/ru/ask.j2" %}{% block subject %}Наш {{ person }}{% endblock %}'
    )
    complaints = Complaints()
    renderer = Renderer(theirs, ours=ours, filters=FILTERS, on_broken=complaints)
    words = renderer.render("ask", "ru", VALUES)
    assert words.subject == "Наш Рита <b>"
    assert words.text.startswith("Сумма: 4800.00 ₽")
    assert "Согласуйте" in (words.html or "")
    assert complaints == []
    assert renderer.check_all() == {}


def test_an_override_of_the_macros_changes_every_notice(ours: Path, theirs: Path) -> None:
    macros = (ours / "_html.j2").read_text(encoding="utf-8").replace("#1a7f37", "#123456")
    (theirs / "_html.j2").write_text(macros, encoding="utf-8")
    assert "#123456" in (Renderer(theirs, ours=ours, filters=FILTERS).render("ask", "ru", VALUES).html or "")


@pytest.mark.parametrize(
    "broken",
    [
        "{% block subject %}",
        "{% block subject %}{{ nobody }}{% endblock %}{% block text %}x{% endblock %}",
        "{% block subject %}x{% endblock %}",
        "{% block subject %}{{ person.__class__.__mro__ }}{% endblock %}{% block text %}x{% endblock %}",
        "{% block subject %}{{ 1 / 0 }}{% endblock %}{% block text %}x{% endblock %}",
        "{% block subject %}{{ 'x' * 1000000000 }}{% endblock %}{% block text %}x{% endblock %}",
        "{% block subject %}{{ 9 ** 999999 }}{% endblock %}{% block text %}x{% endblock %}",
        '{% include "../../secrets.txt" %}{% block subject %}x{% endblock %}{% block text %}x{% endblock %}',
        "\xff\xfe",
    ],
)
def test_a_broken_override_gives_way_to_ours_and_is_reported(ours: Path, theirs: Path, broken: str) -> None:
    (theirs / "ru" / "ask.j2").write_bytes(broken.encode("latin-1"))
    complaints = Complaints()
    renderer = Renderer(theirs, ours=ours, filters=FILTERS, on_broken=complaints)
    assert renderer.render("ask", "ru", VALUES).subject == "[PAY-2026-00042] Рита <b>"
    assert [name for name, _ in complaints] == ["ru/ask.j2"]
    assert set(renderer.check_all({"ru/ask.j2": VALUES})) == {"ru/ask.j2"}


def test_a_check_names_files_that_are_never_used(ours: Path, theirs: Path) -> None:
    (theirs / "ru" / "asks.j2").write_text("x")
    assert "never used" in Renderer(theirs, ours=ours).check_all()["ru/asks.j2"]


def test_a_check_tells_of_a_folder_that_is_not_there(ours: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert Renderer(gone, ours=ours).check_all() == {str(gone): "There is no such folder."}


def test_pages_and_plain_texts_are_rendered_whole(ours: Path) -> None:
    (ours / "ru" / "card.j2").write_text("<p>{{ person }}</p>\n\n\n\nend")
    renderer = Renderer(ours=ours)
    assert renderer.page("card", "ru", VALUES).startswith("<p>Рита &lt;b&gt;</p>")
    assert renderer.plain("card", "ru", VALUES) == "<p>Рита <b></p>\n\nend\n"


def test_our_own_templates_are_found_where_the_package_is() -> None:
    assert {"_html.j2", "_text.j2"} <= Renderer().known


def test_long_lines_are_wrapped_and_long_words_left_whole() -> None:
    text = "Назначение: " + "оплата по счету " * 10 + "40702810900000000001" * 5
    lines = wrap(text, indent="  ").split("\n")
    assert max(map(len, lines[:-1])) <= 72
    assert all(line.startswith("  ") for line in lines[1:])
    assert lines[-1].strip() == "40702810900000000001" * 5
    assert wrap("a\n\nb", lead="> ") == "> a\n>\n> b"
