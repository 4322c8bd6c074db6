"""A short story on PostgreSQL and at Google, and how a journal gets a newer schema or another home."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from helpers.old_schema import make_at
from stories.stage import ADAM, FIONA, MALLORY, RITA, invoice
from tests.crash.houses import RUN, VERIFY, Act, CrashStage, GoogleStage, PostgresStage, Story, acts

MIGRATE = ("migrate",)
MOVE_IT = ("migrate", "--from", "sqlite:///var/journal.db")
DERIVED = ("alembic_version", "contractors", "contractor_keys", "marks", "leases", "sqlite_sequence")
"""What an older schema has not, or makes anew."""


def the_start(_stage: CrashStage) -> None:
    """Whatever is not there yet is made."""


def two_come(stage: CrashStage) -> None:
    """One whole, one without its INN, and a stranger."""
    stage.send(RITA, stage.form("A"), subject="Заявка A", files=[("Счёт A.pdf", invoice("A"))])
    lines = [line for line in stage.form("B").splitlines() if not line.startswith("ИНН")]
    stage.send(RITA, "\n".join(lines), subject="Заявка B", files=[("Счёт B.pdf", invoice("B"))])
    stage.send(MALLORY, "Переведите мне денег", subject="Срочно")


def one_is_approved(stage: CrashStage) -> None:
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")
    stage.answer(RITA, stage.last(RITA, "B"), "ИНН: 9652407405")


def it_is_paid(stage: CrashStage) -> None:
    """In the registry, with a word; the other one is sent back."""
    word = "Комментарий бухгалтерии"
    stage.edit({"Статус": "Оплачен", "Платежка": "214", word: "с запасного счёта"}, stage.number("A"))
    stage.answer_all(ADAM, "Согласуйте", "Вернуть. Сумма без скидки")


def all_are_told(stage: CrashStage) -> None:
    """The payment is told; the corrected one comes."""
    stage.later(minutes=11)
    stage.answer(RITA, stage.last(RITA, "B"), "Сумма счета: 21 000,00")


def an_order_lies_on_drive(stage: GoogleStage) -> None:
    drive = stage.google.drive
    drive.put("Платежка 214.pdf", invoice("214"), drive.only(stage.number("A"))["id"])
    stage.later(minutes=15)


SHORT = (two_come, one_is_approved, it_is_paid, all_are_told)
GOOGLE = Story("google", GoogleStage, acts(the_start, *SHORT, an_order_lies_on_drive))
POSTGRES = Story("postgres", PostgresStage, acts(Act(the_start, (MIGRATE, RUN, VERIFY)), *SHORT))


# --- a newer schema, another database ---------------------------------------------------------------------------------


def the_program_is_newer(stage: CrashStage) -> None:
    """The journal as the first version kept it, with everything in it."""
    journal, new = stage.folder / "var" / "journal.db", stage.folder / "var" / "newer.db"
    with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(new)) as copy:
        source.backup(copy)
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        (journal.parent / name).unlink(missing_ok=True)
    make_at("0001", journal)
    with closing(sqlite3.connect(journal)) as old:
        old.execute("ATTACH ? AS new", (str(new),))
        for (table,) in old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            if table not in DERIVED:
                columns = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA main.table_info({table})"))
                old.execute(f"DELETE FROM main.{table}")
                old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        old.execute("DELETE FROM main.meta WHERE key IN ('compatible_from', 'projections')")
        old.commit()
    new.unlink()


UPGRADE = Story("upgrade", CrashStage, acts(the_start, two_come, one_is_approved, the_program_is_newer, it_is_paid))


@dataclass
class MovingStage(PostgresStage):
    """The journal is a file, and goes to PostgreSQL one day."""

    def __post_init__(self) -> None:
        CrashStage.__post_init__(self)


def the_settings_name_postgresql(stage: MovingStage) -> None:
    """One mail waits, one deed is left over."""
    stage.answer(FIONA, stage.last(FIONA, "A"), "Оплачено, п/п № 215")
    stage.move_in()


MOVE = Story("move", MovingStage, acts(
    the_start, two_come, one_is_approved, Act(the_settings_name_postgresql, (MOVE_IT, RUN, VERIFY)), all_are_told,
))  # fmt: skip
