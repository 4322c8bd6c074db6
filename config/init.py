"""The questions of `countersign init` and the commented settings file that its answers make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from config.providers import Provider, is_public, provider_of
from config.settings import read

# An address under this reserved domain means: nothing real yet, try it with the mail server of the demo.
_EXAMPLE_DOMAIN = "example.test"
_TRIAL = Provider("127.0.0.1", 1143, "none", "127.0.0.1", 1587, "none")

_NAMES = {
    "en": {"company_name": "North Wind Ltd", "requester_name": "Rita Adler", "approver_name": "Adam Head",
           "accountant_name": "Fiona Count", "operator_name": "Oscar Keeper"},
    "ru": {"company_name": "ООО «Северный ветер»", "requester_name": "Рита Орлова", "approver_name": "Антон Головин",
           "accountant_name": "Фаина Счетова", "operator_name": "Олег Сторожев"},
}  # fmt: skip
_MAILBOXES = {"requester": "manager", "approver": "head", "accountant": "accounting", "operator": "operator"}


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask; the default is what an empty answer means before anything else is known."""

    key: str
    text_en: str
    text_ru: str
    default: str

    def text(self, language: str) -> str:
        return self.text_ru if language == "ru" else self.text_en


def questions() -> list[Question]:
    """Everything to ask, in this order."""
    return [Question(key, english, russian, suggest(key, {})) for key, english, russian in _QUESTIONS]


def suggest(key: str, answers: Mapping[str, str]) -> str:
    """What an empty answer to this question means after these answers."""
    language = answers.get("language", "ru")
    address = answers.get("mailbox_address") or f"payments@{_EXAMPLE_DOMAIN}"
    provider = _provider(address)
    role, _, what = key.partition("_")
    if role in ("imap", "smtp"):
        return str(getattr(provider, key))
    if what == "email":
        # At a public provider such an address is a stranger's: nothing is suggested, the question must be answered.
        return "" if is_public(address) else f"{_MAILBOXES[role]}@{address.rpartition('@')[2]}"
    return {
        "language": "ru",
        "timezone": "Europe/Moscow",
        "company_inn": "",
        "mailbox_address": address,
        "username": address,
        **_NAMES["en" if language == "en" else "ru"],
    }[key]


def write_settings(answers: Mapping[str, str], path: Path) -> None:
    """Write a settings file from these answers, empty ones taken as suggested.

    Raises FileExistsError where the file is there already and SettingsError where an answer cannot be used; in both
    cases nothing is written.
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already; move it away first")
    text = settings_text(answers)
    read(text, path.absolute(), {})
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def settings_text(answers: Mapping[str, str]) -> str:
    """The content of a first settings file, with comments in the language of the answers."""
    known: dict[str, str] = {}
    for key, _, _ in _QUESTIONS:
        known[key] = answers.get(key, "").strip() or suggest(key, known)
    language = "en" if known["language"].lower() == "en" else "ru"
    template = files("config").joinpath(f"first.{language}.template").read_text(encoding="utf-8")
    return _aligned(Template(template).substitute(_values(known, language)))


def _values(known: Mapping[str, str], language: str) -> dict[str, str]:
    provider = _provider(known["mailbox_address"])
    hint = provider.hint_ru if language == "ru" else provider.hint_en
    values = {key: _quoted(value) for key, value in known.items()}
    values["imap_port"], values["smtp_port"] = (_number(known[key]) for key in ("imap_port", "smtp_port"))
    values["company_inn"] = f"inn = {values['company_inn']}" if known["company_inn"] else '# inn = "7707083893"'
    values["approver_email"] = _quoted(known["approver_email"].lower())
    return values | {
        "password_hint": f"# {hint}\n" if hint else "",
        "plus_addressing": "true" if provider.plus_addressing else "false",
        "authserv_id": _list(provider.authserv_id),
        "people": _people(known),
    }


def _people(known: Mapping[str, str]) -> str:
    """A table for each person; who was named for several roles gets one table with all of them."""
    names: dict[str, str] = {}
    roles: dict[str, list[str]] = {}
    for role in _MAILBOXES:
        email = known[f"{role}_email"].lower()
        names.setdefault(email, known[f"{role}_name"])
        roles.setdefault(email, []).append(role)
    return "\n".join(
        f"[[people]]\nname = {_quoted(names[email])}\nemail = {_quoted(email)}\nroles = {_list(roles[email])}\n"
        for email in names
    )


def _aligned(text: str) -> str:
    """Comments in one column: the templates part them from the code by a tab, which no quoted value can hold."""
    parts = (line.partition("\t") for line in text.split("\n"))
    return "\n".join(f"{code:<36} {comment}" if tab else code for code, tab, comment in parts)


def _provider(address: str) -> Provider:
    return _TRIAL if address.lower().endswith(f"@{_EXAMPLE_DOMAIN}") else provider_of(address)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's, save for DEL, which JSON leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(text: str) -> str:
    """A port as a bare number; anything else stays quoted text, so that the settings name the problem."""
    return text if text.isascii() and text.isdigit() and not text.startswith("0") else _quoted(text)


def _list(words: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(_quoted(word) for word in words) + "]"


_QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("language", "Language of notices and labels (ru or en)", "Язык писем и подписей (ru или en)"),
    ("timezone", "Time zone", "Часовой пояс"),
    ("company_name", "Name of the company that pays", "Название компании, которая платит"),
    ("company_inn", "Its INN (may stay empty)", "Ее ИНН (можно не указывать)"),
    ("mailbox_address", "Address of the mailbox for payment requests", "Адрес почтового ящика для заявок"),
    ("imap_host", "Incoming mail (IMAP): server", "Входящая почта (IMAP): сервер"),
    ("imap_port", "Incoming mail: port", "Входящая почта: порт"),
    ("imap_security", "Incoming mail: tls, starttls or none", "Входящая почта: tls, starttls или none"),
    ("smtp_host", "Outgoing mail (SMTP): server", "Исходящая почта (SMTP): сервер"),
    ("smtp_port", "Outgoing mail: port", "Исходящая почта: порт"),
    ("smtp_security", "Outgoing mail: tls, starttls or none", "Исходящая почта: tls, starttls или none"),
    ("username", "Name to sign in to the mailbox with", "Имя для входа в ящик"),
    ("requester_name", "A manager who will send requests: name", "Менеджер, который присылает заявки: имя"),
    ("requester_email", "His or her e-mail", "Почта менеджера"),
    ("approver_name", "The head who approves: name", "Руководитель, который согласует: имя"),
    ("approver_email", "His or her e-mail", "Почта руководителя"),
    ("accountant_name", "The accountant: name", "Бухгалтер: имя"),
    ("accountant_email", "His or her e-mail", "Почта бухгалтера"),
    ("operator_name", "Who looks after this installation: name", "Кто следит за работой программы: имя"),
    ("operator_email", "His or her e-mail", "Почта этого человека"),
)
