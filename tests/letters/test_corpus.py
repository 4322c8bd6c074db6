"""Every shape of mail program times everything people typed: right, asked back, wrong, false approvals."""

from __future__ import annotations

import pytest

from letters.bodies import BODIES, CLEAR, DOUBTFUL, MORE
from letters.fuzz import run
from letters.reading import Table, corpus, read
from letters.shapes import EN, RU, SHAPES, TOKEN
from workflow.keywords import find_codes

UNDERSTOOD = 0.97


def test_no_letter_is_a_false_approval_and_the_clear_ones_are_understood(capsys):
    table = Table()
    for name, body, raw in corpus(SHAPES, BODIES + MORE, each=5):  # all of them: tests/letters/fuzz.py
        table.add(name, body, read(raw)[1])
    with capsys.disabled():
        print(f"\nletters read beside their expected reading:\n{table}")
    assert table.counts["FALSE APPROVAL"] == 0, table.failures[:20]
    assert table.counts["WRONG"] == 0, table.failures[:20]
    assert table.understood() >= UNDERSTOOD, table.failures[:20]
    assert table.counts["comment lost"] <= table.counts["clear"] // 100, table.failures[:20]


def test_the_corpus_is_large_and_of_two_languages():
    assert len(SHAPES) * len(BODIES) > 250
    assert {body.lang for body in CLEAR} == {body.lang for body in DOUBTFUL} == {"ru", "en"}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("ask", [RU, EN], ids=["ru", "en"])
def test_an_empty_reply_never_decides_by_what_it_quotes(shape, ask):
    letter, decision = read(shape("", ask))
    assert decision.action is None
    assert not {"СОГЛАСОВАНО,", "APPROVE,", "ОТКАЗАНО", "REJECT"} & set(letter.new_text.split())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("ask", [RU, EN], ids=["ru", "en"])
def test_the_code_is_found_in_what_is_quoted_and_the_writer_in_the_header(shape, ask):
    letter, _ = read(shape("ОТКАЗАНО" if ask is RU else "REJECT", ask))
    assert (TOKEN,) in (find_codes(letter.quoted), find_codes(letter.new_text))
    assert letter.sender == "head@example.test"
    assert f"payments+{TOKEN}@example.test" in letter.recipients
    assert letter.in_reply_to == (f"ask.{TOKEN}@example.test",)
    assert letter.subject == f"Re: {ask.subject}"


def test_no_fault_of_the_way_turns_another_letter_into_an_approval():
    _, failures = run(1_500, seed=20261124)  # make fuzz runs 100 000
    assert not failures
