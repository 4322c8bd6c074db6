"""Which payment orders go with the news of a part."""

from datetime import UTC, date, datetime
from decimal import Decimal

from workflow.core.events import Event, PartAnnounced, PaymentAnnounced, PaymentOrderFiled, PaymentRecalled, Recorded
from workflow.core.model import OrderFile
from workflow.notices.enclosures import _sent_before

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST, SECOND = (PaymentOrderFiled("fiona@example.test", OrderFile(f"{n}" * 64, f"{n}.pdf", "x/pdf")) for n in (1, 2))
ONE = Decimal(1)
PART = PartAnnounced(date(2026, 11, 24), ONE, "", ONE, ONE)
ALL = PaymentAnnounced(date(2026, 11, 24), ONE, "")


def sent(*events: Event) -> list[str]:
    found = _sent_before(Recorded(event, NOW, "clock", "clock:1") for event in events)
    return sorted(sha256[0] for sha256 in found)


def test_an_order_that_went_with_a_part_does_not_go_again_with_the_next() -> None:
    assert sent(FIRST, PART) == []
    assert sent(FIRST, PART, SECOND, ALL) == ["1"]


def test_an_order_that_came_late_goes_with_the_next_news() -> None:
    assert sent(PART, FIRST, ALL) == []


def test_after_a_recall_all_of_them_go_again() -> None:
    assert sent(FIRST, PART, PaymentRecalled("fiona@example.test", "why"), SECOND, PART) == []
