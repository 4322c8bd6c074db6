"""The first settings file: every set of answers makes a file that loads, or nothing at all."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.init import questions, settings_text, suggest, write_settings
from config.settings import SettingsError, load, read, warnings


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_answers_make_a_file_that_loads(tmp_path: Path, language: str) -> None:
    path = tmp_path / "new" / "countersign.toml"
    write_settings({"language": language}, path)
    settings = load(path, {})
    assert settings.language == language
    assert [warning.key for warning in warnings(settings)] == ["mailbox.authserv_id"]


def test_every_question_speaks_both_languages() -> None:
    asked = questions()
    assert len({question.key for question in asked}) == len(asked)
    assert all(question.text("ru") and question.text("en") for question in asked)
    assert all(question.text("ru") != question.text("en") for question in asked)


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "countersign.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_settings({}, path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_answers_that_cannot_be_used_write_nothing(tmp_path: Path) -> None:
    path = tmp_path / "countersign.toml"
    with pytest.raises(SettingsError) as caught:
        write_settings({"imap_port": "many", "company_inn": "12", "requester_email": "rita"}, path)
    assert {problem.key for problem in caught.value.problems} == {
        "company.inn",
        "mailbox.imap.port",
        "people[1].email",
    }
    assert not path.exists()


@pytest.mark.parametrize(
    ("address", "imap", "smtp"),
    [
        ("pay@gmail.com", ("imap.gmail.com", "993", "tls"), ("smtp.gmail.com", "465", "tls")),
        ("pay@yandex.ru", ("imap.yandex.ru", "993", "tls"), ("smtp.yandex.ru", "465", "tls")),
        ("pay@bk.ru", ("imap.mail.ru", "993", "tls"), ("smtp.mail.ru", "465", "tls")),
        ("pay@outlook.com", ("outlook.office365.com", "993", "tls"), ("smtp.office365.com", "587", "starttls")),
        ("pay@firm.ru", ("imap.firm.ru", "993", "tls"), ("smtp.firm.ru", "465", "tls")),
    ],
)
def test_servers_are_suggested_by_the_address(
    address: str, imap: tuple[str, str, str], smtp: tuple[str, str, str]
) -> None:
    answers = {"mailbox_address": address}
    assert tuple(suggest(f"imap_{key}", answers) for key in ("host", "port", "security")) == imap
    assert tuple(suggest(f"smtp_{key}", answers) for key in ("host", "port", "security")) == smtp


def test_nobody_unknown_becomes_an_approver_at_a_public_provider(tmp_path: Path) -> None:
    assert suggest("approver_email", {"mailbox_address": "pay@gmail.com"}) == ""
    with pytest.raises(SettingsError):
        write_settings({"mailbox_address": "pay@gmail.com"}, tmp_path / "countersign.toml")


def test_one_person_with_several_roles_gets_one_entry() -> None:
    text = settings_text({"approver_email": "boss@example.test", "operator_email": "Boss@example.test"})
    people = {person["email"]: person["roles"] for person in tomllib.loads(text)["people"]}
    assert people["boss@example.test"] == ["approver", "operator"]


@given(st.dictionaries(st.sampled_from([question.key for question in questions()]), st.text(max_size=30)))
def test_no_answer_breaks_the_file(answers: dict[str, str]) -> None:
    named = ["people"]
    try:
        read(settings_text(answers), Path("/nowhere/countersign.toml"), {})
    except SettingsError as error:
        named = [problem.key for problem in error.problems]
    assert all(named), "the text is not even TOML"
