"""The card page: everything about a request on one page that needs nothing else, whatever its texts are."""

from __future__ import annotations

import html as escapes
import re
from urllib.parse import unquote

import pytest

from workflow.core import events as e
from workflow.notices.card import card_page
from workflow.notices.samples import ADAM, INVOICE, NAMES, NOW, ORDER, TYPED, ZONE, SampleFile, Story, sample_card
from workflow.words import words

LANGUAGES = ("ru", "en")
HOSTILE = "<script>alert(1)</script> & \"'> {{ 7*7 }} ../../etc/passwd \u202etxt.exe"


def page_of(story: Story, language: str, files: tuple[SampleFile, ...] = ()) -> str:
    called = NAMES[language]
    return card_page(
        story.request, story.history, files, words(language), lambda person: called.get(person, person), NOW, ZONE
    )


def shown(page: str) -> str:
    return escapes.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_fields_sources_people_files_and_history(language: str) -> None:
    own = words(language)
    story = Story(language).submit().approve().pay()
    files = (SampleFile(INVOICE.name, "attachment"), SampleFile(ORDER.name, "payment_order"))
    page = shown(page_of(story, language, files))
    for part in (
        "PAY-2026-00042", TYPED[language]["contractor"], TYPED[language]["purpose"], own.source("typed"),
        own.source("computed"), own.status("paid"), NAMES[language][ADAM], INVOICE.name, own.text("card.payment_order"),
        own.text("event.completed"), own.text("event.order", order="214"), own.value("amount", story.request),
    ):  # fmt: skip
        assert part in page, part


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_from_outside_becomes_markup(language: str) -> None:
    typed = {**TYPED[language], "subject": HOSTILE, "contractor": HOSTILE, "purpose": HOSTILE}
    page = sample_card(language, typed, HOSTILE)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "\u202e" not in page


def test_the_page_needs_nothing_from_anywhere() -> None:
    page = sample_card("en")
    assert not re.search(r"<(?:script|link|img|iframe|object|form)\b|https?:|@import|url\(", page)
    assert "default-src 'none'" in page
    assert "@media print" in page
    assert 'name="viewport"' in page


def test_files_are_linked_where_they_lie_beside_the_page() -> None:
    files = (SampleFile("a b&c #1 счет.pdf", "attachment"), SampleFile("index.html", "other"))
    page = page_of(Story("en"), "en", files)
    (link,) = re.findall(r'href="([^"]+)"', page)
    assert link.startswith("./")
    assert unquote(link.removeprefix("./")) == "a b&c #1 счет.pdf"


def test_a_file_name_cannot_be_another_address() -> None:
    page = page_of(Story("en"), "en", (SampleFile("javascript:alert(1)", "other"), SampleFile("../x", "other")))
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 2
    assert all(link.startswith("./") and "/" not in link[2:] for link in links)


def test_a_draft_shows_what_is_to_be_corrected() -> None:
    page = shown(page_of(Story("en", {**TYPED["en"], "amount": "1.234"}), "en"))
    assert "can mean two things" in page
    assert words("en").status("draft") in page


def test_steps_show_who_decided_and_who_is_awaited() -> None:
    story = Story("en").submit()
    story.add(e.Approved(ADAM, 0, 1, "fine by me"), by=ADAM)
    page = shown(page_of(story, "en"))
    assert "fine by me" in page
    assert "not asked yet" in page


def test_the_page_shows_what_the_version_changed() -> None:
    assert "Changed in version 2" in sample_card("en")
