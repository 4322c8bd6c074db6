"""How often to look: soon after something happened, rarely when nothing does. Google counts every call."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Pace:
    """Says whether it is time to look at the spreadsheet again."""

    quick: timedelta = timedelta(seconds=5)
    slow: timedelta = timedelta(seconds=15)
    lively_for: timedelta = timedelta(minutes=2)
    _looked: datetime | None = None
    _stirred: datetime | None = None

    @classmethod
    def unhurried(cls, poll: timedelta) -> "Pace":
        """From the poll of the settings: three times slower once nothing has happened for two minutes."""
        return cls(poll, max(poll * 3, timedelta(seconds=15)))

    def is_due(self, now: datetime) -> bool:
        """Whether enough time has passed since the last look."""
        if self._looked is None:
            return True
        lively = self._stirred is not None and now - self._stirred < self.lively_for
        return now - self._looked >= (self.quick if lively else self.slow)

    def looked(self, now: datetime) -> None:
        """We have just looked."""
        self._looked = now

    def stirred(self, now: datetime) -> None:
        """Somebody, or we, have changed the spreadsheet."""
        self._stirred = now
