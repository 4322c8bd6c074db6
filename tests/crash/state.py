"""What an installation is after a run, in a form that two tellings of the same story share, and what must hold in it.

Left out is only what may differ: tokens and Message-IDs, times of day, the number of tries, generations.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, select

from helpers.smtp import Received
from stories.stage import OSCAR, RITA
from tests.crash.outside import INSTANT, Facts, OnDisk, Outside
from workflow.core.deeds import CONTRACTOR_KINDS
from workflow.journal import tables

OWN = "| ignored own None"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
SWEPT_LATER = re.compile(r"\.countersign-.*\.tmp")
TOLD_OF_DOUBT = frozenset({"Сообщение", "История"})
IN_DOUBT_NOTICE = "told_in_doubt"
EVENTS_OF_DOUBT = ("NoticeInDoubt", "Bounced")
NOTICES_OF_DOUBT = (IN_DOUBT_NOTICE, "told_bounced", "alarm", *CONTRACTOR_KINDS)
"""What may be there or not when it is not known whether the contractor's server took the notice or refused it."""


@dataclass(frozen=True)
class State:
    """Facts that must be alike in two tellings, and faults that may be in none."""

    facts: Facts
    faults: Sequence[str]


def state_of(
    folder: Path, delivered: Sequence[Received], *, journal_url: str = "", outside: Outside | None = None
) -> State:
    """Everything that is known about an installation from the outside and from its journal: by default the workbooks
    and materials in its folder, and the SQLite file there."""
    outside = outside or OnDisk(folder)
    engine = create_engine(journal_url or f"sqlite:///{folder / 'var/journal.db'}")
    try:
        with engine.connect() as journal:
            letters = _letters(journal)
            doubtful = _doubtful(journal)
            facts = {
                "letters": sorted(name for name in letters.values() if not name.endswith(OWN)),
                "requests": _requests(journal, letters),
                "history": _history(journal, letters),
                "notices": _notices(journal),
                "delivered": _delivered(journal, delivered),
                "waiting": _waiting(journal),
                "tokens": _tokens(journal),
                "cursor": _cursor(journal),
                "agreed": _agreed(journal),
                "materials": sorted([*outside.materials(), *_papers(journal)]),
                "sheet": outside.sheets(),
                "probe": _probe(journal),
            }
            faults = [*outside.faults(), *_letter_faults(journal, folder), *_delivery_faults(journal, delivered),
                      *_left_over(folder), *_doubt_faults(journal, doubtful)]  # fmt: skip
    finally:
        engine.dispose()
    return State(_without_doubt(facts, doubtful), faults)


def differences(expected: State, found: State) -> list[str]:
    """Where the two tellings differ, in words."""
    doubtful = set(expected.facts["doubtful"]) | set(found.facts["doubtful"])
    told = [*found.faults]
    for name, value in expected.facts.items():
        if name != "doubtful":
            ours, theirs = _relevant(name, value, doubtful), _relevant(name, found.facts[name], doubtful)
            told += _difference(name, ours, theirs)
    return told


