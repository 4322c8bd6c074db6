"""The repository itself: it speaks of the project alone, works on any machine, and carries what it promises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = {".py", ".md", ".toml", ".j2", ".template", ".sh", ".cfg", ".txt", ".html", ".css", ".json", ".lock", ".ini", ""}

FOREIGN = {
    "a path of one machine": re.compile(r"/(?:work|root|home)/[a-z]|[A-Z]:\\Users"),
    "a host of a package registry": re.compile(r"(?:pypi|pythonhosted|npmjs|deb\.debian)\.(?:org|io|com)"),
    "a place to find packages": re.compile(r"--(?:extra-)?index-url|--find-links"),
    "unfinished work": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    "a merge left open": re.compile(r"^(?:<{7}|>{7})(?: |$)"),
}


def _files() -> list[Path]:
    """What git would carry; without git, what lies here and is not made by a run."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not {".venv", ".git"} & set(path.parts)]
    ours = (path for path in paths if path.is_file() and path.suffix in TEXT)
    return [path for path in ours if path != Path(__file__) and not path.is_relative_to(ROOT / "tests" / "vectors")]


@pytest.mark.parametrize("what", FOREIGN)
def test_the_repository_speaks_of_the_project_alone(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in _files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if FOREIGN[what].search(line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(pins) > 40
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_the_lock_files_hold_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    _assert_locked("requirements.lock", [*project["dependencies"], *extras["demo"]])
    _assert_locked("requirements-dev.lock", [*project["dependencies"], *chain.from_iterable(extras.values())])


def test_every_make_target_is_explained() -> None:
    help_text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(target in help_text for target in ("env", "demo", "test", "bench", "crash", "sim", "fuzz"))


def test_the_generated_parts_of_the_documents_are_fresh() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def _assert_locked(lock: str, requirements: list[str]) -> None:
    pinned = set(re.findall(r"(?m)^([a-z0-9-]+)(?:\[[a-z,]+\])?==", (ROOT / lock).read_text(encoding="utf-8")))
    names = {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in requirements} - {"countersign"}
    assert names - pinned == set()
