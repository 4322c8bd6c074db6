"""What every command needs: the settings file, the parts, a clear end."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import typer
from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings, SettingsError, load
from documents.disk import make_folders
from workflow.cli.logs import set_up_logs
from workflow.journal import JournalError
from workflow.journal.schema import prepare
from workflow.wiring import Wiring

DONE, NO, WRONG_USE = 0, 1, 2


@dataclass
class Session:
    """One call of the program: its settings are read when a command needs them."""

    path: Path

    @cached_property
    def settings(self) -> Settings:
        try:
            return load(self.path, os.environ)
        except SettingsError as error:
            stop(WRONG_USE, str(error))

    @cached_property
    def wiring(self) -> Wiring:
        set_up_logs(self.settings.logs.format, self.settings.logs.level)
        return Wiring(self.settings)

    def open_journal(self) -> Wiring:
        """The parts, with the journal's schema in order and the journal being this company's."""
        with plain_errors():
            prepare(self.wiring.journal.engine, self.wiring.now())
            self.wiring.refuse_strange_journal()
        return self.wiring

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no daemon runs on this installation; while the block lasts none can start."""
        if self.wiring.journal.shared:
            with self.wiring.holding_all() as holds:
                yield holds
            return
        with self.place_of_one() as alone:
            yield alone

    @contextmanager
    def place_of_one(self) -> Iterator[bool]:
        """The same by the locks that a daemon on SQLite holds: its installation's, and its journal's, which two
        settings files may name by mistake."""
        with ExitStack() as held:
            try:
                for path in self._locks():
                    make_folders(path.parent)
                    held.enter_context(FileLock(path).acquire(timeout=0))
            except Timeout:
                yield False
                return
            yield True

    def _locks(self) -> Iterator[Path]:
        yield self.settings.data_dir / "daemon.lock"
        url = make_url(self.settings.journal)
        if url.get_backend_name() == "sqlite" and url.database:
            journal = Path(url.database).resolve()  # by another name it is the same file
            yield journal.with_name(f"{journal.name}.lock")


def default_path() -> Path:
    return Path(os.environ.get("COUNTERSIGN_CONFIG") or "countersign.toml")


def session(context: typer.Context) -> Session:
    found: Session = context.obj
    return found


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors that a sentence explains end the command with it, not with a traceback."""
    try:
        yield
    except (JournalError, SQLAlchemyError, OSError) as error:
        stop(NO, sentence(error))


def sentence(error: Exception) -> str:
    """What to say of a failure of the world, and what to do next."""
    if isinstance(error, SQLAlchemyError):
        why = str(getattr(error, "orig", None) or error).rstrip(".")
        return f"The journal cannot be used: {why}. If it stays so, restore the newest good copy of it."
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
    return str(error)


def stop(code: int, sentence: str = "") -> NoReturn:
    if sentence:
        print(sentence, file=sys.stderr)
    raise typer.Exit(code)


def show(value: Any, as_json: bool, plain: Callable[[], None]) -> None:
    """Facts as JSON for programs or as text for people."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        plain()


def quiet() -> None:
    """Commands that print facts keep their logs to warnings."""
    logging.getLogger("countersign").setLevel(logging.WARNING)
