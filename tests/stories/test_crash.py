"""A sample of the crash tests: killed at a spread of boundaries, started again, the same end. `make crash` does all."""

from pathlib import Path

import pytest

from tests.crash.campaign import ABOUT, SAMPLE, one_share, spread
from tests.crash.kills import Report, theatre
from tests.crash.state import differences
from tests.crash.story import STORY

FEWEST_BOUNDARIES = 800


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return one_share(tmp_path_factory.mktemp("crash"), 0, STORY.name, spread(ABOUT, SAMPLE))


@pytest.mark.slow
def test_a_kill_at_any_boundary_leads_to_the_same_end(report: Report) -> None:
    assert report.kills > 15
    assert not report.failures, "\n".join(map(str, report.failures))


@pytest.mark.slow
def test_every_kind_of_boundary_is_passed(report: Report) -> None:
    """Should a wrapper lose its hold on the product, the other test would pass in vain."""
    assert sum(report.boundaries) > FEWEST_BOUNDARIES
    assert set(report.kinds) >= {
        "after commit", "before SMTP MAIL", "before SMTP RCPT", "before SMTP DATA", "before SMTP letter",
        "before SMTP answer to the letter", "after SMTP answer to the letter", "after IMAP SEARCH", "after IMAP FETCH",
        "after IMAP STORE", "after replace ….eml", "half written .countersign-….tmp",
        "after replace registry.xlsx", "after replace index.html", "after link Счёт A.pdf", "after unlink .….tmp",
    }  # fmt: skip


@pytest.mark.slow
def test_kills_in_every_run_of_the_story_change_nothing(tmp_path: Path, report: Report) -> None:
    assert report.end is not None
    with theatre(tmp_path / "rough", STORY) as rough:
        found = rough.tell_through(1, report.boundaries)
    assert not rough.report.failures, "\n".join(map(str, rough.report.failures))
    assert differences(report.end, found) == []
