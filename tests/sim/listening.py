"""What the product logs as its own fault: a breach, though the leg that met it goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from tests.sim.fate import is_injected

ALARMS = frozenset({"countersign.sim", "countersign.health"})
"""What the simulator says itself, and troubles of the world that the operator is told of."""


class Listener(logging.Handler):
    """Faults of the product that a leg took for one item's and logged."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if record.name not in ALARMS and not is_injected(error):
            self.faults.append(f"{record.name}: {record.getMessage()}: {type(error).__name__}: {error}")


@contextmanager
def listening(faults: list[str]) -> Iterator[None]:
    logger, listener = logging.getLogger("countersign"), Listener(faults)
    before = logger.propagate, logger.level
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.propagate = before[0]
