# ruff: noqa: E501 (letters are kept whole)
"""One clear word and nothing against it; beside `tests/letters`, which reads whole letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.keywords import DOUBTS, Action, Words, find_codes, read_decision
from workflow.wordlist import DECISIONS

APPROVER = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.STATUS, Action.FORM})
ACCOUNTANT = frozenset(
    {Action.PAID, Action.RETURN, Action.HOLD, Action.RELEASE, Action.CONFIRM, Action.STATUS, Action.FORM}
)
REQUESTER = frozenset({Action.SUBMIT, Action.DRAFT, Action.WITHDRAW, Action.OK, Action.STATUS, Action.FORM})
CODE = "k7f3abcdefghijklmnopqrstu2"


@pytest.mark.parametrize(("action", "word"), [(action, word) for action, words in DECISIONS.items() for word in words])
@pytest.mark.parametrize("form", ["{}", "{}.", "  {}\n", "*{}*", "Hi Rita,\n\n{}", "Добрый день!\n{}"])
def test_every_word_of_the_tables_alone_is_read(action, word, form):
    decision = read_decision(form.format(word.upper()), allowed={action})
    assert (decision.action, decision.doubt, decision.comment) == (action, None, "")


NEGATING = [
    "не {}",
    "НЕ {}",
    "нельзя {}",
    "not {}",
    "don't {}",
    "do not {}",
    "never {}",
    "{} не надо",
    "{} not",
    "{}, нет",
    "нет, {}",
    "не\n{}",
]


@pytest.mark.parametrize("word", list(DECISIONS[Action.APPROVE]))
@pytest.mark.parametrize(
    "form",
    [*NEGATING, "{}?", "{}, если", "{}, но", "if {}", "«{}»", "{} / отказано", "{}\nreject", "{} by Ivan", "{} завтра"],
)
def test_no_word_of_consent_survives_what_speaks_against_it(word, form):
    decision = read_decision(form.format(word), allowed=APPROVER)
    assert decision.action is None
    assert decision.doubt in DOUBTS


@pytest.mark.parametrize(
    ("text", "allowed", "action", "comment"),
    [
        ("ОПЛАЧЕНО 25.11.2026, п/п 118", ACCOUNTANT, Action.PAID, "25.11.2026, п/п 118"),
        ("Paid 25.11.2026", ACCOUNTANT, Action.PAID, "25.11.2026"),
        ("Вернуть: нет акта", ACCOUNTANT, Action.RETURN, "нет акта"),
        ("HOLD - wait for the contract", ACCOUNTANT, Action.HOLD, "wait for the contract"),
        ("Приостановить, если не пришлют акт — отказать", ACCOUNTANT, Action.HOLD, "если не пришлют акт — отказать"),
        ("Возобновить, всё в порядке", ACCOUNTANT, Action.RELEASE, "всё в порядке"),
        ("ПОДТВЕРЖДАЮ", ACCOUNTANT, Action.CONFIRM, ""),
        ("Да", REQUESTER, Action.OK, ""),
        ("ok, all is right", REQUESTER, Action.OK, "all is right"),
        ("Отозвать, ошиблись подрядчиком", REQUESTER, Action.WITHDRAW, "ошиблись подрядчиком"),
        ("Статус?", REQUESTER, Action.STATUS, "?"),
        ("FORM please", REQUESTER, Action.FORM, "please"),
        ("UNDO", {Action.UNDO}, Action.UNDO, ""),
    ],
)
def test_the_words_of_the_other_roles(text, allowed, action, comment):
    decision = read_decision(text, allowed=allowed)
    assert (decision.action, decision.comment) == (action, comment)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("не оплачено", ACCOUNTANT), ("Оплачено частично", ACCOUNTANT), ("Paid?", ACCOUNTANT), ("PAID, but only half", ACCOUNTANT), ("Release? no", ACCOUNTANT),
        ("да, но сумма другая", REQUESTER), ("да?", REQUESTER), ("нет", REQUESTER), ("Форма оплаты: безналичная", REQUESTER),
        ("Черновик договора прилагаю", REQUESTER), ("ОПЛАЧЕНО", APPROVER), ("СОГЛАСОВАНО", ACCOUNTANT), ("Отказ от ответственности", APPROVER),
        ("Отказано не было", APPROVER), ("Rejected by legal", APPROVER), ("Отклонено Ивановым", APPROVER), ("Reject if late", APPROVER),
    ],
)  # fmt: skip
def test_what_is_asked_back_of_the_other_roles(text, allowed):
    assert read_decision(text, allowed=allowed).action is None


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("", "none_found"), ("👍", "sign_only"), ("ок", "not_allowed"), ("Не согласовано", "negated"), ("Согласовано?", "question"), ("Согласовано, если", "condition"),
        ("Согласовано. Отменяю", "two_words"), ("Вчера согласовано", "not_first"), ("«Согласовано»", "quoted_word"), ("Согласовано Ивановым", "told"),
        ("Согласовано 50%", "number"), ("Согласовано,", "unfinished"), ("Согласовано\ufffd", "garbled"), ("Согласовано. Передумал", "hesitation"), ("a" * 50_000, "too_long"),
    ],
)  # fmt: skip
def test_each_doubt_has_its_name(text, doubt):
    decision = read_decision(text, allowed=APPROVER)
    assert decision.doubt == doubt
    assert decision.why[0].startswith(DOUBTS[doubt])


def test_the_comment_is_kept_as_it_was_written():
    written = "  Дорого\xa0и не\u00adнужно — «вообще».\n\n\tсм. табл.  \n👨‍👩‍👧"
    assert read_decision(f"ОТКАЗАНО\n{written}", allowed=APPROVER).comment == written.strip()


def test_the_code_line_and_the_prefilled_label_are_no_comment():
    decision = read_decision(f"REJECT\n\nComment: too dear\n\nCode: {CODE} (do not delete)\n", allowed=APPROVER)
    assert (decision.action, decision.comment) == (Action.REJECT, "too dear")
    assert read_decision(f"СОГЛАСОВАНО\n\nКод: {CODE} (не удаляйте)", allowed=APPROVER).action is Action.APPROVE


def test_codes_are_found_whatever_stands_around():
    assert find_codes(f"x\n> Код: {CODE} (не удаляйте)") == (CODE,)
    assert find_codes(f"*Code:*\n{CODE.upper()}") == (CODE,)
    assert find_codes(f"Код: {CODE}\nCode: {'a' * 26}") == (CODE, "a" * 26)
    assert find_codes(f"Код: {CODE}x9") == ()
    assert find_codes("Barcode: " + CODE) == ()


def test_settings_extend_the_words_and_replace_none():
    words = Words.built_in().extended({"approve": ["Добро", "go ahead"], "reject": ["Стоп машина"]})
    assert read_decision("Добро!", allowed=APPROVER, words=words).action is Action.APPROVE
    assert read_decision("Go ahead, pay", allowed=APPROVER, words=words).action is Action.APPROVE
    assert read_decision("СТОП МАШИНА", allowed=APPROVER, words=words).action is Action.REJECT
    assert read_decision("Согласовано", allowed=APPROVER, words=words).action is Action.APPROVE
    assert read_decision("Добро!", allowed=APPROVER).action is None


def test_a_keyword_above_a_form_counts_and_below_it_does_not():
    assert read_decision("ЧЕРНОВИК\n\nПодрядчик: ООО", allowed=REQUESTER).action is Action.DRAFT
    assert read_decision("Добрый день!\nDRAFT\nContractor: X (not Y)", allowed=REQUESTER).action is Action.DRAFT
    assert read_decision("Подрядчик: ООО\nЧЕРНОВИК", allowed=REQUESTER).action is None
    assert read_decision("DRAFT?", allowed=REQUESTER).action is None
    assert read_decision("СОГЛАСОВАНО", allowed=REQUESTER).action is None


def test_references_in_the_text_are_told():
    assert read_decision("СОГЛАСОВАНО PAY-2026-00043/2", allowed=APPROVER).mentions == ("PAY-2026-00043",)


def test_a_refusal_below_the_signature_is_seen():
    assert read_decision("APPROVE", allowed=APPROVER, signature="-- \nAnton\nREJECT").doubt == "two_words"
    assert (
        read_decision("APPROVE", allowed=APPROVER, signature="-- \nAnton, not the intended recipient").action
        is Action.APPROVE
    )


def test_names_of_people_open_a_letter():
    assert read_decision("Зульфия, согласовано", allowed=APPROVER).action is None
    assert read_decision("Зульфия, согласовано", allowed=APPROVER, names=("Зульфия",)).action is Action.APPROVE


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader_and_doubt_is_never_a_decision(text):
    for wanted in (f"СОГЛАСОВАНО {text}", text):
        decision = read_decision(wanted, allowed=APPROVER)
        assert (decision.action is None) == (decision.doubt is not None)


@given(st.text(alphabet="абвнеЕНТтnotNOT ,.\n", max_size=60))
def test_a_no_in_front_is_never_a_yes(text):
    assert read_decision(f"не согласовано {text}", allowed=APPROVER).action is not Action.APPROVE
    assert read_decision(f"ОТКАЗАНО {text} согласовано", allowed=APPROVER).action is not Action.APPROVE


@pytest.mark.parametrize("text", ["APPROVE,\n\nOn Tuesday, November 24,", "APPROVE,\n\nm--", "Approved:\n\nplease pay"])
def test_a_yes_that_breaks_off_before_a_blank_line_is_asked_back(text):
    assert read_decision(text, allowed=APPROVER).doubt == "unfinished"


@pytest.mark.parametrize("text", ["Approved,\n\nBest regards\nAdam", "Согласовано,\n\nАнтон", "Approved,\n\nThanks"])
def test_a_yes_before_a_farewell_is_whole(text):
    assert read_decision(text, allowed=APPROVER, names={"Adam", "Антон"}).action is Action.APPROVE


@pytest.mark.parametrize(
    "text",
    [
        "Approved (by CFO)", "APPROVE (by our CFO)", "Approved (earlier)", "Approved (tomorrow)", "Согласовано (директором)",
        "Согласовано (финдиректор)", "Согласовано (ген. директор)", "Согласовано (10 000)", "Approved (up to 5000)",
        "approved (the boss)",
        "СОГЛАСОВАНО [Ивановым]", "Согласовано (ранее)", "Согласовано (завтра)",
    ],
)  # fmt: skip
def test_a_bracket_that_names_another_author_or_time_is_no_approval(text: str) -> None:
    assert read_decision(text).action is None


@pytest.mark.parametrize(
    "text", ["Approved (by me)", "Согласовано (мной)", "Approved (thanks!)", "Согласовано (см. договор)"]
)
def test_a_harmless_bracket_leaves_the_approval(text: str) -> None:
    assert read_decision(text).action is Action.APPROVE
