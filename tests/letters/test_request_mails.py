"""Hundreds of request mails through the whole intake: no value that the writer did not give, no question too many."""

from __future__ import annotations

from collections import Counter

import pytest

from letters.request_mails import Mail, differences, mails, outcome

CORPUS = tuple(mails())
HARMFUL = ("WRONG", "answered", "unasked")
KNOWN_ASKED = frozenset({
    "my-labels-3", "labels-question", "ft-free-no-file-full", "ft-invoice-text-inline",
    "4-sh-nocolon", "4-sh-crammed", "4-sh-table_colon", "4-lb-osnovanie",
})  # fmt: skip
"""Mails that are understood only in part: the rest is asked, never guessed."""


@pytest.mark.parametrize("mail", CORPUS, ids=lambda mail: mail.name)
def test_a_request_mail_is_read_as_its_writer_meant_it(mail: Mail) -> None:
    found = differences(mail, outcome(mail))
    assert [one for one in found if one[0] in HARMFUL] == []
    assert (not found) or mail.name in KNOWN_ASKED, found


def test_the_table_of_all_mails(capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, Counter[str]] = {}
    for mail in CORPUS:
        found = differences(mail, outcome(mail))
        counts.setdefault(mail.kind, Counter()).update({found[0][0] if found else "right"})
    columns = ("right", "proposed", "asked", "ignored", "answered", "unasked", "WRONG")
    rows = [f"{'kind':>14} " + " ".join(f"{column:>8}" for column in columns)]
    rows += [f"{kind:>14} " + " ".join(f"{found[column]:>8}" for column in columns) for kind, found in counts.items()]
    with capsys.disabled():
        print(f"\n{len(CORPUS)} request mails:\n" + "\n".join(rows))
    assert len({mail.name for mail in CORPUS}) == len(CORPUS) >= 600
