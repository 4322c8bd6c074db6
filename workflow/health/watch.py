"""Tells troubles when they begin and when they end, by routes that do not depend on the mailbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflow.health.checkup import Checkup, Trouble
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

    def look(self, now: datetime) -> bool:
        """Was anything new?"""
        found = {trouble.code: sentence(trouble, self.words) for trouble in self.checkup.troubles(now)}
        told: dict[str, str] = json.loads(self.checkup.journal.note(TOLD) or "{}")
        if found.keys() == told.keys():
            return False
        for code in found.keys() - told.keys():
            log.error("%s", found[code])
            self.alarm(found[code], f"health:{code}:{now:%Y-%m-%d}")
        if self._tell(found, told):
            self.checkup.journal.set_note(TOLD, json.dumps(found, ensure_ascii=False))
        return True

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
