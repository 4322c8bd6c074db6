"""`recover`: an older copy of the journal was put back, and there is no newer one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from documents.errors import DocumentsError
from sheets.errors import RegistryError, RegistryMissing
from sheets.model import Row, Snapshot
from workflow.books import Book
from workflow.cli.common import NO, Session, plain_errors, quiet, show, stop
from workflow.oldcopy import refuse_old_copy
from workflow.recovery import Recovery
from workflow.registry_sync.reading import OldJournal
from workflow.report import utc
from workflow.statuses import status_of
from workflow.wiring import Wiring
from workflow.words import words

LET_GO = "See them with `countersign recover`; let them go with `--release`, leave some unsent with `--drop ID`."


def recover_journal(session: Session, release: bool, drop: list[int], force: bool, as_json: bool) -> None:
    wiring = session.open_journal()
    quiet()
    found: list[str] = []
    if drop:
        count = wiring.journal.drop_mail(drop, "not sent after a recovery", wiring.now())
        found.append(f"{count} notices will not be sent.")
    if release:
        wiring.journal.hold_mail(None)
        found.append("The notices leave now, or at the next run.")
    if not (drop or release):
        with session.alone() as alone, plain_errors():
            if wiring.journal.held_since() is None or wiring.journal.is_recovering() or force:
                if not alone:
                    stop(NO, "A daemon runs on this installation: stop it first.")
                found += _take_up(wiring, force)
    facts = {"found": found, "held": held_notices(wiring)}
    show(facts, as_json, lambda: _print(facts))


def _take_up(wiring: Wiring, force: bool) -> list[str]:
    gap = _gap(wiring)
    if not gap and not force:
        return ["The journal is as new as the registry and the materials: nothing to recover."]
    found = [gap] if gap else []
    try:
        recovery = recovery_of(wiring, found.append)
        wiring.journal.begin_recovery(wiring.now())
        snapshots = [_snapshot(book) for book in wiring.books]
        recovery.take_up(_together(snapshots))
        wiring.settle_registries()
        for book, snapshot in zip(wiring.books, snapshots, strict=True):
            recovery.adopt(book.name, snapshot)
            book.sync.rebuild()
        wiring.journal.end_recovery(wiring.now())
    except (RegistryError, DocumentsError) as error:
        stop(NO, f"{error} Nothing leaves meanwhile; run `countersign recover` again when that is mended.")
    return found


def _gap(wiring: Wiring) -> str:
    try:
        refuse_old_copy(wiring)
    except OldJournal as error:
        return str(error)
    except DocumentsError as error:
        stop(NO, str(error))
    return ""


def _snapshot(book: Book) -> Snapshot | None:
    try:
        return book.registry.read()
    except RegistryMissing:
        return None


def _together(snapshots: Sequence[Snapshot | None]) -> Snapshot | None:
    """The rows of all registries; of one that has gone from one to another, the row that can be paid."""
    there = [snapshot for snapshot in snapshots if snapshot is not None]
    rows: dict[str, Row] = {}
    for snapshot in there:
        rows |= {ref: row for ref, row in snapshot.rows.items() if ref not in rows or row.cells.get("amount")}
    return replace(there[0], rows=rows) if there else None


def recovery_of(wiring: Wiring, tell: Callable[[str], None]) -> Recovery:
    settings = wiring.settings
    mailbox = f"{settings.mailbox.address}/{settings.mailbox.folder}"
    return Recovery(
        wiring.service, wiring.reader, wiring.store, wiring.read, wiring.materials, status_of,
        words(settings.language), mailbox, settings.company.reference_prefix, settings.timezone, tell,
    )  # fmt: skip


def held_notices(wiring: Wiring) -> list[dict[str, Any]]:
    if wiring.journal.held_since() is None:
        return []
    return [
        {"id": row.id, "kind": row.kind, "person": row.person, "reference": row.reference,
         "created_at": utc(row.created_at)}
        for row in wiring.journal.waiting_mail()
    ]  # fmt: skip


def _print(facts: dict[str, Any]) -> None:
    for line in facts["found"]:
        print(line)
    for item in facts["held"]:
        print(f"held  {item['id']}  {item['created_at']}  {item['kind']} {item['reference'] or ''}  {item['person']}")
    if facts["held"]:
        print(f"{len(facts['held'])} notices are held. {LET_GO}")
