"""The story of an older copy: the journal is put back from a backup, and what it lacks is taken up from outside."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from stories.stage import ADAM, RITA, invoice
from tests.crash.elsewhere import the_start, two_come
from tests.crash.houses import RUN, VERIFY, Act, CrashStage, Story, acts, sent
from tests.crash.state import State, message_id_of, state_of

RECOVER_IT, RELEASE = ("recover",), ("recover", "--release")


@dataclass
class LostStage(CrashStage):
    """Knows its backup."""

    backup: Path = field(init=False)
    before: int = 0
    """So many mails had gone out when the backup was put back."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.backup = self.folder / "backup.db"

    def put_back_backup(self) -> None:
        self.before = len(sent(self))
        for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
            (self.folder / "var" / name).unlink(missing_ok=True)
        shutil.copy(self.backup, self.folder / "var" / "journal.db")

    def state(self) -> State:
        """Mails of the lost journal are known to nobody any more."""
        with closing(sqlite3.connect(self.folder / "var/journal.db")) as journal:
            known = {row[0] for row in journal.execute("SELECT message_id FROM deeds")}
        mails = enumerate(sent(self))
        return state_of(self.folder, [one for at, one in mails if at >= self.before or message_id_of(one) in known])


def more_is_known_than_in_the_backup(stage: LostStage) -> None:
    """A backup is made; then A is approved, and three more are asked for, one of them corrected."""
    with closing(sqlite3.connect(stage.folder / "var/journal.db")) as source, \
            closing(sqlite3.connect(stage.backup)) as copy:  # fmt: skip
        source.backup(copy)
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")
    for letter in "CDE":
        stage.send(
            RITA, stage.form(letter), subject=f"Заявка {letter}", files=[(f"Счёт {letter}.pdf", invoice(letter))]
        )


def some_are_approved_and_paid(stage: LostStage) -> None:
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")
    stage.answer(RITA, stage.last(RITA, "E"), stage.form("E").replace("55 250,75", "54 000,00"), quote=False)
    word = "Комментарий бухгалтерии"
    stage.edit({"Статус": "Оплачен", "Платежка": "214", word: "со второго счёта"}, stage.number("A"))


def the_backup_is_put_back(stage: LostStage) -> None:
    """And the papers of D are gone, so that only its row tells of it."""
    shutil.rmtree(stage.folder_of("D"))
    stage.put_back_backup()


def the_operator_lets_mail_go(_stage: LostStage) -> None:
    """What was held leaves."""


def all_is_approved_anew(stage: LostStage) -> None:
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")


RECOVERY = Act(the_backup_is_put_back, (RECOVER_IT, RUN, VERIFY), meanwhile=RUN)
RECOVER_STORY = acts(
    the_start, two_come, more_is_known_than_in_the_backup, some_are_approved_and_paid, RECOVERY,
    Act(the_operator_lets_mail_go, (RELEASE, RUN, VERIFY)), all_is_approved_anew,
)  # fmt: skip
RECOVER = Story("recover", LostStage, RECOVER_STORY)
