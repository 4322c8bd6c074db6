"""What is wrong with the installation now. Looks only; each trouble has a code that stays the same while it lasts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.health.probe import last_probe
from workflow.journal import Journal

Leg = Mapping[str, str | None]
CLOCKS_AGREE = timedelta(minutes=5)
PROBE_TAKES = timedelta(hours=1)
REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is a trouble. A registry may be open elsewhere for long: it has a limit of its own."""

    late_after: timedelta = timedelta(minutes=30)
    registry_late_after: timedelta = timedelta(hours=12)
    waiting_after: timedelta = timedelta(hours=1)
    free_space: int = 100 * 1024**2
    probe: time | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """`kind` names the sentence, `params` what stands in it; `code` tells one trouble from another."""

    kind: str
    about: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return f"{self.kind}:{self.about}" if self.about else self.kind


@dataclass(frozen=True, slots=True)
class Checkup:
    """Looks at the journal and at the disks of `folders`."""

    journal: Journal
    limits: Limits
    folders: Sequence[Path]
    zone: ZoneInfo

    def troubles(self, now: datetime) -> list[Trouble]:
        legs = self.journal.legs()
        return [
            *self._standby(), *self._late(legs, now), *self._failing(now), *self._clock(legs, now),
            *self._waiting(now), *self._held(), *self._disks(), *self._probe(now),
        ]  # fmt: skip

    def _standby(self) -> Iterator[Trouble]:
        """The database answers and takes no writes."""
        if self.journal.takes_no_writes():
            yield Trouble("journal_standby")

    def _late(self, legs: Mapping[str, Leg], now: datetime) -> Iterator[Trouble]:
        """A leg that has not worked for its limit: it fails, it hangs, or the daemon does not run."""
        for name, leg in legs.items():
            limit = self._limit(name)
            last = leg["last_success"] or leg["since"]
            if last and now - datetime.fromisoformat(last) > limit:
                error = leg["error"] or ""
                yield Trouble("leg_fails" if error else "leg_late", name,
                              {"leg": name, "since": self._time(last), "error": error.rstrip(".")})  # fmt: skip

    def _limit(self, name: str) -> timedelta:
        return self.limits.registry_late_after if name.startswith(REGISTRY) else self.limits.late_after

    def _failing(self, now: datetime) -> Iterator[Trouble]:
        """One of several daemons cannot do what the others can."""
        for name, failures in self.journal.leg_failures(now).items():
            for one in failures:
                if now - datetime.fromisoformat(one["since"]) > self._limit(name):
                    params = {"leg": name, "daemon": one["daemon"], "since": self._time(one["since"]),
                              "error": one["error"].rstrip(".")}  # fmt: skip
                    yield Trouble("daemon_fails", f"{name}:{one['daemon']}", params)

    def _clock(self, legs: Mapping[str, Leg], now: datetime) -> Iterator[Trouble]:
        """What the journal has seen lies in the future: the clock was set back. The legs work on and soon say nothing
        of it, so that the last change of a request counts as well."""
        seen = [leg["last_success"] for leg in legs.values()] + [self.journal.last_change()]
        newest = max(filter(None, seen), default=None)
        if newest and datetime.fromisoformat(newest) > now + CLOCKS_AGREE:
            yield Trouble("clock_back", params={"seen": self._time(newest), "now": self._time(now.isoformat())})

    def _waiting(self, now: datetime) -> Iterator[Trouble]:
        """Mail that should have left long ago."""
        if self.journal.held_since():
            return
        count, oldest = self.journal.stuck_mail(now - self.limits.waiting_after)
        if count and oldest:
            yield Trouble("mail_waits", params={"count": count, "since": self._time(oldest)})

    def _held(self) -> Iterator[Trouble]:
        since = self.journal.held_since()
        if since:
            yield Trouble("mail_held", params={"since": self._time(since)})

    def _disks(self) -> Iterator[Trouble]:
        seen = set()
        for folder in self.folders:
            place = next((path for path in (folder, *folder.parents) if path.exists()), None)
            if place is None or (device := place.stat().st_dev) in seen:
                continue
            seen.add(device)
            free = shutil.disk_usage(place).free
            if free < self.limits.free_space:
                yield Trouble("disk_full", str(folder), {"folder": folder, "free": f"{free / 1024**2:.0f}"})

    def _probe(self, now: datetime) -> Iterator[Trouble]:
        if self.limits.probe is None:
            return
        probe = last_probe(self.journal)
        if probe is None:
            return
        sent = self._time(probe.sent.isoformat())
        if probe.seen is None and now - probe.sent > PROBE_TAKES:
            yield Trouble("probe_lost", params={"sent": sent})
        if probe.stamped and probe.seen:
            early, late = probe.sent - probe.stamped, probe.stamped - probe.seen
            if max(early, late) > CLOCKS_AGREE:
                yield Trouble("clock_skew", params={"minutes": int(max(early, late).total_seconds() // 60)})

    def _time(self, text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(self.zone):%d.%m.%Y %H:%M}"
