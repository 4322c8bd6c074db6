"""The demo, as somebody sees it who has just cloned the project: on embedded servers, without any account."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.command import program


@pytest.mark.parametrize(
    ("language", "scene", "paid"), [("ru", "5. Знакомый", "«Оплачен"), ("en", "5. A known", "“Paid")]
)  # fmt: skip
def test_the_demo_tells_its_whole_story(tmp_path: Path, language: str, scene: str, paid: str) -> None:
    done = program(None, "demo", "--folder", str(tmp_path / "demo"), "--lang", language, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert scene in done.stdout
    assert f"00001, {paid}" in done.stdout
    assert (tmp_path / "demo" / "registry.xlsx").exists()
    assert "Traceback" not in done.stderr
