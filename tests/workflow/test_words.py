"""Words: whatever the code can name has a sentence in both languages; the form and its labels read back."""

from __future__ import annotations

import re
import string
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailer.letter import DOUBTS as LETTER_DOUBTS
from mailer.pairs import read_pairs
from values.flaw import REASONS
from values.requisites import WARNINGS
from workflow.core import events as e
from workflow.core.events import KINDS, Recorded
from workflow.core.model import (
    AskKind,
    Caution,
    Choice,
    HoldKind,
    OrderFile,
    Problem,
    Status,
)
from workflow.keywords import DOUBTS, Words, read_decision
from workflow.notices.samples import NOW, RITA
from workflow.wordlist import Action
from workflow.words import FORM_FIELDS, LANGUAGES, form_labels, form_text, keywords, markers, words

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("lang", LANGUAGES)


def table(lang: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "templates" / lang / "words.toml").read_text(encoding="utf-8"))


def named(pattern: str, *folders: str) -> set[str]:
    """Keys that the source names literally."""
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {key for path in files for key in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_both_languages_have_the_same_keys_and_the_same_places() -> None:
    ru, en = table("ru"), table("en")
    assert ru.keys() == en.keys()
    for name in ru:
        assert ru[name].keys() == en[name].keys(), name
        for key in ru[name]:
            assert places(ru[name][key]) == places(en[name][key]), f"{name}.{key}"


def places(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


@BOTH
def test_every_flaw_of_a_field_has_a_sentence(lang: str) -> None:
    own = named(r'Flaw\("\w+", "(\w+)"', "workflow/core") | {"account_key", "corr_account_key"}
    assert (set(REASONS) | own) - table(lang)["problem"].keys() == set()


@BOTH
def test_every_warning_has_a_sentence(lang: str) -> None:
    own = named(r'Caution\("(\w+)"\)', "workflow") | {f"file_{note}" for note in ("encrypted", "broken", "renamed")}
    assert (set(WARNINGS) | own) - table(lang)["warning"].keys() == set()


@BOTH
def test_every_reason_why_nothing_happened_has_a_sentence(lang: str) -> None:
    refusals = named(r'refuse(?:_answer|_edit)?\([\w.]+, "(\w+)"', "workflow/core")
    refusals |= named(r'return "([a-z]+_[a-z_]+)"', "workflow/core") | {f"closed_{status}" for status in Status}
    refusals |= named(r'NoteEdit\(\w+, "(\w+)"', "workflow") | named(r'note\([\w.]+, "(\w+)"', "workflow")
    refusals |= {f"unclear_{doubt}" for doubt in (*DOUBTS, *LETTER_DOUBTS)}
    refusals |= named(r'Caution\("(\w+)", event', "workflow/core")
    assert refusals - table(lang)["reason"].keys() == set()


@BOTH
def test_every_refused_file_has_a_reason(lang: str) -> None:
    reasons = set(re.findall(r'"(\w+)"', *re.findall(r"RefusalReason = Literal\[(.*?)\]",
                  (ROOT / "documents" / "attachments.py").read_text(encoding="utf-8"), re.DOTALL)))  # fmt: skip
    assert reasons
    assert reasons - table(lang)["refused_file"].keys() == set()


@BOTH
def test_every_alarm_has_a_headline_and_a_sentence(lang: str) -> None:
    keys = named(r'"key": "(\w+)"', "workflow") | named(r'alarm\([^"]*?"(\w+)"', "workflow/legs")
    assert "two_carriers" in keys
    assert keys - {"nobody_knows_this", "compatible_from"} - table(lang)["alarm"].keys() == set()
    assert table(lang)["alarm"].keys() == table(lang)["alarm_title"].keys()


def test_every_kind_of_notice_has_its_templates() -> None:
    kinds = named(r'(?:notice\(|Lane\.MAIL, )"(\w+)"', "workflow")
    assert len(kinds) > 30
    missing = [kind for kind in kinds for lang in LANGUAGES if not (ROOT / "templates" / lang / f"{kind}.j2").is_file()]
    assert missing == []


@BOTH
def test_every_name_of_the_model_has_a_word(lang: str) -> None:
    of = table(lang)
    assert {str(status) for status in Status} == of["status"].keys()
    assert {str(choice) for choice in Choice} <= of["choice"].keys()
    assert {str(kind) for kind in HoldKind} == of["hold"].keys()
    assert set(FORM_FIELDS) <= of["label"].keys()


@BOTH
def test_every_keyword_of_ours_is_understood(lang: str) -> None:
    for action in Action:
        assert read_decision(words(lang).keyword(action.value), words=Words.built_in()).action is action
    assert words(lang).keyword("approve").casefold() in keywords()


@BOTH
def test_a_problem_says_what_was_read_and_what_to_do(lang: str) -> None:
    said = words(lang).problem(Problem("amount", "ambiguous", "amount_three_digits", "1.234", "1234.00 / 1.234"))
    assert "1.234" in said
    assert "1234.00" in said
    doubt = words(lang).problem(Problem("pay_by", "ambiguous", "date_day_month", "11/12/26", "2026-12-11 / 2026-11-12"))
    assert words(lang).day(date(2026, 12, 11)) in doubt


@BOTH
def test_no_problem_looks_like_a_filled_line_of_the_form(lang: str) -> None:
    """The requester answers with our words quoted; they must not be read as his."""
    for field in FORM_FIELDS:
        for reason in table(lang)["problem"]:
            said = words(lang).problem(Problem(field, "invalid", reason.partition(".")[0], "12", "34"))
            assert read_pairs(said, (), form_labels()).values == {}, said


@BOTH
def test_unknown_keys_get_the_general_sentence(lang: str) -> None:
    own = words(lang)
    for said in (
        own.problem(Problem("amount", "invalid", "brand_new", "x")), own.warning(Caution("brand_new", "x")),
        own.message(Caution("brand_new", "x")), own.reason("brand_new"), own.refused_file("a.exe", "brand_new"),
    ):  # fmt: skip
        assert said
        assert "brand_new" not in said


def test_text_with_braces_from_outside_stays_as_it_is() -> None:
    assert "{label}" in words("en").problem(Problem("amount", "invalid", "amount_not_number", "{label}"))


def test_a_message_repeats_what_was_read_once() -> None:
    assert words("en").message(Caution("bounced", "a@b.example")).count("a@b.example") == 1
    assert words("en").message(Caution("status_unknown", "Payd")).endswith("(Payd)")


def test_two_checks_that_found_the_same_make_one_warning() -> None:
    assert len(words("ru").warnings((Caution("kpp_missing"), Caution("kpp_missing", "7707083893")))) == 1


@pytest.mark.parametrize(
    ("days", "ru", "en"),
    [(0, "сегодня", "today"), (1, "завтра", "tomorrow"), (3, "через 3 дня", "in 3 days"),
     (11, "через 11 дней", "in 11 days"), (21, "через 21 день", "in 21 days"),
     (-1, "просрочено на 1 день", "1 day overdue"),
     (-22, "просрочено на 22 дня", "22 days overdue")],
)  # fmt: skip
def test_days_are_counted_as_people_say_them(days: int, ru: str, en: str) -> None:
    today = date(2026, 11, 24)
    assert words("ru").due(today + timedelta(days), today) == ru
    assert words("en").due(today + timedelta(days), today) == en


@BOTH
def test_every_event_of_the_core_can_be_told(lang: str) -> None:
    shown = words(lang)
    for name, event in EVENTS.items():
        line = shown.event(Recorded(event, NOW, RITA, "letter:1"), str.upper, "RUB")
        assert line or name in ("Filled", "Asked"), name
        assert "{" not in line
    assert EVENTS.keys() == KINDS.keys() - {e.ContractorCorrected.__name__}, "a card has no line in a history"


EVENTS = {
    type(event).__name__: event
    for event in (
        e.Opened(RITA, "l"), e.Filled(RITA, {}, {}, {}, (), (), ()),
        e.Submitted(RITA, 2, "", {}, (), (("amount", "1", "2"),)),
        e.CorrectionRefused(RITA, (Problem("amount", "missing", "missing"),), {}), e.Asked(RITA, AskKind.PAY, 0, 1),
        e.StepStuck(0, 1), e.Approved(RITA, 0, 1, "ok"), e.ApprovalCompleted(1), e.Rejected(RITA, 1, "no"),
        e.Returned(RITA, 1), e.ReasonAdded(RITA, 1, "why"), e.VoteUndone(RITA, 1, "approve", 0), e.Withdrawn(RITA),
        e.Held(HoldKind.ACCOUNTANT, "why", "registry"), e.Released(HoldKind.ACCOUNTANT, RITA),
        *(kind(date(2026, 11, 24), 10, "7", RITA) for kind in (e.Paid, e.PartPaid, e.PaymentCorrected)),  # type: ignore[arg-type]
        e.PaidUndone(RITA), e.PaymentRecalled(RITA, "why"), e.PaymentAnnounced(date(2026, 11, 24), 10, "7"),  # type: ignore[arg-type]
        e.PartAnnounced(date(2026, 11, 24), 4, "7", 4, 6),  # type: ignore[arg-type]
        e.PaidWithoutApproval(date(2026, 11, 24), 10, "7", RITA, "awaiting"),  # type: ignore[arg-type]
        e.PaymentOrderFiled(RITA, OrderFile("a", "b.pdf", "application/pdf")), e.OrderNumbered(RITA, "7"),
        e.Commented(RITA, "hello", "requester"), e.Rerouted("operator", RITA, RITA, "ill", 0),
        e.Bounced(RITA, "id", "550", True), e.NoticeInDoubt(RITA, "id"),
        e.EditRefused("registry", "typed_over", "Amount"),
        e.AnswerRefused(RITA, "unclear_question", "is it?"), e.BankDetailsConfirmed(RITA, "called", 1),
    )
}  # fmt: skip


@BOTH
def test_an_empty_form_holds_no_values(lang: str) -> None:
    for text in (form_text(lang, {}), "> " + form_text(lang, {}).replace("\n", "\n> ")):
        assert read_pairs(text, (), form_labels()).values == {}


@BOTH
def test_a_filled_form_reads_back_as_it_was_filled(lang: str) -> None:
    values = {field: f"text {number} of this field" for number, field in enumerate(FORM_FIELDS)}
    read = read_pairs(form_text(lang, values), (), form_labels())
    assert {name: found[0] for name, found in read.values.items()} == values


def test_invoice_number_and_date_typed_apart_stay_apart() -> None:
    text = form_text("en", {"invoice_number": "12", "invoice_date": "25 Nov 2026"})
    assert read_pairs(text, (), form_labels()).values == {"invoice_number": ("12",), "invoice_date": ("25 Nov 2026",)}


def test_a_value_cannot_bring_a_line_of_its_own() -> None:
    text = form_text("en", {"subject": "paper\nAmount: 999"})
    assert "amount" not in read_pairs(text, (), form_labels()).values


def test_the_labels_of_the_contract_are_labels_of_the_form() -> None:
    labels = form_labels()
    for label, field in {
        "за что платим": "subject", "сумма счета": "amount", "тип валюты": "currency", "оплатить до": "pay_by",
        "р/с": "account", "к/с": "corr_account", "бик банка": "bic", "счет": "invoice", "iban": "iban",
        "e-mail подрядчика": "contractor_email", "subject": "subject", "pay by": "pay_by", "payee": "contractor",
        "corr. account": "corr_account", "contractor's e-mail": "contractor_email", "поставщик": "contractor",
        "due date": "pay_by", "кор. счет": "corr_account",
    }.items():  # fmt: skip
        assert labels[label] == field
    assert labels["номер счета"] == "invoice_number"  # twenty digits behind it are an account all the same


def test_no_label_means_two_fields() -> None:
    seen: dict[str, str] = {}
    for lang in LANGUAGES:
        for field, spellings in table(lang)["synonyms"].items():
            for spelling in (table(lang)["label"][field], *spellings.split("|")):
                assert seen.setdefault(spelling.casefold(), field) == field, spelling


def test_the_line_above_which_to_write_is_known_in_both_languages() -> None:
    assert markers() == tuple(words(lang).text("marker") for lang in LANGUAGES)
