"""A clock that stands still until it is told to move; sleeping moves it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Time for a registry."""

    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Nobody waits for it."""
        self.slept.append(seconds)
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def seconds(self) -> float:
        """As a clock that never goes back."""
        return self.now.timestamp()
