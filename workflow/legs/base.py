"""What the legs have in common: a name, one piece of work, and how long to wait after a failure."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from workflow.core.deeds import Deed, Lane
from workflow.journal import Claimed, Journal
from workflow.journal.errors import is_unavailable
from workflow.journal.queue import GivenUp
from workflow.service import Service

MOST_FAULTS = 10
LEASE = timedelta(minutes=10)
"""Longer than all time-outs of one piece of work together."""
LONGEST_WAIT, FULL_WAIT = timedelta(minutes=15), timedelta(minutes=1)
OUT_OF_ORDER = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class StandingBy(Exception):
    """Another daemon holds what this leg works on; it is ready to take over."""

    def __init__(self, what: str, holder: str) -> None:
        super().__init__(f"The {what} is held by {holder}.")


class TakenOver(Exception):
    """Another daemon has this deed by now: we slept past our lease."""


class Leg(Protocol):
    """One loop of the daemon."""

    name: str

    def work_once(self) -> bool:
        """Do one piece; True if there may be more. Raises what the outside world raises."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait for more to do; `wake` of the same leg ends it."""
        ...

    def wake(self) -> None: ...

    def close(self) -> None: ...


def retry_at(now: datetime, attempts: int, error: Exception | None = None) -> datetime:
    """Five seconds, then ever longer, a quarter of an hour at most; a disk that is full only a minute."""
    doublings = max(0, min(attempts - 1, 12))
    longest = FULL_WAIT if error is not None and has_no_room(error) else LONGEST_WAIT
    return now + min(timedelta(seconds=5 * (1 << doublings)), longest)


def has_no_room(error: BaseException) -> bool:
    """A full disk or the like, as the system says it or in our own words for it."""
    return any(isinstance(one, OSError) and one.errno in OUT_OF_ORDER for one in (error, error.__cause__))


def is_out_of_order(error: Exception) -> bool:
    """A full disk, a database that cannot be used: whatever is in hand is not to blame, and the next piece would fail
    as well."""
    if isinstance(error, OSError):
        return error.errno in OUT_OF_ORDER
    return is_unavailable(error)


@dataclass(slots=True)
class Owed:
    """Deeds that were claimed when the disk was full or the database away: neither done nor given back. They are given
    back first of all, as soon as that can be written, and need not wait for their lease to end."""

    journal: Journal
    deeds: list[Claimed] = field(default_factory=list)

    @contextmanager
    def unless_done(self, *claimed: Claimed) -> Iterator[None]:
        """Whatever breaks off the block for such a reason leaves nothing in hand."""
        try:
            yield
        except Exception as error:
            if is_out_of_order(error):
                self.keep(*claimed)
            raise

    def keep(self, *claimed: Claimed) -> None:
        self.deeds += claimed
        try:
            self.give_back()
        except Exception as error:
            if not is_out_of_order(error):
                raise

    def give_back(self) -> None:
        """Raises as long as nothing can be written."""
        while self.deeds:
            self.journal.release(self.deeds[0])
            del self.deeds[0]


def postpone_or_bury(service: Service, operators: tuple[str, ...], deed: Claimed, error: Exception) -> None:
    """A fault of ours costs one item: it is tried ten times, then the operator has it. What is no fault rises."""
    if is_out_of_order(error):
        raise error
    words = f"{type(error).__name__}: {error}"
    now = service.now()
    if deed.faults < MOST_FAULTS:
        service.journal.postpone(deed, words, retry_at(now, deed.attempts), our_fault=True)
    else:
        bury(service, operators, deed, words)


def crashed_too_often(service: Service, operators: tuple[str, ...], deed: Claimed) -> bool:
    """Is this a deed in which we were ended ten times, without a word of why? Then the operator has it now."""
    if deed.faults <= MOST_FAULTS or deed.was_sending:
        return False
    bury(service, operators, deed, f"The program was ended {MOST_FAULTS} times while it did this.")
    return True


def bury(service: Service, operators: tuple[str, ...], deed: Claimed, words: str) -> None:
    """Onto the dead-letter list, and a word to the operator."""
    service.give_up(GivenUp(deed, words), dead_alarms(operators, deed, words))


def dead_alarms(operators: tuple[str, ...], deed: Claimed, words: str) -> list[Deed]:
    """What the operators hear of a deed that will not be done."""
    details = f"{deed.kind} {deed.reference or ''} ({deed.id}): {words}"
    return alarms(operators, "dead_deed", details, once=f"dead:{deed.id}")


def alarm(
    service: Service, operators: tuple[str, ...], key: str, details: str, *, once: str = "",
    once_for: timedelta = timedelta(0),
) -> None:  # fmt: skip
    """Tell every operator, once: an alarm about a notice to an operator would only turn in a circle."""
    deeds = alarms(operators, key, details, once=once, once_for=once_for)
    if deeds:
        service.add_deeds(deeds)


def alarms(
    operators: tuple[str, ...], key: str, details: str, *, once: str = "", once_for: timedelta = timedelta(0)
) -> list[Deed]:
    """The same as deeds, for those who queue them together with what they tell of."""
    return [
        Deed(Lane.MAIL, "alarm", person, {"key": key, "details": details}, once=f"{once or key + details}:{person}",
             once_for=once_for)
        for person in operators
    ]  # fmt: skip
