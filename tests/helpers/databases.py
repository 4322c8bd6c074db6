"""The databases that a journal may live in, as parameters of a test."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.needs import needs


def each_database() -> list[Any]:
    """SQLite, and PostgreSQL where it is installed."""
    return ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, needs("postgres")])]
