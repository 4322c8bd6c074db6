"""Small things to look up: notes, cursors, legs, agreements with the registry, materials."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpers.world import ADAM, FIONA, MALLORY, NOW, World
from workflow.core.deeds import Deed, Lane
from workflow.journal import Journal, LetterEntry
from workflow.journal.stamp import stamp

BOOK = "registry"


@pytest.fixture
def journal(world: World) -> Journal:
    world.journal.registry(BOOK, "one")
    return world.journal


def agreed(journal: Journal, generation: int | None = None) -> dict[str, object]:
    """What is agreed now, or was at a generation: the cells alone."""
    found = journal.agreements(BOOK) if generation is None else journal.agreements_at(BOOK, generation)
    return {reference: cells for reference, (_, cells) in found.items()}


def write(journal: Journal, generation: int, **rows: str) -> None:
    """A whole pass: announced, written, agreed."""
    cells = {reference: {"status": status} for reference, status in rows.items()}
    journal.announce_write(BOOK, generation, cells, NOW)
    journal.agree(BOOK, generation, cells, NOW, seen=f"gen{generation}")


# --- notes, cursors, legs -------------------------------------------------------------------------------------------


def test_a_note_is_what_was_last_written(journal: Journal) -> None:
    assert journal.note("x") is None
    journal.set_note("x", "1")
    journal.set_note("x", "2")
    assert journal.note("x") == "2"


def test_a_note_made_once_stays(journal: Journal) -> None:
    assert [journal.note_once("identity", value) for value in ("a", "b")] == ["a", "a"]


def test_a_cursor_belongs_to_one_life_of_a_mailbox(journal: Journal) -> None:
    journal.move_cursor("INBOX", "1", 17)
    assert [journal.cursor("INBOX", validity) for validity in ("1", "2")] == [17, 0]


def test_a_leg_remembers_when_its_trouble_began(journal: Journal) -> None:
    began = journal.leg_failed("mail", "server away", NOW)
    assert journal.leg_failed("mail", "still away", NOW + timedelta(hours=1)) == began
    assert journal.legs()["mail"] == {"last_success": None, "error": "still away", "since": began}
    journal.leg_succeeded("mail", NOW + timedelta(hours=2))
    assert journal.legs()["mail"]["error"] is None
    assert journal.leg_failed("mail", "again", NOW + timedelta(hours=3)) != began


def test_one_daemons_failure_is_not_hidden_by_anothers_success(journal: Journal) -> None:
    journal.daemon = "north"
    journal.leg_failed("mail", "server away", NOW)
    journal.daemon = "south"
    journal.leg_succeeded("mail", NOW + timedelta(minutes=1))
    journal.daemon = "north"
    journal.leg_failed("mail", "still away", NOW + timedelta(minutes=2))
    failures = journal.leg_failures(NOW + timedelta(minutes=3))["mail"]
    assert failures == [{"daemon": "north", "error": "still away", "since": stamp(NOW)}]
    assert journal.leg_failures(NOW + timedelta(hours=1)) == {}, "nobody has failed for an hour: it is gone"
    journal.leg_succeeded("mail", NOW + timedelta(minutes=4))
    assert journal.leg_failures(NOW + timedelta(minutes=4)) == {}


def test_who_stops_in_order_fails_no_more(journal: Journal) -> None:
    for journal.daemon in ("north", "south"):
        journal.leg_failed("mail", "server away", NOW)
    journal.forget_failures(NOW)
    assert [one["daemon"] for one in journal.leg_failures(NOW)["mail"]] == ["north"]


def test_letters_that_may_be_forgotten(journal: Journal) -> None:
    for key, verdict, path in (("a", "ignored", "a.eml"), ("b", "requests", "b.eml"), ("c", "ignored", None)):
        journal.letter_entry(LetterEntry(key, "INBOX", NOW, verdict, path=path), NOW)
    assert [row.key for row in journal.letters_to_erase(NOW + timedelta(days=90))] == ["a"]
    assert not journal.letters_to_erase(NOW)
    journal.forget_bytes("a")
    assert not journal.letters_to_erase(NOW + timedelta(days=90))
    assert journal.knows_letter("a")


def test_who_was_ever_told_of_a_request(world: World) -> None:
    reference = world.submitted()
    assert [world.journal.told(person, reference) for person in (ADAM, FIONA, MALLORY)] == [True, False, False]


# --- agreements -----------------------------------------------------------------------------------------------------


def test_a_written_generation_is_agreed(journal: Journal) -> None:
    write(journal, 1, A="draft", B="draft")
    write(journal, 2, A="paid")
    assert agreed(journal) == {"A": {"status": "paid"}, "B": {"status": "draft"}}
    assert journal.registry(BOOK, "one").generation == 2
    assert journal.registry(BOOK, "one").seen == "gen2"


def test_an_older_copy_is_compared_with_what_was_agreed_then(journal: Journal) -> None:
    write(journal, 1, A="draft", B="draft")
    write(journal, 2, A="approved")
    write(journal, 3, A="paid", C="draft")
    assert agreed(journal, 2) == {"A": {"status": "approved"}, "B": {"status": "draft"}}
    assert agreed(journal, 1) == {"A": {"status": "draft"}, "B": {"status": "draft"}}


def test_an_announced_write_is_not_agreed_until_it_is_made(journal: Journal) -> None:
    write(journal, 1, A="draft")
    journal.announce_write(BOOK, 2, {"A": {"status": "paid"}}, NOW)
    assert agreed(journal) == {"A": {"status": "draft"}}
    journal.adopt_announced(BOOK, 2)  # the crash came after the write
    assert agreed(journal) == {"A": {"status": "paid"}}


def test_a_write_that_was_not_made_is_announced_anew(journal: Journal) -> None:
    write(journal, 1, A="draft")
    journal.announce_write(BOOK, 2, {"A": {"status": "paid"}, "B": {"status": "draft"}}, NOW)
    write(journal, 2, A="approved")  # the crash came before the write; the next pass has other rows
    assert agreed(journal) == {"A": {"status": "approved"}}


def test_a_pass_that_writes_nothing_keeps_the_generation(journal: Journal) -> None:
    write(journal, 1, A="draft")
    journal.agree(BOOK, 1, {"A": {"status": "draft", "comment": "x"}}, NOW, seen="again")
    assert agreed(journal) == {"A": {"status": "draft", "comment": "x"}}
    assert journal.registry(BOOK, "one").generation == 1


def test_rows_and_their_deeds_are_settled_in_one_commit(journal: Journal) -> None:
    journal.add_alone("A", [Deed(Lane.REGISTRY, "row", coalesce=True)], NOW)
    deeds = journal.claim_all(Lane.REGISTRY, "row", NOW, timedelta(minutes=10))
    assert journal.waiting_rows() == ["A"]
    journal.announce_write(BOOK, 1, {"A": {}}, NOW)
    journal.agree(BOOK, 1, {"A": {}}, NOW, [deed.id for deed in deeds])
    assert journal.waiting_rows() == []


def test_old_agreements_are_forgotten_and_current_ones_kept(journal: Journal) -> None:
    write(journal, 1, A="draft", B="draft")
    write(journal, 2, A="paid")
    journal.forget_agreements(BOOK, NOW + timedelta(days=1))
    assert agreed(journal) == {"A": {"status": "paid"}, "B": {"status": "draft"}}
    assert agreed(journal, 1) == {"B": {"status": "draft"}}
    journal.forget_agreements(BOOK)
    assert agreed(journal) == {}


def test_two_registries_do_not_mix(journal: Journal) -> None:
    journal.registry("second", "two")
    write(journal, 1, A="draft")
    assert journal.agreements("second") == {}
    assert journal.registry("second", "ignored").identity == "two"


# --- materials ------------------------------------------------------------------------------------------------------


def test_a_material_is_one_by_its_name(journal: Journal) -> None:
    for sha in ("a" * 64, "b" * 64):
        journal.add_material("A", "invoice.pdf", "2026/11/x/A/invoice.pdf", sha, "attachment", NOW)
    journal.add_material("B", "invoice.pdf", "2026/11/x/B/invoice.pdf", "c" * 64, "attachment", NOW)
    assert [row.sha256[0] for row in journal.materials("A")] == ["b"]
    assert len(journal.materials()) == 2
