"""`migrate`: the journal's schema, and the journal itself from one database to another."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from config.parts import journal_url
from workflow.cli.common import NO, WRONG_USE, Session, plain_errors, stop
from workflow.journal.engine import open_engine
from workflow.journal.moving import move
from workflow.journal.schema import upgrade


def migrate_journal(session: Session, adopt: bool, source: str) -> None:
    wiring = session.wiring
    with plain_errors():
        if source:
            _move(session, source)
        upgrade(wiring.journal.engine, wiring.now())
        wiring.refuse_strange_journal(adopt=adopt)
    print("The journal's schema is up to date.")


def _move(session: Session, source: str) -> None:
    """Everything from another database into the empty one that the settings name."""
    try:
        url = journal_url(source, session.path.absolute().parent)
    except ValueError as error:
        stop(WRONG_USE, f"--from {error}.")
    file = make_url(url).database if url.startswith("sqlite") else None
    if file is not None and not Path(file).is_file():
        stop(NO, f"{file} is not there.")
    with session.place_of_one() as alone:
        if not alone:
            stop(NO, "A daemon runs on this installation: stop it first.")
        counts = move(open_engine(url), session.wiring.journal.engine, session.wiring.now())
    print(f"Moved: {counts['requests']} requests, {counts['events']} events, {counts['letters']} letters; "
          "the chains hold. The old journal is kept and not used any more.")  # fmt: skip
