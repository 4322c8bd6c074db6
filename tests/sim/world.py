"""What befalls an installation from outside: time, servers and disks that go down, the mailbox's own ways, and the
operator's orders."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from tests.sim.fate import is_injected
from tests.sim.house import House
from tests.sim.ledger import Ledger
from tests.sim.letters import ADA, ADAM
from tests.sim.truth import Truth
from workflow.core.deeds import Deed, Lane
from workflow.service import Service


class World:
    """Everything that nobody in the house does."""

    def __init__(self, house: House, ledger: Ledger, truth: Truth) -> None:
        self.house, self.ledger, self.truth = house, ledger, truth
        self.dice = random.Random()
        self.note: Callable[[str], None] = lambda text: None

    def minutes(self) -> None:
        self.house.pass_time(timedelta(minutes=self.dice.choice([3, 11, 11, 25])))

    def hours(self) -> None:
        self.house.pass_time(timedelta(hours=self.dice.choice([2, 9, 26])))

    def days(self) -> None:
        """A weekend, or nobody is there."""
        self.house.pass_time(timedelta(days=self.dice.choice([1, 2, 4])))

    def clock_back(self) -> None:
        """Somebody sets the clock."""
        self.house.pass_time(-timedelta(minutes=self.dice.choice([1, 7, 50])))

    def trouble(self) -> None:
        """Something goes down, or comes back."""
        if not self.house.fate.storm:
            return
        which = self.dice.choice(["smtp", "quota", "imap", "disk", "journal", "address"])
        house = self.house
        match which:
            case "smtp":
                house.server.down = not house.server.down
            case "quota":
                house.server.quota = not house.server.quota
            case "imap":
                house.mailbox.down = not house.mailbox.down
            case "disk":
                house.disk.full = not house.disk.full
            case "journal":
                house.journal_down = not house.journal_down
            case _:
                house.server.unknown ^= {self.dice.choice(["billing@romashka.example", ADA])}
        self.note(f"  {which} goes down or comes back")

    def renumber(self) -> None:
        self.note("  the mailbox numbers anew")
        self.house.mailbox.renumber()

    def lose_flags(self) -> None:
        """Somebody opens the mailbox and moves a read letter away."""
        known = {row["message_id"] for row in self.ledger.rows("SELECT message_id FROM letters")}
        read = [message for message in self.house.mailbox.messages if message.message_id in known]
        if read:
            self.dice.choice(read).gone = True

    def reroute(self) -> None:
        """The operator puts another approver in."""
        rows = self.ledger.rows("SELECT reference FROM requests WHERE status = 'awaiting'")
        if rows:
            reference = self.dice.choice(rows)["reference"]
            leaving, to = self.dice.choice([(ADAM, ADA), (ADA, ADAM), (None, ADA)])
            params = {"to": to, "reason": "в отпуске", "instead_of": leaving}
            self.note(f"  reroute {reference} from {leaving} to {to}")
            self._operator(lambda service: service.add_deeds([Deed(Lane.CLOCK, "reroute", params=params)], reference))

    def retry(self) -> None:
        """The operator puts dead deeds back."""
        if self.ledger.rows("SELECT id FROM deeds WHERE state = 'dead'"):
            self.truth.retried = True
            self._operator(lambda service: service.journal.retry(None, self.house.now()))

    def _operator(self, act: Callable[[Service], object]) -> None:
        daemon = self.house.daemons[0]
        try:
            self.house.fate.direct(daemon.process, lambda: act(daemon.wiring.service))
        except Exception as error:
            if not is_injected(error):
                raise
        except BaseException:
            self.house.crash(0)
