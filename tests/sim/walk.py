"""One seed: a world, so many steps in it, the rules looked at after each, and the balance when all has settled."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.sim.balance import Balance
from tests.sim.fate import Fate
from tests.sim.hands import Hands
from tests.sim.house import House
from tests.sim.kept import clock_of_leases, keep_files, place, seed_tokens, tidied
from tests.sim.ledger import Ledger
from tests.sim.listening import listening
from tests.sim.people import People
from tests.sim.plan import plan_of
from tests.sim.restore import Restore
from tests.sim.rules import Rules
from tests.sim.truth import Truth
from tests.sim.world import World

STEPS = 40
QUIET_ROUNDS, LONGEST_LEASE = 60, 20
"""So many rounds at most until all is at rest; so many for a lease to end that was taken before the clock was set back.
"""
LAST_ROUNDS = 3
ASKING = frozenset({"ask_for_payment", "ask_incompletely", "keep_a_draft", "forge_a_request"})
ANSWERING = frozenset({"vote", "pay_by_mail", "mark_approved_paid", "confirm", "explain", "complete", "minutes"})
QUIET_ACTS = frozenset({"round", "turn", "minutes", "hours", "days", "clock_back", "crash"})
"""Acts that always do something; another one that found nothing to do gives way to the next."""


class Breach(AssertionError):
    """A rule does not hold."""


@dataclass
class Outcome:
    """What came of a seed."""

    seed: int
    breaches: list[str]
    story: list[str]
    figures: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class Walk:
    """The world of one seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.story = seed, []
        self.story: list[str]
        plan, storm, sway = plan_of(seed)
        self.fate = Fate(storm, sway, calm=True, note=self.note)
        self.house = House(folder, plan, self.fate)
        self.note(f"seed {seed}: {plan}, storm {storm}, sway {sway}")
        self.truth = Truth()
        self.ledger = Ledger(folder / "journal.db")
        self.people = People(self.house, self.ledger, self.truth)
        self.hands = Hands(self.house, self.truth)
        self.rules = Rules(self.ledger, self.truth, self.house)
        self.balance = Balance(self.house, self.ledger, self.truth, self.rules, self.hands)
        self.restore = Restore(self.house, self.ledger, self.truth, self.rules, self.hands)
        self.world = World(self.house, self.ledger, self.truth)
        self.hands.home_of = self.ledger.home_of
        self.people.note = self.hands.note = self.restore.note = self.world.note = self.note
        self.steps_taken = 0
        self.acts = self._acts()

    def note(self, text: str) -> None:
        self.story.append(text)

    def _acts(self) -> list[tuple[Callable[[], None], float]]:
        people, hands, world, rough = self.people, self.hands, self.world, float(self.house.plan.rough)
        loses = float(self.house.plan.loses and self.house.plan.daemons == 1)
        return [
            (self.round, 30), (self.turn, 10), (world.minutes, 5), (world.hours, 1), (world.clock_back, 0.6),
            (self.crash, 1.5 if self.fate.storm else 0.0), (world.trouble, 2.5), (world.reroute, 0.5),
            (world.retry, 0.5), (world.renumber, 0.4), (world.lose_flags, 0.2),
            (self.restore.back_up, 4 * loses), (self.restore.put_back, 8 * loses), (self.restore.let_go, 4),
            (world.days, 0.8),
            (people.ask_for_payment, 6), (people.ask_incompletely, 1), (people.keep_a_draft, 0.4),
            (people.forge_a_request, 0.6), (people.write_as_a_stranger, 0.6), (people.complete, 3), (people.correct, 3),
            (people.withdraw, 0.6), (people.chat, 0.8), (people.vote, 24), (people.undo, 2), (people.vote_late, 1.5),
            (people.answer_in_anothers_place, 1.2), (people.answer_without_mark, 0.8), (people.be_unclear, 1.2),
            (people.answer_list, 6 if self.house.plan.digest else 0.0), (people.account, 2.5), (people.double, 2),
            (people.pay_by_mail, 8), (people.confirm, 5), (people.explain, 5),
            (people.bounce, 1), (people.be_absent, 0.3),
            (hands.type_status, 1.5), (hands.mark_approved_paid, 14), (hands.type_in_view, 0.8),
            (hands.type_amount, 1), (hands.take_mark_back, 3), (hands.release, 3), (hands.pay_held, 1),
            (hands.comment, 2), (hands.type_over, 1.2), (hands.insert_row, 0.4), (hands.write_own_row, 0.6),
            (hands.write_own_column, 0.8), (hands.sort, 0.7), (hands.toggle_lock, 1), (hands.lay_order, 1),
            (hands.delete_row, 0.7 * rough), (hands.double_row, 0.7 * rough), (hands.remove_doubles, rough),
            (hands.paste_status, 0.6 * rough), (hands.keep_copy, 1.2 * rough), (hands.save_copy, 1.6 * rough),
        ]  # fmt: skip

    # --- the story ----------------------------------------------------------------------------------------------------

    def play(self, steps: int, without: Collection[int] = ()) -> list[str]:
        """So many steps, then calm; the breaches found."""
        self.house.open()
        self.people.dice = random.Random(f"{self.seed} begin")
        self.people.ask_for_payment()
        self.people.ask_for_payment()
        for number in range(steps):
            if number in without:
                continue
            if self._look(self._step, number):
                return self.breaches
        self.house.pass_time(timedelta(minutes=1))
        for number in range(steps, steps + LAST_ROUNDS):
            if number not in without and self._look(self._attend, number):
                return self.breaches
        self._look(self._settle, steps)
        if not self.breaches:
            self.breaches += self.balance.faults()
        return self.breaches

    breaches: list[str]

    def _look(self, act: Callable[[int], None], number: int) -> bool:
        """One step and a look at the rules."""
        act(number)
        self.steps_taken += 1
        self.breaches = [*self.house.faults, *self.house.shelf.harm, *self.rules.breaches()]
        return bool(self.breaches)

    def _step(self, number: int) -> None:
        dice = random.Random(f"{self.seed} {number}")
        self._roll(dice)
        self.fate.calm = False
        for _ in range(4):
            weights = [weight * self._leaning(act.__name__, number) for act, weight in self.acts]
            act = dice.choices([act for act, _ in self.acts], weights)[0]
            if getattr(act, "__self__", None) is self.hands and not self.hands.sit_down():
                continue  # no sheet yet: nobody is at it
            self.note(f"{number}. {self.house.now():%d %H:%M:%S} {act.__name__}")
            told = len(self.story)
            act()
            if len(self.story) > told or act.__name__ in QUIET_ACTS:
                break
        self.house.pass_time(timedelta(seconds=dice.randint(1, 20)))
        for at in range(len(self.house.daemons) if self.house.plan.daemons > 1 else 0):
            if dice.random() < 0.85:  # a host that sleeps does not keep them
                self.house.keep_leases(at)

    def _roll(self, dice: random.Random) -> None:
        """Everybody's dice, for one step."""
        self.dice = dice
        for one in (self.fate, self.people, self.hands, self.world):
            one.dice = dice  # type: ignore[attr-defined]

    @staticmethod
    def _leaning(act: str, number: int) -> float:
        """First people ask, later they answer; and now and then the daemons come to do what they have to."""
        if act in ASKING:
            return 2.5 if number < 8 else 0.3
        if act in ("back_up", "put_back"):
            return float((act == "put_back") == (number >= 18))
        if act in ANSWERING:
            return 0.6 if number < 6 else 1.3
        return 2.0 if act in ("round", "minutes") and number % 10 >= 7 else 1.0

    # --- the daemon ---------------------------------------------------------------------------------------------------

    def _legs(self) -> list[tuple[int, str]]:
        return [(at, name) for at, daemon in enumerate(self.house.daemons) for name in daemon.legs]

    def turn(self) -> None:
        """A few turns of legs, in any order."""
        for _ in range(self.dice.randint(1, 4)):
            number, name = self.dice.choice(self._legs())
            self.note(f"  {'AB'[number]}.{name}")
            self.house.turn(number, name)

    def round(self) -> None:
        """Every leg of one daemon, mail and all."""
        number = self.dice.randrange(len(self.house.daemons))
        names = list(self.house.daemons[number].legs)
        if self.dice.random() < 0.3:
            self.dice.shuffle(names)
        for name in names:
            self.house.turn(number, name)
        for _ in range(6):
            if not self.ledger.one("SELECT 1 FROM deeds WHERE lane = 'mail' AND state = 'due' LIMIT 1"):
                break
            self.house.turn(number, "mail")

    def crash(self) -> None:
        number = self.dice.randrange(len(self.house.daemons))
        self.note(f"  {'AB'[number]} is killed")
        self.house.crash(number)

    # --- the end ------------------------------------------------------------------------------------------------------

    def _attend(self, number: int) -> None:
        """The daemons work off what they have, and everybody answers what he finds."""
        self._calm(number)
        self.note(f"{number}. {self.house.now():%d %H:%M:%S} everybody attends to his mail")
        for at, name in self._legs():
            self.house.work_off(at, name)
        for at, name in self._legs():
            self.house.work_off(at, name)
        for act in (self.people.complete, self.people.vote, self.people.confirm, self.people.explain):
            act()
        if self.hands.sit_down():
            self.dice.choice([self.people.pay_by_mail, self.hands.mark_approved_paid])()
        self.house.pass_time(timedelta(minutes=5))

    def _calm(self, number: int) -> None:
        """Faults stop, and everything that is down comes back."""
        house = self.house
        self.fate.calm = True
        self._roll(random.Random(f"{self.seed} rest {number}"))
        house.server.down = house.server.quota = house.mailbox.down = house.disk.full = house.journal_down = False
        self.restore.let_go()

    def _settle(self, number: int) -> None:
        """Nobody does anything any more, and the daemons work until nothing is left to do."""
        house = self.house
        self.note("everything comes to rest")
        self._calm(number + LAST_ROUNDS)
        for self.hands.book in house.shelf.all:
            self.hands.book.sheet.unlock()
            while len({reference for reference, _ in self.hands.book.rows()}) < len(self.hands.book.rows()):
                self.hands.remove_doubles()
        last = None
        for lap in range(QUIET_ROUNDS):
            for number, name in self._legs():
                house.work_off(number, name)
            mark = (self.balance.waiting(), len(house.server.taken), house.shelf.writes)
            house.pass_time(timedelta(minutes=16))
            read = not self.balance.unread() or lap > LONGEST_LEASE
            if read and not mark[0] and last is not None and last[1:3] == mark[1:3]:
                return
            last = mark
        self.note("it never comes to rest: " + ", ".join(self.balance.waiting()[:5]))
        house.faults.append("it never comes to rest: " + "; ".join(self.balance.waiting()[:5]))


def clear(folder: Path) -> None:
    """Nothing of an earlier world is left."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def play(seed: int, steps: int = STEPS, without: Collection[int] = ()) -> Outcome:
    """Play one seed from nothing."""
    began = time.process_time()
    folder = place()
    clear(folder)
    tokens = random.Random(f"tokens {seed}")
    walk = Walk(seed, folder)
    with ExitStack() as stack:
        stack.enter_context(tidied())
        stack.callback(walk.ledger.close)
        stack.callback(keep_files())
        stack.callback(seed_tokens(lambda size: tokens.randbytes(size)))
        stack.callback(clock_of_leases(walk.house.now))
        stack.enter_context(listening(walk.house.faults))
        stack.enter_context(walk.house.disk.watched())
        breaches = walk.play(steps, without)
        walk.fate.calm = True
        walk.house.close()
    return Outcome(seed, breaches, walk.story, walk.balance.figures(), time.process_time() - began)