def _difference(name: str, expected: Any, found: Any) -> Iterator[str]:
    if expected == found:
        return
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in sorted({*expected, *found}):
            yield from _difference(f"{name} {key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list):
        left, right = Counter(map(repr, expected)), Counter(map(repr, found))
        missing, extra = left - right, right - left
        order = "" if missing or extra else " (the order differs)"
        yield f"{name}: missing {list(missing.elements())}, too many {list(extra.elements())}{order}"
    else:
        yield f"{name}: expected {expected!r}, found {found!r}"


# --- the journal ----------------------------------------------------------------------------------------------------


def _letters(journal: Connection) -> dict[str, str]:
    """Every letter by its key, told by sender, subject and what became of it."""
    rows = journal.execute(select(tables.letters).order_by(tables.letters.c.received_at, tables.letters.c.key)).all()
    return {row.key: f"{row.sender} | {row.subject} | {row.verdict} {row.reason} {row.reference}" for row in rows}


def _requests(journal: Connection, letters: Mapping[str, str]) -> Facts:
    rows = journal.execute(select(tables.requests)).all()
    return {row.reference: json.loads(_plain(row.state, letters)) for row in rows}


def _history(journal: Connection, letters: Mapping[str, str]) -> dict[str, list[str]]:
    """What happened to each request, in order."""
    told: dict[str, list[str]] = {}
    table = tables.events
    for row in journal.execute(select(table).order_by(table.c.reference, table.c.seq)):
        told.setdefault(row.reference, []).append(f"{row.type} {row.actor} {_plain(row.payload or '', letters)}")
    return told


def _notices(journal: Connection) -> list[str]:
    table = tables.deeds
    rows = journal.execute(select(table).where(table.c.lane == "mail")).all()
    return sorted(_notice(row) for row in rows)


def _notice(row: Any) -> str:
    # the number of a deed says nothing, nor do the mail server's port and how far its clock is from the story's
    params = re.sub(r" \(\d+\)|(?<=127\.0\.0\.1):\d+|(?<=расходятся на )\d+", "", INSTANT.sub("T", row.params))
    return f"{row.kind} {row.person} {row.reference} {row.state} {params}"


def _delivered(journal: Connection, received: Sequence[Received]) -> list[str]:
    """Which notices the mail server took, each once however often it was sent."""
    known = {row.message_id: _notice(row) for row in _mail(journal)}
    ids = {(message_id_of(one), one.recipients[0]) for one in received}
    return sorted(known.get(message_id, f"unknown to {to}") for message_id, to in ids)


def _mail(journal: Connection) -> list[Any]:
    return list(journal.execute(select(tables.deeds).where(tables.deeds.c.lane == "mail")).all())


def message_id_of(one: Received) -> str:
    """Found in the bytes: a letter is looked at too often for taking it apart each time."""
    head = one.raw.partition(b"\r\n\r\n")[0]
    found = MESSAGE_ID.search(head)
    return found[1].decode() if found else ""


def _waiting(journal: Connection) -> list[str]:
    """Deeds that are not done: those to come later, and dead ones."""
    table = tables.deeds
    rows = journal.execute(select(table).where(table.c.state.not_in(("done", "skipped")))).all()
    return sorted(f"{row.lane} {row.kind} {row.reference} {row.state}" for row in rows)


def _tokens(journal: Connection) -> list[str]:
    rows = journal.execute(select(tables.tokens).where(tables.tokens.c.kind != "alarm")).all()
    return sorted(f"{row.kind} {row.person} {row.reference}/{row.version} {row.step} {row.ask}" for row in rows)


def _agreed(journal: Connection) -> Facts:
    """The cells that journal and sheet have agreed on, without counters."""
    table = tables.agreements
    rows = journal.execute(select(table).where(table.c.current.is_(True))).all()
    return {f"{row.registry} {row.reference}": _cells(json.loads(row.cells)) for row in rows}


def _cells(stored: Mapping[str, Any]) -> Mapping[str, str]:
    kept = {key: cell for key, cell in stored.items() if cell is not None and key[0] != "#" and key != "updated"}
    return {key: INSTANT.sub("T", _agreed_cell(cell)) for key, cell in kept.items()}


def _agreed_cell(cell: Any) -> str:
    """A sum is the same with and without its zeros."""
    if isinstance(cell, dict) and "n" in cell:
        return format(Decimal(cell["n"]).normalize(), "f")
    return json.dumps(cell, ensure_ascii=False)


def _plain(text: str, letters: Mapping[str, str]) -> str:
    for key, name in letters.items():
        text = text.replace(key, json.dumps(name, ensure_ascii=False)[1:-1])
    return re.sub(r"[a-z2-7]{26}(@[\w.]+)?|(?<=127\.0\.0\.1):\d+", "…", INSTANT.sub("T", text))


def _papers(journal: Connection) -> Iterator[str]:
    """The files of requests as the journal knows them."""
    for row in journal.execute(select(tables.materials)):
        yield f"known {INSTANT.sub('T', row.path)} {row.kind}"


def _cursor(journal: Connection) -> list[int]:
    """How far the mailbox was read; letters of ours that are in it come to other places at every telling."""
    if _probe(journal):
        return []
    return [row.uid for row in journal.execute(select(tables.cursors))]


def _probe(journal: Connection) -> list[str]:
    """The daily letters to ourselves, and whether the newest has come."""
    rows = [row for row in _mail(journal) if row.kind == "probe"]
    came = journal.execute(select(tables.meta.c.value).where(tables.meta.c.key == "probe_arrived")).scalar()
    arrived = [f"{len(rows)}. arrived"] if came and json.loads(came)["id"] == max(row.id for row in rows) else []
    return [*(f"probe {row.state}" for row in rows), *arrived]


# --- what may never be ----------------------------------------------------------------------------------------------


def _letter_faults(journal: Connection, folder: Path) -> Iterator[str]:
    rows = journal.execute(select(tables.letters)).all()
    kept = {path.stem: path for path in (folder / "var/letters").rglob("*.eml")}
    for row in rows:
        if row.path is not None and row.key not in kept:
            yield f"the letter {row.subject!r} is not on disk"
    for key in kept.keys() - {row.key for row in rows}:
        yield f"a letter on disk has no verdict: {key}"


def _delivery_faults(journal: Connection, received: Sequence[Received]) -> Iterator[str]:
    rows = {row.message_id: row for row in _mail(journal)}
    times = Counter(message_id_of(one) for one in received)
    for message_id, count in times.items():
        row = rows.get(message_id)
        if row is None:
            yield f"a mail went out that the journal does not know: {message_id}"
        elif row.kind in CONTRACTOR_KINDS and count > 1:
            yield f"{row.kind} of {row.reference} was delivered {count} times"
    for row in rows.values():
        if row.state == "done" and not times[row.message_id]:
            yield f"{row.kind} to {row.person} of {row.reference} counts as sent and never was"


def _left_over(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.tmp"):
        if not SWEPT_LATER.fullmatch(path.name) and "servers" not in path.parts:
            yield f"left behind: {path.relative_to(folder)}"


# --- doubt ----------------------------------------------------------------------------------------------------------


def _doubtful(journal: Connection) -> dict[str, str]:
    """Requests whose contractor's notice is in doubt, with its kind."""
    return {row.reference: row.kind for row in _mail(journal) if row.state == "in_doubt"}


def _doubt_faults(journal: Connection, doubtful: Mapping[str, str]) -> Iterator[str]:
    done = [row for row in _mail(journal) if row.kind == IN_DOUBT_NOTICE and row.state == "done"]
    told = {(row.reference, row.person) for row in done}
    for reference, kind in doubtful.items():
        if kind not in CONTRACTOR_KINDS:
            yield f"{kind} of {reference} is in doubt, which only a contractor's notice may be"
        for person in (RITA, OSCAR):
            if (reference, person) not in told:
                yield f"{person} was not told that the notice of {reference} is in doubt"


def _without_doubt(facts: Facts, doubtful: Mapping[str, str]) -> Facts:
    return {**facts, "doubtful": sorted(doubtful)}


def _relevant(name: str, value: Any, doubtful: set[str]) -> Any:
    """A fact without what a doubt of one telling adds to it."""
    if not doubtful:
        return value
    if isinstance(value, list):
        return [one for one in value if not _of_doubt(one, doubtful)]
    return {key: _relevant_of_request(name, key, one, doubtful) for key, one in value.items()}


def _of_doubt(line: object, doubtful: set[str]) -> bool:
    text = str(line)
    names_it = any(reference in text for reference in doubtful)
    return names_it and text.removeprefix("mail ").startswith(NOTICES_OF_DOUBT)


def _relevant_of_request(name: str, key: str, value: Any, doubtful: set[str]) -> Any:
    if name == "sheet":
        return {row: _row_without_doubt(row, cells, doubtful) for row, cells in value.items()}
    if key.rpartition(" ")[2] not in doubtful:
        return value
    if name == "history":
        return [line for line in value if not line.startswith(EVENTS_OF_DOUBT)]
    return {field: one for field, one in value.items() if field not in ("message", "history")}


def _row_without_doubt(row: str, cells: Mapping[str, str], doubtful: set[str]) -> Mapping[str, str]:
    if row not in doubtful:
        return cells
    return {title: cell for title, cell in cells.items() if title not in TOLD_OF_DOUBT}
