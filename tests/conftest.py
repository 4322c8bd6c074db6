"""What every test run shares: quiet property tests, and a last word on what was not run here and why."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

# Two busy cores make single examples slow by chance; a deadline would only report the weather.
settings.register_profile("countersign", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("countersign")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that were not run, by reason."""
    reasons = Counter(_reason(report) for report in terminalreporter.getreports("skipped"))
    if not reasons:
        return
    terminalreporter.section("Not run here")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"Not run here: {count} {'test' if count == 1 else 'tests'}: {reason}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
