"""Reads the settings file whole: either every value is good, or one error lists every problem with its key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from config.checks import check_file, find_warnings
from config.parts import FilePath, Filled, JournalUrl, Rate, Zone
from config.sections import (
    CalendarSettings,
    Company,
    Condition,
    ContractorSettings,
    Controls,
    DaemonSettings,
    Decisions,
    Health,
    Keywords,
    Language,
    Logs,
    Mailbox,
    MaterialsSettings,
    Notices,
    OAuth,
    Person,
    RegistrySettings,
    Rule,
    SecretError,
    Section,
    Server,
    Step,
    Templates,
)
from config.typed import Problem

__all__ = [
    "Company", "Condition", "Mailbox", "OAuth", "Person", "Problem", "Rate", "RegistrySettings", "Rule", "SecretError",
    "Server", "Settings", "SettingsError", "Step", "load", "read", "warnings",
]  # fmt: skip


def _listed(value: object) -> object:
    """One [registry] table is a list of one."""
    return [value] if isinstance(value, dict) else value


class Settings(Section):
    """The whole file. Paths are absolute, addresses lower case, people's languages filled in."""

    language: Language = "ru"
    timezone: Zone = ZoneInfo("Europe/Moscow")
    data_dir: FilePath = Path("var")
    journal: Annotated[JournalUrl, Field(repr=False)] = "sqlite:///var/journal.db"
    company: Company
    mailbox: Mailbox
    registries: Annotated[tuple[RegistrySettings, ...], BeforeValidator(_listed), Filled, Field(alias="registry")]
    materials: MaterialsSettings
    notices: Notices = Notices()
    calendar: CalendarSettings = CalendarSettings()
    decisions: Decisions = Decisions()
    controls: Controls = Controls()
    contractor: ContractorSettings = ContractorSettings()
    templates: Templates = Templates()
    keywords: Keywords = Keywords()
    logs: Logs = Logs()
    health: Health = Health()
    daemon: DaemonSettings = DaemonSettings()
    people: Annotated[tuple[Person, ...], Filled]
    approval: Annotated[tuple[Rule, ...], Filled]


class SettingsError(Exception):
    """The settings file cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        lines = (f"  {problem.key}: {problem.text}" if problem.key else f"  {problem.text}" for problem in problems)
        super().__init__("\n".join((f"The settings file {path} cannot be used:", *lines)))
        self.path = path
        self.problems = problems


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """The settings of this file; `env` is where password variables are looked up later."""
    path = Path(path).absolute()
    return read(_read_file(path), path, env)


def read(text: str, path: Path, env: Mapping[str, str]) -> Settings:
    """The settings that this text would mean as the content of this file."""
    raw = _read_toml(text, path)
    context = {"base": path.parent, "env": env}
    found: tuple[Problem, ...] = ()
    try:
        settings = Settings.model_validate(_with_defaults(raw), context=context)
    except ValidationError as error:
        found = tuple(_problem(detail, raw) for detail in error.errors(include_url=False))
    found = tuple(dict.fromkeys(found + tuple(check_file(raw))))
    if found:
        raise SettingsError(path, found)
    return settings


def warnings(settings: Settings) -> tuple[Problem, ...]:
    """What works but deserves a second look; `check` prints it."""
    return tuple(find_warnings(settings.people, settings.approval, settings.mailbox, settings.registries))


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = 'the file is not there; "countersign init" makes one'
    except OSError as error:
        text = f"the file cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        text = "the file is not UTF-8 text; save it as UTF-8"
    raise SettingsError(path, (Problem("", text),))


def _read_toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(path, (Problem("", f"the file is not valid TOML: {error}"),)) from error


def _with_defaults(raw: dict[str, Any]) -> dict[str, Any]:
    """The file with what one key takes from another: people's language, and where the password is."""
    filled = dict(raw)
    if isinstance(raw.get("people"), list):
        language = _language_of(raw.get("language"))
        filled["people"] = [{"language": language, **one} if isinstance(one, dict) else one for one in raw["people"]]
    mailbox = raw.get("mailbox")
    if isinstance(mailbox, dict) and not {"password_file", "password_env", "oauth"} & mailbox.keys():
        filled["mailbox"] = {**mailbox, "password_file": "secrets/mailbox"}
    # Their default paths start at the file's folder too, which only a section that is read can know.
    for section in ("registry", "materials"):
        filled.setdefault(section, {})
    return filled


def _language_of(value: object) -> str:
    """The language of the installation, the usual one where the file names none that we speak."""
    word = value.strip().lower() if isinstance(value, str) else ""
    return word if word in get_args(get_args(Language)[0]) else "ru"


def _problem(detail: ErrorDetails, raw: Mapping[str, Any]) -> Problem:
    return Problem(_key(detail["loc"], raw), _sentence(detail))


def _key(loc: tuple[int | str, ...], raw: Mapping[str, Any]) -> str:
    """The key as one writes it; tables of a list are counted from 1."""
    key = ""
    for place, part in enumerate(loc):
        if isinstance(part, int):
            alone = place == 1 and not isinstance(raw.get(str(loc[0])), list)
            key += "" if alone else f"[{part + 1}]"
        elif part != "[key]":
            key += f".{part}" if key else part
    return key


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return "is required"
        case "extra_forbidden":
            return "is not a known key" + _did_you_mean(detail["loc"])
        case "literal_error":
            return "must be " + str(context["expected"]).replace("'", '"')
        case "tuple_type" | "list_type":
            return "must be a list in square brackets"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "must be a table"
        case "string_type":
            return "must be text in quotes"
        case _:
            return str(detail["msg"])


def _did_you_mean(loc: tuple[int | str, ...]) -> str:
    model: type[Section] | None = Settings
    for part in loc[:-1]:
        if isinstance(part, str) and model is not None:
            model = _section_in(_fields(model).get(part))
    near = get_close_matches(str(loc[-1]).lower(), _fields(model) if model else (), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _fields(model: type[Section]) -> dict[str, Any]:
    """The kinds of a section's keys, by the key as it is typed."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _section_in(kind: Any) -> type[Section] | None:
    """The section that a kind is made of, also inside a tuple or an optional one."""
    if isinstance(kind, type) and issubclass(kind, Section):
        return kind
    return next((found for part in get_args(kind) if (found := _section_in(part))), None)
