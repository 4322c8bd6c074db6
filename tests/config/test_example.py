"""The example settings are complete: they load, and every key of the models stands in them with its default."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import BaseModel

from config import sections
from config.settings import Settings, load

EXAMPLE = files("config").joinpath("countersign.example.toml").read_text(encoding="utf-8")


def _every_section() -> list[type[BaseModel]]:
    found = [kind for kind in vars(sections).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return [*found, Settings]


def _keys() -> list[str]:
    return sorted({field.alias or name for model in _every_section() for name, field in model.model_fields.items()})


def test_the_example_loads(tmp_path: Path) -> None:
    (tmp_path / "countersign.toml").write_text(EXAMPLE, encoding="utf-8")
    settings = load(tmp_path / "countersign.toml", {})
    assert settings.company.inn == "7707083893"
    assert [rule.when.always for rule in settings.approval] == [False, True]


def test_the_example_also_loads_with_its_optional_settings_switched_on(tmp_path: Path) -> None:
    switched = re.sub(r"(?m)^# (internal_header|read_from|path|name|when) =", r"\1 =", EXAMPLE)
    (tmp_path / "countersign.toml").write_text(switched, encoding="utf-8")
    settings = load(tmp_path / "countersign.toml", {})
    assert settings.templates.path == tmp_path / "our-templates"


@pytest.mark.parametrize("key", _keys())
def test_every_key_stands_in_the_example(key: str) -> None:
    assert re.search(rf"(?m)(^|^# |[{{,\[(] ?|also |[.\[]|, ){re.escape(key)}\b", EXAMPLE), f"{key} is not shown"


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "countersign.toml").write_text(EXAMPLE, encoding="utf-8")
    shown = load(tmp_path / "countersign.toml", {})
    least = re.sub(r"(?s)\[registry\].*?(?=\[\[people\]\])", "", EXAMPLE)
    (tmp_path / "countersign.toml").write_text(least, encoding="utf-8")
    default = load(tmp_path / "countersign.toml", {})
    assert shown == default
