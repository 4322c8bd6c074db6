"""Leases: who holds what until when, told by one clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, func, literal
from sqlalchemy.sql import ColumnElement

from workflow.journal.stamp import stamp

LeaseClock = Callable[[datetime, timedelta], ColumnElement[str]]
"""The time so much later, as the journal writes times: by the daemon's clock, or by the database's."""

_SHAPE = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


def as_told(now: datetime, later: timedelta) -> ColumnElement[str]:
    """By the daemon's own clock: on SQLite there is one daemon and no other clock."""
    return literal(stamp(now + later), Text)


def by_database(_now: datetime, later: timedelta) -> ColumnElement[str]:
    """By PostgreSQL's clock, at the moment itself and not at the transaction's beginning: daemons on hosts whose clocks
    differ agree on when a lease ends."""
    moment: Any = func.timezone("UTC", func.clock_timestamp()) + literal(later)
    return func.to_char(moment, _SHAPE, type_=Text)
