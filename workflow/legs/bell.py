"""A wake-up for one leg: rung by whoever makes work for it, heard by its thread."""

from __future__ import annotations

import threading

GATHER = 0.1


class Bell:
    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Until rung, or for so long; whether it was rung."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def wait_and_gather(self, seconds: float) -> None:
        """As `wait`, and a moment longer once rung: one write then serves several, and whoever is to be asked hears
        first."""
        if self.wait(seconds):
            self._rung.wait(GATHER)
