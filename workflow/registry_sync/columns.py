"""The registry's columns: what each is called, who owns it, what it holds (contract, Registry columns)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sheets.model import Column, Kind, Layout, Owner, Tone, ViewSpec
from workflow.core.model import Status
from workflow.words import Words

LANGUAGES = ("en", "ru")

SPEC: tuple[tuple[str, Owner, Kind, float], ...] = (
    ("reference", "journal", "text", 17),
    ("status", "both", "status", 21),
    ("pay_by", "journal", "date", 12),
    ("contractor", "journal", "text", 28),
    ("subject", "journal", "text", 30),
    ("amount", "journal", "money", 15),
    ("currency", "journal", "text", 9),
    ("paid_on", "both", "date", 13),
    ("paid_amount", "both", "money", 14),
    ("payment_order", "both", "text", 13),
    ("accountant_comment", "people", "longtext", 28),
    ("warnings", "journal", "longtext", 30),
    ("message", "journal", "longtext", 30),
    ("requested_by", "journal", "text", 18),
    ("approved_by", "journal", "text", 20),
    ("decision_comment", "journal", "longtext", 26),
    ("purpose", "journal", "longtext", 34),
    ("invoice", "journal", "text", 20),
    ("inn", "journal", "text", 14),
    ("kpp", "journal", "text", 12),
    ("account", "journal", "text", 24),
    ("bic", "journal", "text", 12),
    ("corr_account", "journal", "text", 24),
    ("iban", "journal", "text", 28),
    ("swift", "journal", "text", 13),
    ("bank_details", "journal", "longtext", 34),
    ("contractor_email", "journal", "text", 24),
    ("materials", "journal", "link", 14),
    ("version", "journal", "text", 8),
    ("history", "journal", "longtext", 36),
    ("updated", "journal", "text", 17),
)
VIEWS = ("today", "week", "month", "overdue", "calendar")
FIRST_VIEWS = ("today", "week", "month")
"""Those that books of the first version have, without a mark of ours."""
VIEW_COLUMNS = (
    "pay_by", "pay_on", "contractor", "amount", "to_pay", "currency", "subject", "status", "purpose", "inn", "kpp",
    "account", "bic", "bank_details", "invoice", "warnings", "materials", "reference",
)  # fmt: skip
EXTRA: tuple[tuple[str, Kind, float], ...] = (("pay_on", "date", 13), ("to_pay", "money", 15))
"""Columns that only the views have."""
CALENDAR_WORDS = ("day", "week", "to_pay", "count", "by_day", "by_week", "note")
SHOWN = (Status.APPROVED, Status.ON_HOLD)
TONES: dict[Status, Tone] = {
    Status.APPROVED: "go", Status.AWAITING: "wait", Status.RETURNED: "wait", Status.DRAFT: "wait",
    Status.ON_HOLD: "stop", Status.REJECTED: "stop", Status.WITHDRAWN: "done", Status.PAID: "done",
}  # fmt: skip
TYPED = (Status.APPROVED, Status.PAID, Status.ON_HOLD, Status.RETURNED)
"""What an accountant may choose in Status; the drop-down offers every state, so that none looks wrong."""


def layout(
    worksheet: str,
    language: str,
    words: Callable[[str], Words],
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> Layout:
    """The layout of the sheet in one language; headers are found in both."""
    own = words(language)
    both = [words(name) for name in LANGUAGES]
    columns = tuple(
        Column(
            key, {name: words(name).label(key) for name in LANGUAGES}, tuple((aliases or {}).get(key, ())), owner, kind,
            width,
        )
        for key, owner, kind, width in SPEC
    )  # fmt: skip
    return Layout(
        worksheet=worksheet, language=language, columns=columns,
        status_words=tuple(own.status(status) for status in Status),
        approved_words=(),  # every Status of the views is told to us: one typed and taken back must be seen too
        due_words=tuple(book.status(status) for book in both for status in SHOWN),
        shown_words=tuple(book.status(Status.APPROVED) for book in both),
        tones={
            **{book.status(status): tone for book in both for status, tone in TONES.items()},
            **{book.text("status_elsewhere"): "done" for book in both},
        },
        input_title=own.text("sheet_input_title"), input_message=own.text("sheet_input_message"),
        views=tuple(_view(key, own) for key in VIEWS),
        extra_columns=tuple(
            Column(key, {name: words(name).text(f"sheet_{key}") for name in LANGUAGES}, (), "journal", kind, width)
            for key, kind, width in EXTRA
        ),
        total_key="to_pay",
        view_columns=VIEW_COLUMNS,
    )  # fmt: skip


def archive_layout(plan: Layout, own: Words, worksheet: str) -> Layout:
    """The same columns for an archive: no views, no filter, nothing to choose or to be late with."""
    return replace(
        plan, worksheet=worksheet, status_words=(), shown_words=(), due_words=(), views=(), view_columns=(),
        extra_columns=(), input_title=own.text("sheet_archive"), input_message=own.text("sheet_archive_message"),
    )  # fmt: skip


def _view(key: str, own: Words) -> ViewSpec:
    return ViewSpec(
        key, own.text(f"sheet_{key}"), own.text(f"sheet_{key}_caption"), own.text("sheet_total"),
        own.text("sheet_empty"), day_total=own.text("sheet_day_total"),
        kind="calendar" if key == "calendar" else "rows",
        words={word: own.text(f"calendar_{word}") for word in CALENDAR_WORDS}, by_title=key in FIRST_VIEWS,
    )  # fmt: skip
