"""The documents say what the program does: links, commands, settings, words and examples are tried on the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

import pytest

from mailer.pairs import read_pairs
from workflow.core.card import examine
from workflow.keywords import Action, read_decision
from workflow.permission import Taken
from workflow.words import form_labels, words

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
RUSSIAN = sorted(page for page in PAGES if page.name.endswith(".ru.md") and page.stem != "README.ru")
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

FENCE = re.compile(r"(?ms)^```(\w*)\n(.*?)^```")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
COMMAND = re.compile(r"(?<![\w/.-])countersign(?: --config \S+)? ([a-z]+)\b")
SECTIONS = "mailbox|registry|notices|decisions|templates|materials|company|logs|keywords|contractor"
KEY = re.compile(rf"`\[{{0,2}}((?:{SECTIONS})(?:\.[a-z_]+)?)\]{{0,2}}`")
EXAMPLES = re.compile(r"(?s)<!-- examples: (\w+) -->\n(.*?)<!-- end examples -->")
FORM = re.compile(r"(?s)<!-- example: form -->\n```text\n(.*?)```\n<!-- end example -->")

OF_ALL = {Action.STATUS, Action.FORM}
ALLOWED = {
    "approver": frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.UNDO} | OF_ALL),
    "accountant": frozenset({Action.PAID, Action.RETURN, Action.HOLD, Action.RELEASE, Action.CONFIRM} | OF_ALL),
}
MEANING = {
    "yes": Action.APPROVE, "да": Action.APPROVE, "no": Action.REJECT, "нет": Action.REJECT,
    "back for rework": Action.RETURN, "на доработку": Action.RETURN, "on hold": Action.HOLD,
    "приостановлено": Action.HOLD, "the hold is lifted": Action.RELEASE, "приостановка снята": Action.RELEASE,
    "paid today, in full": Action.PAID, "paid, with number and day": Action.PAID,
    "оплачено сегодня, вся сумма": Action.PAID, "оплачено, с номером и датой": Action.PAID,
    "a part; the rest stays open": Action.PAID, "one more part": Action.PAID,
    "часть; остаток ждет оплаты": Action.PAID, "следующая часть": Action.PAID,
}  # fmt: skip
DOUBTS = {
    "other terms": {"terms", "hesitation"}, "указание": {"terms"},
    "a misspelt word": {"misspelt"}, "слово с опечаткой": {"misspelt"},
    "a condition": {"condition"}, "условие": {"condition"}, "a question": {"question"}, "вопрос": {"question"},
    "a negation": {"negated"}, "отрицание": {"negated"}, "a number": {"number"}, "число": {"number"},
    "unclear": {"unclear"}, "a yes, or only “seen”": {"nod"}, "согласие это или «прочитал»": {"nod"},
    "no word of decision": {"none_found", "not_allowed", "sign_only"},
    "нет слова решения": {"none_found", "not_allowed", "sign_only"},
}  # fmt: skip


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _without_fences(text: str) -> str:
    return FENCE.sub("", text)


def _headings(text: str) -> list[int]:
    return [len(line.split()[0]) for line in _without_fences(text).splitlines() if re.match(r"#{1,4} ", line)]


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"(?m)^#{1,4} (.+)$", _without_fences(text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    links = [unquote(one or other) for one, other in LINK.findall(_without_fences(_text(page)))]
    for link in (link for link in links if not re.match(r"(?:https?|mailto):", link)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(_text(target)), link


@pytest.mark.parametrize("name", NAMES)
def test_every_command_named_exists(name: str) -> None:
    from workflow.cli.app import app  # brings the whole program in: only here

    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert known >= {"init", "list", "run"}
    text = _text(ROOT / name)
    code = [body for _, body in FENCE.findall(text)] + re.findall(r"`([^`\n]+)`", text)
    assert set(COMMAND.findall("\n".join(code))) <= known


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_named_exists(name: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", _text(ROOT / "Makefile")))
    assert set(re.findall(r"(?m)(?:^|`|&& )make ([a-z]+)", _text(ROOT / name))) <= targets


@pytest.mark.parametrize("name", NAMES)
def test_every_settings_key_named_exists(name: str) -> None:
    example = files("config").joinpath("countersign.example.toml").read_text(encoding="utf-8")
    known: dict[str, set[str]] = {}
    section = ""
    for line in example.splitlines():
        if head := re.match(r"(?:# )?\[+([a-z.]+)\]+", line):
            section = head[1]
        elif field := re.match(r"(?:# )?([a-z_]+) =", line):
            known.setdefault(section, set()).add(field[1])
    for key in set(KEY.findall(_text(ROOT / name))) - {"registry.xlsx"}:
        section, _, field = key.partition(".")
        assert section in known or any(name.startswith(f"{section}.") for name in known), key
        assert not field or field in known.get(section, ()) or key in known, key


@pytest.mark.parametrize("name", NAMES)
def test_every_example_of_settings_is_good_toml(name: str) -> None:
    for language, body in FENCE.findall(_text(ROOT / name)):
        assert language, "a block without a language"
        if language == "toml":
            tomllib.loads(body)


@pytest.mark.parametrize("page", RUSSIAN, ids=lambda page: page.name)
def test_both_languages_have_the_same_headings(page: Path) -> None:
    english = page.with_name(page.name.replace(".ru.md", ".md"))
    assert _headings(_text(page)) == _headings(_text(english))
    assert len(EXAMPLES.findall(_text(page))) == len(EXAMPLES.findall(_text(english)))


def _rows() -> Iterator[tuple[str, str, str, str]]:
    for page in PAGES:
        for role, table in EXAMPLES.findall(_text(page)):
            for written, read in re.findall(r"(?m)^\| `(.+?)` \| (.+?) \|$", table):
                yield page.name, role, written, read


@pytest.mark.parametrize(("page", "role", "written", "read"), list(_rows()))
def test_an_example_answer_is_read_as_told(page: str, role: str, written: str, read: str) -> None:
    found = read_decision(written, allowed=ALLOWED[role], taken=Taken.PERMISSIONS)
    kind, _, why = read.partition(": ")
    if kind in ("asked again", "переспросим"):
        assert found.action is None
        assert found.doubt in DOUBTS[why]
    else:
        assert found.action is MEANING[read]


def test_the_way_through_the_code_names_what_is_there() -> None:
    named = re.findall(r"`(\w+/[\w/.]*)`", (ROOT / "docs" / "code.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert not [place for place in named if not (ROOT / place).exists()]


@pytest.mark.parametrize("name", ["docs/requester.md", "docs/requester.ru.md"])
def test_the_example_form_is_complete_and_right(name: str) -> None:
    text = FORM.findall(_text(ROOT / name))[0]
    pairs = read_pairs(text, (), form_labels(), frozenset({"bank_details"})).values
    assert all(len(values) == 1 for values in pairs.values())
    seen = examine({field: values[0] for field, values in pairs.items()}, {}, (), date(2026, 11, 20))
    assert seen.problems == ()
    assert {caution.code for caution in seen.warnings} == {"no_invoice", "kpp_missing"}
    assert len(pairs) == len(text.strip().splitlines())


@pytest.mark.parametrize(("name", "language"), [("docs/accountant.md", "en"), ("docs/accountant.ru.md", "ru")])
def test_the_accountants_page_names_columns_and_states_as_the_sheet_does(name: str, language: str) -> None:
    text, book = _text(ROOT / name), words(language)
    columns = ("status", "paid_on", "paid_amount", "payment_order", "accountant_comment", "materials", "message")
    assert [key for key in columns if book.label(key) not in text] == []
    assert [key for key in ("approved", "paid", "on_hold", "returned") if book.status(key) not in text] == []
    assert [key for key in ("today", "week", "month") if f"**{book.text(f'sheet_{key}')}:**" not in text] == []


@pytest.mark.parametrize("role", ["requester", "approver", "accountant"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_peoples_pages_are_free_of_our_jargon(role: str, language: str) -> None:
    page = ROOT / "docs" / (f"{role}.md" if language == "en" else f"{role}.ru.md")
    ours = r"\b(?:deed|lane|leg|token|journal|daemon|commit|токен|журнал|демон)\w*"
    assert re.findall(ours, _text(page), re.IGNORECASE) == []
