"""By the operating system's own record: no name before its content, no commit before the folder keeps the name."""

from pathlib import Path, PurePosixPath

import pytest

from helpers.needs import needs
from tests.crash.traced import Order, traced_story

HOUSE = PurePosixPath("/house")
WRITTEN = ['7 openat(AT_FDCWD</>, "/house/a.tmp", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</house/a.tmp>',
           '7 write(3</house/a.tmp>, "content", 7) = 7']  # fmt: skip
FLUSHED = "7 fsync(3</house/a.tmp>) = 0"
NAMED = '7 rename("/house/a.tmp", "/house/a.eml") = 0'
KEPT = "7 fsync(4</house>) = 0"
COMMITTED = "7 fdatasync(5</house/var/journal.db-wal>) = 0"


@needs("strace")
@pytest.mark.slow
def test_every_file_of_the_story_is_flushed_named_and_kept_in_this_order(tmp_path: Path) -> None:
    order = traced_story(tmp_path)
    assert order.faults == []
    assert order.commits > 20
    kinds = {name.rpartition(".")[2] for name in order.named}
    assert {"eml", "pdf", "html", "xlsx"} <= kinds, order.named
    assert any("before-" in name for name in order.named), "the copy before an upgrade"
    assert any("archive" in name for name in order.named)


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([*WRITTEN, FLUSHED, NAMED, KEPT, COMMITTED], 0),
        ([*WRITTEN, NAMED, KEPT, COMMITTED], 1),
        ([*WRITTEN, FLUSHED, NAMED, COMMITTED, KEPT], 1),
        ([*WRITTEN, FLUSHED, NAMED], 1),
        (['7 write(3</house/a.eml>, "content", 7) = 7'], 1),
    ],
    ids=["in order", "content not flushed", "commit before the name", "name never flushed", "no draft"],
)
def test_the_watch_can_fail(lines: list[str], faults: int) -> None:
    assert len(Order(HOUSE).take(lines).faults) == faults
