"""Requests as rows: every cell in its kind, and the approved unpaid ones on Today, Week and Month."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from config.sections import ColumnKey
from helpers.registry_room import RITA, Room
from values.workdays import WorkCalendar
from workflow.core.commands import Form, MarkPaid, Open, PutOnHold
from workflow.registry_sync.columns import LANGUAGES, SPEC, layout
from workflow.words import words


def test_the_columns_are_those_that_settings_can_rename() -> None:
    assert {key for key, *_ in SPEC} == set(get_args(ColumnKey))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_layout_speaks_the_words_of_the_contract(language: str) -> None:
    found = layout("Registry", language, words)
    titles = {
        "en": ("Today", "Week", "Month", "Overdue", "Calendar"),
        "ru": ("Сегодня", "Неделя", "Месяц", "Просрочено", "Календарь"),
    }  # fmt: skip
    assert tuple(view.title for view in found.views) == titles[language]
    assert len(found.input_title) <= 32
    assert len(found.input_message) <= 255
    owners = {column.key: column.owner for column in found.columns}
    both = {key for key, owner in owners.items() if owner == "both"}
    assert both == {"status", "paid_on", "paid_amount", "payment_order"}
    assert [key for key, owner in owners.items() if owner == "people"] == ["accountant_comment"]


def test_a_new_request_becomes_a_row_with_every_cell_in_its_kind(room: Room) -> None:
    reference = room.submitted()
    room.work()
    row = room.row(reference)
    assert row["amount"] == Decimal("4800")
    assert row["pay_by"] == date(2026, 11, 27)
    assert (row["inn"], row["kpp"], row["bic"]) == ("7707083893", "770701001", "044525974")
    assert row["account"] == "40702810940200761292"
    assert (row["status"], row["version"], row["currency"]) == ("Awaiting approval", "1", "RUB")
    assert (row["requested_by"], row["approved_by"]) == ("Rita", None)
    assert row["invoice"] == "No. 12 of 20 Nov 2026"
    assert row["materials"] == reference
    assert (row["paid_on"], row["paid_amount"], row["payment_order"], row["message"]) == (None, None, None, None)
    assert "Sent for approval" in str(row["history"])
    room.agrees()


def test_the_row_links_to_the_materials(room: Room) -> None:
    reference = room.submitted()
    room.work()
    links = [change.links for changes in room.registry.written for change in changes if change.reference == reference]
    assert links == [{"materials": f"materials/{reference}/index.html"}]


def test_a_draft_is_a_row_too_that_the_filter_hides(room: Room) -> None:
    draft = room.submitted(amount="")
    approved = room.approved()
    room.work()
    assert room.cell(draft, "status") == "Draft"
    assert room.cell(draft, "amount") is None
    assert (room.person.is_hidden(draft), room.person.is_hidden(approved)) == (True, False)


def test_text_from_outside_is_never_a_formula(room: Room) -> None:
    reference = room.submitted(subject="=1+1", contractor="+7 LLC")
    room.work()
    assert room.cell(reference, "subject") == "=1+1"
    assert room.registry.read().formulas == frozenset()


def test_an_approval_by_mail_comes_into_the_row(room: Room) -> None:
    reference = room.submitted()
    room.work()
    approved = room.approved()
    room.work()
    assert room.cell(reference, "status") == "Awaiting approval"
    assert (room.cell(approved, "status"), room.cell(approved, "approved_by")) == ("Approved for payment", "Adam")


def test_a_payment_by_mail_fills_the_empty_cells(room: Room) -> None:
    reference = room.shown()
    room.order(MarkPaid("fiona@example.test", date(2026, 11, 23), order="77"), reference)
    room.work()
    row = room.row(reference)
    assert (row["status"], row["paid_on"], row["paid_amount"], row["payment_order"]) == (
        "Paid", date(2026, 11, 23), Decimal("4800"), "77",
    )  # fmt: skip


# --- Today, Week, Month ----------------------------------------------------------------------------------------------


def drawn(room: Room) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"today": [], "week": [], "month": []}
    for view, reference, _ in room.registry.inner.read().view_edits:
        found[view].append(reference)
    return found


def test_the_views_hold_exactly_the_approved_unpaid_rows_each_the_one_before(room: Room) -> None:
    today, week, month, later = (
        room.approved(pay_by=day) for day in ("23.11.2026", "29.11.2026", "30.11.2026", "01.12.2026")
    )
    room.submitted(pay_by="23.11.2026")
    paid = room.approved(pay_by="23.11.2026")
    held = room.approved(pay_by="23.11.2026")
    room.order(MarkPaid("fiona@example.test"), paid)
    room.order(PutOnHold("fiona@example.test", "which invoice?"), held)
    room.work()
    assert drawn(room) == {"today": [today], "week": [today, week], "month": [today, week, month]}
    assert room.cell(later, "status") == "Approved for payment"


def test_the_views_sum_each_currency(room: Room) -> None:
    room.approved(pay_by="23.11.2026", amount="100.50")
    room.approved(pay_by="23.11.2026", amount="200.25")
    room.approved(pay_by="23.11.2026", amount="7.00", currency="USD", account="40702840300000000001", bic="044525225",
                  corr_account="")  # fmt: skip
    room.work()
    from workflow.registry_sync.rows import views

    day = room.policy.today(room.time)
    today = views(room.journal.find(statuses=["approved"]), day, room.writer, WorkCalendar())[0]
    assert dict(today.totals) == {"RUB": Decimal("300.75")} | ({"USD": Decimal("7")} if len(today.rows) == 3 else {})


def test_the_views_are_drawn_anew_at_midnight_and_not_before(room: Room) -> None:
    reference = room.shown(pay_by="24.11.2026")
    assert drawn(room)["today"] == []
    writes = room.registry.writes
    room.wait(hours=11)
    room.work()
    assert room.registry.writes == writes
    room.wait(hours=2)  # past midnight in Moscow
    room.work()
    assert drawn(room)["today"] == [reference]
    assert room.registry.reads == 0


def test_a_paid_row_leaves_the_views(room: Room) -> None:
    reference = room.shown(pay_by="23.11.2026")
    assert drawn(room)["month"] == [reference]
    room.type(reference, status="Paid")
    room.work()
    assert drawn(room) == {"today": [], "week": [], "month": []}


# --- what a pass costs -----------------------------------------------------------------------------------------------


def test_a_pass_that_finds_nothing_new_does_not_read(room: Room) -> None:
    room.shown()
    reads = room.registry.reads
    assert not room.sync.work_once()
    assert (room.registry.reads, room.work()) == (reads, 0)


def test_a_pass_with_only_our_rows_to_write_does_not_read(room: Room) -> None:
    first = room.shown()
    reads = room.registry.reads
    room.order(MarkPaid("fiona@example.test"), first)
    room.shown()
    assert room.registry.reads == reads
    assert room.cell(first, "status") == "Paid"


def test_all_due_rows_go_out_in_one_write(room: Room) -> None:
    for _ in range(5):
        room.submitted()
    room.work()
    assert room.registry.writes == 1


def test_a_restart_over_an_untouched_sheet_neither_reads_nor_writes(room: Room) -> None:
    room.shown(pay_by="23.11.2026")
    room.restart().open()
    room.work()
    reads = 2 if room.kind == "google" else 0  # there our own last write is looked behind
    assert (room.registry.reads, room.registry.writes) == (reads, 0)


def test_a_held_draft_in_russian_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    room = Room(tmp_path_factory.mktemp("ru"), "excel", "ru", "Реестр").open()
    reference = room.order(Open(RITA, Form({"subject": "Аренда"}), keep_draft=True))
    room.work()
    assert room.cell(reference, "status") == "Черновик"
