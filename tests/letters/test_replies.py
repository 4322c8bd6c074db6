"""Answers as people write them, each in one mail program, beside what their writers meant."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from letters.programs import Ask, Case, build, cases
from letters.reading import APPROVER, RECEIVED
from letters.shapes import EN, MARKERS, REPLY_TO, RU, TOKEN
from letters.shapes import Ask as Notice
from mailer.letter import read_letter
from workflow.keywords import Action, read_decision
from workflow.permission import Taken

NAMES = ("Рита", "Орлова", "Антон", "Головин", "Дина", "Верхова")
LETTERS = {Action.APPROVE: "A", Action.REJECT: "R", Action.RETURN: "B"}
NOT_HIS = re.compile(
    r"495 ?123|iPhone|Отправлено|Sent from|Galaxy|Proton|Get Outlook|Получить|С уважением|Kind regards|confidential|"
    r"конфиденциал|Ромашка|Romashka|выше этой|above this|Код:|Code:|>|K-9|mailto:|Тема:|Subject:|wrote|написал|пишет"
)
"""What stands around people's words and must not come into a comment."""
MAY_ASK = {"words": 20, "quotes": 1, "systems": 4, "third": 0}
"""So many clear answers may be asked back: nods, and what is written below."""


def quoted(notice: Notice) -> Ask:
    message_id = f"<ask.{TOKEN}@example.test>"
    return Ask(notice.subject, "\n".join(notice.lines), notice.html, REPLY_TO, message_id, notice.name)


ASKS = {"ru": quoted(RU), "en": quoted(EN)}


def ask_of(case: Case) -> Ask:
    english = case.program.partition("+")[0].endswith(("-en", "-de", "-fr")) or "{GE}" in case.text
    return ASKS["en" if english or "{HE}" in case.text else "ru"]


def read(case: Case) -> tuple[str, str]:
    """What is read, and the comment that is kept."""
    letter = read_letter(build(case, ask_of(case)), received=RECEIVED, markers=MARKERS)
    if letter.automatic and letter.automatic.kind != "auto?":
        return "N", ""
    if letter.sender != "head@example.test":
        return "O", ""
    decision = read_decision(
        letter.new_text, allowed=APPROVER, names=NAMES, signature=letter.signature, inserted=letter.inserted,
        writer="Антон Головин", taken=Taken.PERMISSIONS,
    )  # fmt: skip
    if decision.action is None or letter.blocked or letter.automatic or letter.submitter:
        return "Q", ""
    return LETTERS.get(decision.action, "Q"), decision.comment


def judged(case: Case) -> str:
    read_as, comment = read(case)
    if read_as not in case.meant:
        return "FALSE APPROVAL" if read_as == "A" else "asked back" if read_as == "Q" else "WRONG"
    if read_as not in LETTERS.values():
        return "right"
    if (case.comment == "=" and comment) or NOT_HIS.search(comment):
        return "swollen"
    kept = case.comment in "=-" or case.comment.casefold() in " ".join(comment.split()).casefold()
    return "right" if kept else "cut"


@pytest.mark.parametrize("table", ["words", "quotes", "systems", "third"])
def test_an_answer_is_read_as_its_writer_meant_it(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    found: Counter[str] = Counter()
    told = []
    for case in cases(Path(__file__).with_name("replies") / f"{table}.txt"):
        verdict = judged(case)
        found[verdict] += 1
        told += [f"{verdict}: {case.place} {case.program} {case.text!r}"] if verdict != "right" else []
    with capsys.disabled():
        print(f"\n{table}: {dict(found)}")
    others = [line for line in told if not line.startswith("asked back")]
    assert not others
    assert found["asked back"] <= MAY_ASK[table], told
    assert found.total() > 100
