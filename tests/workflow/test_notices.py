"""Notices: every kind in both languages, with plain and with hostile contents; threads, links, files, and when not."""

from __future__ import annotations

import html as escapes
import re
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailer.pairs import read_pairs
from mailer.render import Renderer
from values.workdays import WorkCalendar
from workflow.core import events as e
from workflow.core.deeds import CONTRACTOR_KINDS
from workflow.core.model import AskKind
from workflow.keywords import Action, Words, find_codes, read_decision
from workflow.notices import Prepared, Skip
from workflow.notices.flow import WIDTH, decides, flow, tame
from workflow.notices.samples import (
    ADA,
    ADAM,
    FIONA,
    INVOICE,
    NAMES,
    NOW,
    RITA,
    TOKEN,
    TYPED,
    Sample,
    Story,
    office,
    prepare,
    samples,
    template_samples,
)
from workflow.words import form_labels, words

LANGUAGES = ("ru", "en")
RENDERER = Renderer()
HOSTILE = (
    'APPROVE\nСОГЛАСОВАНО\n<script>alert(1)</script> & <b>bold</b>\r\nBcc: x@evil.example\n=HYPERLINK("http://evil")\n'
    "Код: " + "q" * 26 + "\n\u202eгнивт\u202c \u200bОТКАЗАНО"
)
BAD_FIELDS = {
    "subject": "СОГЛАСОВАНО <img src=x onerror=alert(1)>",
    "contractor": "APPROVE " + "ООО «Длинное имя» & сыновья <i> " * 9,
    "purpose": "=cmd|' /C calc'!A0 " + "оплата по договору, который директор уже СОГЛАСОВАНО " * 3,
    "invoice": "№ <b>1</b> от 20.11.2026",
}  # fmt: skip
KINDS = [sample.name for sample in samples("ru")]


def written(sample: Sample, language: str, **more: Any) -> EmailMessage:
    prepared = prepare(sample, office(language, RENDERER, **more))
    assert isinstance(prepared, Prepared), prepared
    return message_from_bytes(prepared.message, policy=policy.default)  # type: ignore[return-value]


def sample_of(name: str, language: str = "ru", **more: Any) -> Sample:
    made = samples(language, **more) if more else plain_samples(language)
    return next(sample for sample in made if sample.name == name)


@cache
def plain_samples(language: str) -> list[Sample]:
    return samples(language)


@cache
def hostile_samples(language: str) -> list[Sample]:
    typed = {**TYPED[language], **BAD_FIELDS}
    typed["contractor"] = typed["contractor"][:300]
    typed["purpose"] = typed["purpose"][:210]
    return samples(language, typed, HOSTILE)


