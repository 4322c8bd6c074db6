"""An older journal is put back: the daemon must refuse it, recovery takes up what is known outside, and no notice
leaves until the operator lets it go."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from typer import Exit

from tests.sim.fate import Crash, is_injected
from tests.sim.hands import Hands
from tests.sim.house import House
from tests.sim.ledger import Ledger
from tests.sim.rules import Rules
from tests.sim.truth import Truth
from workflow.cli.recover import _take_up


class Restore:
    """The operator with his backups."""

    def __init__(self, house: House, ledger: Ledger, truth: Truth, rules: Rules, hands: Hands) -> None:
        self.house, self.ledger, self.truth, self.rules, self.hands = house, ledger, truth, rules, hands
        self.note: Callable[[str], None] = lambda text: None
        self.kept: Path | None = None
        self.times = 0

    @property
    def journal(self) -> Path:
        return self.house.folder / "journal.db"

    def back_up(self) -> None:
        self.kept = self._copy("backup.db")
        self.note("  the journal is backed up")

    def _copy(self, name: str) -> Path:
        path = self.house.folder / name
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as target:
            self.ledger.connection.backup(target)
        target.close()
        return path

    # --- putting back -------------------------------------------------------------------------------------------------

    def put_back(self) -> None:
        """The disk is lost and the backup is put in its place. Where nobody could notice, the newer one turns up."""
        house = self.house
        if self.kept is None or self.times:
            return
        house.stop()
        house.disk.full = house.journal_down = False
        newer = self._copy("newer.db")
        beyond = self._is_beyond(self.kept)
        self._put(self.kept)
        seen = (len(house.server.taken), house.shelf.writes)
        refused = self._is_refused()
        if beyond and not refused:
            house.faults.append("an older copy of the journal was not noticed")
        if seen != (len(house.server.taken), house.shelf.writes):
            house.faults.append("with an older copy of the journal something was sent or written")
        if not refused:
            self.note("  an older journal is put back, and the newer one found again")
            self._put(newer)
        else:
            self.note("  an older journal is put back")
            self._recover()
        house.open()

    def _is_beyond(self, kept: Path) -> bool:
        """Do the sheets know of a later write than this copy?"""
        with sqlite3.connect(kept) as copy:
            known = {
                name: max(generation, int(pending or 0)) for name, generation, pending
                in copy.execute("SELECT name, generation, json_extract(facts, '$.pending') FROM registries")
            }  # fmt: skip
        copy.close()
        return any((book.generation or 0) > known.get(book.name, 0) for book in self.house.shelf.all if book.grid)

    def _put(self, kept: Path) -> None:
        self.ledger.close()
        for ending in ("-wal", "-shm"):
            self.journal.with_name(f"{self.journal.name}{ending}").unlink(missing_ok=True)
        self.journal.write_bytes(kept.read_bytes())
        self.ledger.open()
        self.rules.begin_anew()

    def _is_refused(self) -> bool:
        """A start in peace: it works, or says no and why."""
        house = self.house
        calm, house.fate.calm = house.fate.calm, True
        process, wiring = house.process(0)
        try:
            with redirect_stderr(StringIO()):  # it says why
                house.fate.direct(process, lambda: house.begun(0, process, wiring))
        except Exit:
            return True
        finally:
            house.end(process, wiring)
            house.fate.calm = calm
        return False

    def _recover(self) -> None:
        """`countersign recover`, and again with force where it was cut off."""
        self.times += 1
        self.truth.mail_held = True
        self.hands.muddled = True  # what was heard of people's words went with the newer journal
        for attempt in range(20):
            process, wiring = self.house.process(0)
            try:
                with redirect_stderr(StringIO()):
                    self.house.fate.direct(process, lambda w=wiring, f=attempt > 0: _take_up(w, f))
                break
            except Crash:
                self.note("  recovery is cut off")
            except Exit:
                self.note("  recovery says no")
            except Exception as error:
                if not is_injected(error):
                    raise
            finally:
                self.house.end(process, wiring)
            self._mend(attempt)
        known = {row["message_id"] for row in self.ledger.rows("SELECT message_id FROM letters")}
        for message in self.house.mailbox.messages:
            if message.gone and message.message_id not in known:
                self.truth.out_of_reach.add(message.message_id)

    def _mend(self, attempt: int) -> None:
        """What stands in the way is put right: open books are closed, the disk has room again."""
        self.house.disk.full = self.house.journal_down = False
        for book in self.house.shelf.all:
            book.sheet.unlock()
        self.house.fate.calm = self.house.fate.calm or attempt > 10

    def let_go(self) -> None:
        """The operator looks through what is held: what went out before the disk was lost is not sent again."""
        if not self.truth.mail_held:
            return
        self.note("  the operator lets the notices go")
        journal, now = self.house.daemons[0].wiring.journal, self.house.now()
        sent = {delivery.message_id for delivery in self.house.server.taken}

        def act() -> Any:
            ids = [row.id for row in journal.waiting_mail() if row.message_id in sent]
            journal.drop_mail(ids, "sent before the disk was lost", now)
            journal.hold_mail(None)

        try:
            self.house.fate.direct(self.house.daemons[0].process, act)
        except Crash:
            self.house.crash(0)
        except Exception as error:
            if not is_injected(error):
                raise
        else:
            self.truth.mail_held = False
