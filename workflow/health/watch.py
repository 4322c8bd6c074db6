"""Tells troubles when they begin and when they end, by routes that do not depend on the mailbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from workflow.health.checkup import Checkup, Trouble
from workflow.journal.errors import first_line, is_unavailable
from workflow.words import Words

log = logging.getLogger("countersign.health")
TOLD = "health_told"


class RouteFailed(Exception):
    """The route could not be used now; it is tried again at the next look."""


class Route(Protocol):
    """A way to the operator beside the mailbox."""

    def tell(self, headline: str, lines: Sequence[str], troubles: Mapping[str, str]) -> None:
        """Raises RouteFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Watch:
    """One look: what is new is told, what is over as well, and remembered once it has been told."""

    checkup: Checkup
    routes: Sequence[Route]
    words: Words
    company: str
    alarm: Callable[[str, str], None]
    """Also by ordinary mail to the operators: (what, key that says it once)."""
    unwritten: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was told while the journal could not take a note of it, on a full disk say: known to this process only."""

    def look(self, now: datetime) -> bool:
        """Was anything new?"""
        found = {trouble.code: sentence(trouble, self.words) for trouble in self.checkup.troubles(now)}
        noted = json.loads(self.checkup.journal.note(TOLD) or "{}")
        told: dict[str, str] = self.unwritten.get(TOLD, noted)
        if found.keys() == told.keys() and not self.unwritten:
            return False
        new = found.keys() - told.keys()
        for code in new:
            log.error("%s", found[code])
        if found.keys() == told.keys() or self._tell(found, told):
            self.unwritten[TOLD] = found
        self._note(found, noted, now)
        return bool(new) or found.keys() != told.keys()

    def _note(self, found: Mapping[str, str], mailed: Mapping[str, str], now: datetime) -> None:
        """Remembered once it has been told, and mailed, as soon as the journal can be written."""
        known = self.checkup.journal
        try:
            for code in found.keys() - mailed.keys():
                self.alarm(found[code], f"health:{code}:{now:%Y-%m-%d}")
            if TOLD in self.unwritten:
                known.set_note(TOLD, json.dumps(self.unwritten[TOLD], ensure_ascii=False))
                del self.unwritten[TOLD]
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("what was told could not be noted yet: %s", first_line(error))

    def _tell(self, found: Mapping[str, str], told: Mapping[str, str]) -> bool:
        over = [self.words.text("health.over", what=told[code]) for code in told if code not in found]
        lines = [text for code, text in found.items() if code not in told] + over
        key = "headline_well" if not found else "headline"
        headline = self.words.text(f"health.{key}", company=self.company)
        done = True
        for route in self.routes:
            try:
                route.tell(headline, lines, found)
            except RouteFailed as error:
                log.warning("a trouble could not be told: %s", error)
                done = False
        return done


def sentence(trouble: Trouble, words: Words) -> str:
    return words.text(f"health.{trouble.kind}", **trouble.params)