def hostile(name: str, language: str) -> Sample:
    return next(sample for sample in hostile_samples(language) if sample.name == name)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def lines_of_html(page: str) -> list[str]:
    """What a mail program makes of our HTML when it quotes it as plain text."""
    page = re.sub(r"<(style|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    broken = re.sub(r"</?(?:div|p|td|th|tr|table|h1|h2|li|ul|pre|br|body)\b[^>]*>", "\n", page)
    return [line.strip() for line in escapes.unescape(re.sub(r"<[^>]+>", "", broken)).splitlines() if line.strip()]


NASTY = {"plain": sample_of, "hostile": hostile}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("contents", NASTY)
@pytest.mark.parametrize("name", KINDS)
def test_every_notice_can_be_written(name: str, contents: str, language: str) -> None:
    sample = NASTY[contents](name, language)
    prefix = "APPROVE <b>" if contents == "hostile" else ""
    message = written(sample, language, names={mail: prefix + name for mail, name in NAMES[language].items()})
    text, page = text_of(message), html_of(message)
    subject = str(message["Subject"])
    assert 5 < len(subject) <= 200
    assert "\n" not in subject
    for line in text.splitlines():
        assert not decides(line), line
        assert len(line) <= 78 or " " not in line.strip() or is_form(line) or line.startswith("countersign "), line
    for line in lines_of_html(page):
        assert not decides(line), line
    assert not re.search(r"<(?:script|img|b|i)\b", page)
    assert "Bcc: x@evil.example" not in str(message).partition("\n\n")[0]
    assert "\u202e" not in text
    assert not re.search(r"\{\{|\}\}|\{%|None|Undefined|\bversion void\b", text)
    assert re.search(r"[а-яё]" if language == "ru" else r"[a-z]", text, re.IGNORECASE)


def is_form(line: str) -> bool:
    return bool(re.match(r"[^:]{3,40}: ", line))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_the_subject_carries_the_tag(name: str, language: str) -> None:
    sample = sample_of(name, language)
    subject = str(written(sample, language)["Subject"])
    tags = re.findall(r"\[PAY-2026-00042(?:/\d+)?\]", subject)
    if sample.story is None:
        assert tags == []
    elif sample.params.get("ask") or sample.kind.startswith("ask_"):
        assert tags == [f"[PAY-2026-00042/{sample.params.get('version', 1)}]"]
    else:
        assert tags == ["[PAY-2026-00042]"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_people_of_the_roster_get_a_code_and_nobody_else_does(name: str, language: str) -> None:
    sample = sample_of(name, language)
    message = written(sample, language)
    known = sample.person in NAMES["ru"]
    assert (find_codes(text_of(message)) == (TOKEN,)) is known
    assert (find_codes("\n".join(lines_of_html(html_of(message)))) == (TOKEN,)) is known
    assert (TOKEN in str(message["Reply-To"] or "")) is known


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("contents", NASTY)
@pytest.mark.parametrize("name", KINDS)
def test_links_open_a_reply_that_is_read_as_it_is_meant(name: str, contents: str, language: str) -> None:
    message = written(NASTY[contents](name, language), language)
    for href in map(escapes.unescape, re.findall(r'href="([^"]+)"', html_of(message))):
        assert len(href) <= 1500
        parts = urlsplit(href)
        assert parts.scheme == "mailto"
        assert unquote(parts.path) == f"payments+{TOKEN}@example.test"
        query = parse_qs(parts.query)
        assert query["subject"] == [f"Re: {message['Subject']}"]
        assert find_codes(query["body"][0]) == (TOKEN,)


ANSWERS = [
    ("ask_approval", [Action.APPROVE, Action.REJECT, Action.RETURN]),
    ("ask_pay", [Action.PAID, Action.RETURN, Action.HOLD]),
    ("receipt_draft", [Action.SUBMIT]), ("receipt_done_hold", [Action.RELEASE]),
    ("answer_refused_unclear", [Action.APPROVE, Action.REJECT, Action.RETURN]),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "expected"), ANSWERS)
def test_each_button_sends_one_clear_word(name: str, expected: list[Action], language: str) -> None:
    page = html_of(written(sample_of(name, language), language))
    links = [escapes.unescape(href) for href in re.findall(r'href="([^"]+)"', page)]
    bodies = [parse_qs(urlsplit(link).query)["body"][0] for link in links]
    read = [read_decision(body.replace("\r\n", "\n"), words=Words.built_in()) for body in bodies]
    assert [found.action for found in read] == expected
    assert all(found.comment == "" for found in read)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ask_complete", "receipt_draft", "told_refused_return", "answer_refused_draft"])
def test_a_form_that_comes_back_untouched_says_nothing_new(name: str, language: str) -> None:
    """Our whole notice may stand in the reply: only the form in it may be read, and as it was typed."""
    sample = sample_of(name, language)
    assert sample.request is not None
    text = text_of(written(sample, language))
    for quoted in (text, "\n".join(f"> {line}" for line in text.splitlines())):
        read = read_pairs(quoted, (), form_labels()).values
        typed = {field: text for field, text in sample.request.typed.items() if text}
        assert {field: found[0] for field, found in read.items()} == typed
        assert all(len(found) == 1 for found in read.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_instruction_stands_beside_the_buttons_in_text_and_html(language: str) -> None:
    message = written(sample_of("ask_approval", language), language)
    for shown in (text_of(message), "\n".join(lines_of_html(html_of(message)))):
        assert all(words(language).keyword(action) in shown for action in ("approve", "reject", "return"))


def test_an_ask_begins_with_the_line_above_which_to_write() -> None:
    message = written(sample_of("ask_approval"), "ru")
    assert text_of(message).startswith(words("ru").text("marker"))
    assert lines_of_html(html_of(message))[0] == words("ru").text("marker")


def test_a_form_to_be_filled_in_where_it_stands_has_no_such_line() -> None:
    assert words("ru").text("marker") not in text_of(written(sample_of("ask_complete"), "ru"))


# --- what they say ----------------------------------------------------------------------------------------------------


def test_an_approver_sees_at_once_what_he_is_asked() -> None:
    text = text_of(written(sample_of("ask_approval"), "ru"))
    for part in ("Канцелярский мир", "120\u00a0000,50\u00a0₽", "Бумага и картриджи", "27.11.2026 (через 3 дня)",
                 "Рита Орлова", "№ 318 от 20.11.2026", "40702810100000000001", "7707083893"):  # fmt: skip
        assert part in text


def test_warnings_come_before_everything_else() -> None:
    lines = text_of(written(sample_of("ask_approval_warned"), "ru")).split("\n\n")
    assert "! Счет не приложен" in lines[2]
    assert "! Отправитель заявки не подтвержден" in lines[2]


def test_a_changed_request_shows_what_changed() -> None:
    text = text_of(written(sample_of("ask_approval_changed"), "ru"))
    assert "Сумма счета: было «120\u00a0000,50\u00a0₽», стало" in text
    assert "«98\u00a0000,00\u00a0₽»" in text


def test_an_incomplete_form_comes_back_with_every_problem_and_what_was_typed() -> None:
    text = text_of(written(sample_of("ask_complete", "en"), "en"))
    for part in ("1.234", "11/12/2026", "7707083894", "407028101", "payment purpose is missing", "setup.exe",
                 "Amount *: 1.234", "Payment purpose *:\n"):  # fmt: skip
        assert part in text


def test_the_button_for_missing_lines_names_them() -> None:
    page = html_of(written(sample_of("ask_complete", "en"), "en"))
    body = parse_qs(urlsplit(escapes.unescape(re.findall(r'href="([^"]+)"', page)[0])).query)["body"][0]
    assert "Amount: \r\n" in body
    assert "Contractor: " not in body


def test_a_refusal_without_a_reason_asks_for_it() -> None:
    assert "gave no reason" in text_of(written(sample_of("receipt_vote_reject", "en"), "en"))


def test_a_yes_is_offered_only_where_the_notice_carries_the_ask() -> None:
    sample = sample_of("answer_refused_unclear", "en")
    bare = replace(sample, params={key: value for key, value in sample.params.items() if key != "ask"})
    assert "APPROVE" in text_of(written(sample, "en"))
    assert "APPROVE" not in text_of(written(bare, "en"))
    assert "REJECT" in text_of(written(bare, "en"))


def test_an_answer_to_a_paid_request_offers_nothing_that_would_not_count() -> None:
    text = text_of(written(sample_of("answer_refused_closed", "en"), "en"))
    assert "already paid" in text
    assert not re.search(r"\b(?:APPROVE|REJECT|RETURN|UNDO)\b", text)


def test_a_question_passed_on_is_shown_with_its_words() -> None:
    assert "| There is no contract yet." in text_of(written(sample_of("told_comment_question", "en"), "en"))


def test_the_requester_gets_a_text_for_a_contractor_without_an_address() -> None:
    text = text_of(written(sample_of("told_paid_pass_on"), "ru"))
    assert "Здравствуйте! 24.11.2026 мы оплатили ваш счет № 318 от 20.11.2026" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["told_paid_pass_on", "told_part_pass_on", "told_in_doubt"])
def test_the_text_to_pass_on_is_folded_by_the_phone_that_shows_it(name: str, language: str) -> None:
    page = html_of(written(sample_of(name, language), language))
    [passed_on] = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert "\n" not in passed_on.strip()


@pytest.mark.parametrize(
    ("pay_by", "shown"),
    [
        ("29.11.2026", "29.11.2026 (через 5 дней; последний рабочий день 27.11 пт)"),
        ("27.11.2026", "27.11.2026 (через 3 дня)"),
    ],
)
def test_a_date_on_a_day_off_shows_the_working_day_before_it(pay_by: str, shown: str) -> None:
    sample = sample_of("ask_pay", "ru", typed={**TYPED["ru"], "pay_by": pay_by})
    assert shown in text_of(written(sample, "ru", calendar=WorkCalendar("RU"))).replace("\n  ", " ")


def test_the_morning_list_holds_what_is_still_to_be_paid() -> None:
    text = text_of(written(sample_of("morning"), "ru"))
    assert "- сегодня: 2 (240\u00a0001,00\u00a0₽)" in text
    assert "\n- Раньше: 240\u00a0001,00\u00a0₽ ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇\n" in text
    assert "PAY-2026-00042, до 27.11 пт" in text
    assert "И еще 4 заявки" in text
    places = [text.index(f"\n{heading}") for heading in ("Просрочено", "Сегодня", "Новые", "Пока не платить")]
    assert places == sorted(places)


def test_documents_are_linked_only_where_the_link_works_from_a_mail() -> None:
    sample = sample_of("ask_pay", "en")
    assert "https://files.example/x" in text_of(
        written(sample, "en", materials_url=lambda _: "https://files.example/x")
    )
    assert "materials/2026" not in text_of(written(sample, "en", materials_url=lambda _: "materials/2026/x"))


# --- contractors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(CONTRACTOR_KINDS))
def test_a_contractor_sees_nothing_of_ours(kind: str) -> None:
    message = written(sample_of(kind, "en"), "en")
    assert message["Reply-To"] == RITA
    visible = text_of(message) + " ".join(lines_of_html(html_of(message))) + str(message["Subject"])
    assert TOKEN not in visible
    assert "write above" not in visible
    assert "mailto:" not in html_of(message)


@pytest.mark.parametrize(
    ("contractor", "setting", "expected"),
    [
        ("ООО «Ромашка»", "auto", "ru"),
        ("Romashka GmbH", "auto", "en"),
        ("Romashka GmbH", "ru", "ru"),
        ("ООО «Ромашка»", "en", "en"),
    ],
)
def test_a_contractor_is_written_to_in_his_language(contractor: str, setting: str, expected: str) -> None:
    sample = sample_of("contractor_paid", "ru", typed={**TYPED["ru"], "contractor": contractor})
    assert written(sample, "ru", contractor_language=setting)["Content-Language"] == expected


def test_the_payment_order_goes_with_the_contractors_notice() -> None:
    message = written(sample_of("contractor_paid", "en"), "en")
    assert [part.get_filename() for part in message.iter_attachments()] == ["payment-order 214.pdf"]
    assert "payment order is attached" in text_of(message)
    without = written(sample_of("contractor_paid", "en"), "en", order_file=lambda _: None)
    assert list(without.iter_attachments()) == []
    assert "attached" not in text_of(without)


# --- headers ----------------------------------------------------------------------------------------------------------


def test_the_requesters_thread_begins_with_his_own_letter() -> None:
    message = written(sample_of("receipt_submitted"), "ru", letter_sender=lambda _: RITA)
    root = f"<{'z' * 26}@example.test>"
    assert message["References"].split() == ["<letter-1@client.example>", root]
    first = replace(sample_of("receipt_submitted").deed, root=f"{TOKEN}@example.test")
    request = sample_of("receipt_submitted").request
    prepared = office("ru", RENDERER, letter_sender=lambda _: RITA).prepare(first, request, NOW)
    assert isinstance(prepared, Prepared)
    assert message_from_bytes(prepared.message)["In-Reply-To"] == "<letter-1@client.example>"


def test_others_have_a_thread_of_their_own() -> None:
    message = written(sample_of("ask_approval"), "ru", letter_sender=lambda _: RITA)
    assert message["References"] == f"<{'z' * 26}@example.test>"


def test_only_an_answer_to_its_reader_is_marked_as_one() -> None:
    mine = written(sample_of("receipt_submitted"), "ru", letter_sender=lambda _: RITA)
    others = written(sample_of("ask_approval"), "ru", letter_sender=lambda _: RITA)
    assert (mine["Auto-Submitted"], others["Auto-Submitted"]) == ("auto-replied", "auto-generated")


def test_without_plus_addressing_answers_come_to_the_mailbox_itself() -> None:
    message = written(sample_of("ask_approval"), "ru", plus_addressing=False)
    assert message["Reply-To"] == "payments@example.test"
    assert "mailto:payments@example.test?" in html_of(message)


def test_the_same_deed_gives_the_same_bytes() -> None:
    sample, notices = sample_of("ask_approval"), office("ru", RENDERER)
    assert prepare(sample, notices) == prepare(sample, notices)


def test_who_is_not_on_the_roster_gets_the_language_of_the_installation() -> None:
    assert written(sample_of("refusal", "en"), "en")["Content-Language"] == "en"


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_invoice_goes_with_the_question_and_with_the_payment() -> None:
    for name in ("ask_approval", "ask_pay"):
        files = list(written(sample_of(name), "ru").iter_attachments())
        assert [part.get_filename() for part in files] == ["invoice 318.pdf"]


def test_files_too_large_for_a_mail_are_told_of() -> None:
    story = Story("en", TYPED["en"], [replace(INVOICE, size=16_000_000)]).submit()
    sample = Sample("x", "ask_approval", ADAM, {"version": 1, "step": 0, "ask": "approve"}, story)
    message = written(sample, "en")
    assert list(message.iter_attachments()) == []
    assert "too large for a mail" in text_of(message)


def test_a_file_whose_bytes_are_gone_is_told_of() -> None:
    message = written(sample_of("ask_approval", "en"), "en", letter_file=lambda key, sha256: None)
    assert "Could not be attached: invoice 318.pdf" in text_of(message)


def test_a_daily_list_carries_each_invoice_under_the_number_of_its_line() -> None:
    files = [part.get_filename() for part in written(sample_of("digest"), "ru").iter_attachments()]
    assert files == [f"{number}. invoice 318.pdf" for number in (1, 2, 3)]


# --- when not ---------------------------------------------------------------------------------------------------------

APPROVE_1 = {"version": 1, "step": 0, "ask": "approve"}
COMPLETE_0 = {"version": 0, "step": 0, "ask": "complete"}


def skipped(kind: str, person: str, params: Mapping[str, Any], story: Story) -> bool:
    return isinstance(prepare(Sample(kind, kind, person, params, story), office("ru", RENDERER)), Skip)


def test_a_question_about_an_older_version_is_not_asked() -> None:
    story = Story("ru").submit()
    assert not skipped("ask_approval", ADAM, APPROVE_1, story)
    story.fill({**TYPED["ru"], "amount": "5"}).submit()
    assert skipped("ask_approval", ADAM, APPROVE_1, story)


def test_a_question_that_was_answered_is_not_asked() -> None:
    story = Story("ru").submit()
    story.add(e.Approved(ADAM, 0, 1), by=ADAM)
    assert skipped("ask_approval", ADAM, APPROVE_1, story)


def test_accounting_is_not_asked_to_pay_what_is_no_longer_payable() -> None:
    params = {"version": 1, "step": 2, "ask": "pay"}
    approved = Story("ru").submit().approve()
    assert not skipped("ask_pay", FIONA, params, approved)
    assert skipped("ask_pay", FIONA, params, approved.add(e.Rejected(ADA, 1), by=ADA))
    assert skipped("ask_pay", FIONA, params, Story("ru").submit().approve().pay())


def test_a_form_that_is_complete_is_not_asked_for() -> None:
    draft = Story("ru", {**TYPED["ru"], "amount": ""}).add(e.Asked(RITA, AskKind.COMPLETE, 0, 0))
    assert not skipped("ask_complete", RITA, COMPLETE_0, draft)
    assert skipped("ask_complete", RITA, COMPLETE_0, draft.fill(TYPED["ru"]).submit())


def test_a_list_of_which_nothing_is_open_any_more_is_not_sent() -> None:
    sample = sample_of("digest")
    decided = replace(office("ru", RENDERER), request=lambda _: Story("ru").submit().approve().request)
    assert decided.prepare(sample.deed, None, NOW) == Skip("superseded")


def test_nobody_writes_to_the_registry() -> None:
    assert skipped("receipt_vote", "registry", {"decision": "return"}, Story("ru").submit())


# --- templates and folding --------------------------------------------------------------------------------------------


def test_every_template_has_a_sample_and_every_sample_a_template() -> None:
    known = {name for name in RENDERER.known if not name.rpartition("/")[2].startswith("_") and "card.html" not in name}
    assert template_samples().keys() == known


def test_an_override_of_a_single_block_works(tmp_path: Any) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "told_approved.j2").write_text(
        '{% extends "built-in/en/told_approved.j2" %}{% block title %}Hooray{% endblock %}'
    )
    theirs = Renderer(tmp_path)
    assert theirs.check_all(template_samples()) == {}
    prepared = prepare(sample_of("told_approved", "en"), office("en", theirs))
    assert "Hooray" in text_of(message_from_bytes(prepared.message, policy=policy.default))  # type: ignore[arg-type]


def test_folding_never_puts_a_decision_first_in_a_line() -> None:
    for width in range(20, WIDTH):
        text = "the word that you may reply with to have it paid is APPROVE and the other one is REJECT as you know"
        folded = flow(text, width)
        assert " ".join(folded.split()) == text
        assert not any(decides(line) for line in folded.splitlines())


def test_text_from_outside_is_labelled_only_where_it_must_be() -> None:
    def label(line: str) -> str:
        return f"text: {line}"

    assert tame("СОГЛАСОВАНО", label) == "text: СОГЛАСОВАНО"
    assert tame("Да Винчи\nООО «Ромашка»", label) == "Да Винчи\nООО «Ромашка»"
    assert tame("a\u202eb\u200bc", label) == "abc"
