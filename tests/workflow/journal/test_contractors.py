"""Contractor cards: they grow from what was paid, are found however they are named, and are made anew from events."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from helpers.old_schema import make_at
from helpers.world import ADAM, FIONA, FORM, NOW, OTHER_ACCOUNT, RITA, World
from workflow.core.commands import CorrectContractor, PutOnHold
from workflow.core.contractors import Card
from workflow.core.outcome import REGISTRY
from workflow.journal import Cause, tables
from workflow.journal.engine import open_engine
from workflow.journal.schema import prepare

INN = FORM["inn"]


def card(world: World, inn: str = INN) -> Card:
    with world.journal.ledger() as ledger:
        return ledger.cards_by_inn(inn)[0]


def everything(world: World) -> list[tuple[object, ...]]:
    """All that the projections hold."""
    with world.engine.connect() as connection:
        return [
            tuple(row) for table in (tables.contractors, tables.contractor_keys, tables.request_marks)
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]  # fmt: skip


def test_a_payment_that_was_told_makes_the_account_known(world: World) -> None:
    reference = world.paid()
    known = card(world)
    assert (known.name, known.kpp, known.email, known.currency) == (
        "ООО «Ромашка»", FORM["kpp"], FORM["contractor_email"], "RUB",
    )  # fmt: skip
    assert [(own.account, own.bic, own.reference) for own in known.bank] == [(FORM["account"], FORM["bic"], reference)]
    assert known.purpose == "Оплата по счету № {number} от {date}"


def test_an_approved_request_makes_a_card_that_knows_no_account(world: World) -> None:
    world.approved()
    assert (card(world).name, card(world).bank, card(world).email) == ("ООО «Ромашка»", (), "")


def test_a_payment_that_was_recalled_proves_nothing(world: World) -> None:
    reference = world.paid()
    world.order(PutOnHold(FIONA, "the bank refused it"), reference, FIONA)
    assert (card(world).bank, card(world).email) == ((), "")


def test_an_account_that_another_payment_used_since_stays_known(world: World) -> None:
    reference = world.paid()
    world.paid(invoice="№ 13 от 20.11.2026")
    world.order(PutOnHold(FIONA, "the bank refused it"), reference, FIONA)
    assert [own.account for own in card(world).bank] == [FORM["account"]]


def test_a_card_is_found_by_number_account_and_loose_name(world: World) -> None:
    world.paid()
    with world.journal.ledger() as ledger:
        expected = ledger.cards_by_inn(INN)
        assert len(expected) == 1
        assert ledger.cards_by_account(FORM["account"]) == expected
        for name in ("ромашка", "OOO «Poмaшкa»", "РОМАШКА, ООО"):
            assert ledger.cards_by_name(name) == expected
        assert ledger.cards_by_name("Ромашка Плюс") == ()
        assert ledger.cards_by_inn("") == ledger.cards_by_account("") == ledger.cards_by_name("") == ()


def test_earlier_requests_are_found_by_what_marks_them(world: World) -> None:
    one = world.submitted()
    with world.journal.ledger() as ledger:
        assert [request.reference for request in ledger.marked("invoice", f"inn:{INN}|12")] == [one]
        assert [request.reference for request in ledger.marked("file", f"{12:064x}")] == [one]
        assert [request.reference for request in ledger.marked("sum", f"inn:{INN}|RUB|4800")] == [one]
        assert ledger.marked("sum", f"inn:{INN}|RUB|4800", NOW + timedelta(days=1)) == ()
        assert ledger.last_approved(inn=INN) is None
    world.reply(ADAM, one, "APPROVE")
    with world.journal.ledger() as ledger:
        for found in (ledger.last_approved(inn=INN), ledger.last_approved(name="ромашка"),
                      ledger.last_approved(inn=INN, requester=RITA)):  # fmt: skip
            assert found is not None
            assert found.reference == one
        assert ledger.last_approved(inn=INN, requester=ADAM) is None


def test_a_corrected_line_moves_the_mark(world: World) -> None:
    one = world.submitted()
    world.amend(one, invoice="№ 13 от 20.11.2026")
    with world.journal.ledger() as ledger:
        assert ledger.marked("invoice", f"inn:{INN}|12") == ()
        assert len(ledger.marked("invoice", f"inn:{INN}|13")) == 1


def correct(world: World, key: str, *, mark: str = "1", struck: tuple[str, ...] = (), **fields: str) -> str:
    command = CorrectContractor(REGISTRY, key, fields, struck)
    return world.service.correct_contractor(command, Cause(f"cell:contractors:{key}:{mark}")).reason


def test_an_accountant_corrects_a_card_once(world: World) -> None:
    world.paid()
    key = card(world).key
    assert correct(world, key, phone="+7 495 000-00-00", name="ООО «Ромашка и Ко»", aliases="Цветы; Flowers") == ""
    assert correct(world, key, phone="something else") == ""  # the same cause again is answered as before
    known = card(world)
    assert (known.phone, known.name, known.aliases) == (
        "+7 495 000-00-00", "ООО «Ромашка и Ко»", ("Цветы", "Flowers"),
    )  # fmt: skip
    with world.journal.ledger() as ledger:
        assert ledger.cards_by_name("flowers") == (known,)
        assert ledger.cards_by_name("ромашка") == ()
    assert [recorded.event.fields["phone"] for recorded in world.journal.contractor_history(key)] == [  # type: ignore[union-attr]
        "+7 495 000-00-00"
    ]


def test_what_a_card_does_not_take_is_refused_with_the_reason(world: World) -> None:
    world.paid()
    key = card(world).key
    for mark, (field, text, reason) in enumerate((
        ("account", OTHER_ACCOUNT["account"], "card_bank_details"), ("inn", "500100732259", "card_bank_details"),
        ("email", "no address", "card_email"), ("kpp", "1", "card_kpp"), ("name", " ", "card_name"),
        ("language", "de", "card_language"), ("phone", "", "nothing_new"),
    )):  # fmt: skip
        assert correct(world, key, mark=f"r{mark}", **{field: text}) == reason
    assert correct(world, "inn:0", mark="x", phone="1") == "card_unknown"


def test_a_struck_account_is_no_longer_known(world: World) -> None:
    world.paid()
    assert correct(world, card(world).key, struck=(FORM["account"],)) == ""
    assert card(world).bank == ()


def test_cards_that_changed_are_listed_from_a_moment_on(world: World) -> None:
    world.paid()
    first = list(world.journal.contractors())
    assert [found.card.inn for found in first] == [INN]
    world.pass_time(timedelta(hours=1))
    assert list(world.journal.contractors(first[-1].changed_at)) == first
    correct(world, first[0].card.key, phone="1")
    later = list(world.journal.contractors(first[-1].changed_at))
    assert [found.card.phone for found in later] == ["1"]
    assert later[0].changed_at > first[0].changed_at


def test_corrections_stand_in_a_chain_of_their_own_that_proves_itself(world: World) -> None:
    world.paid()
    key = card(world).key
    correct(world, key, phone="1")
    correct(world, key, mark="2", phone="2")
    world.journal.anchor(world.time)
    assert world.journal.broken_links() == world.journal.broken_anchors() == []
    events = tables.events
    with world.engine.begin() as connection:
        where = events.c.type == "ContractorCorrected"
        connection.execute(update(events).where(where, events.c.seq == 1).values(payload='{"by":"x","key":"y"}'))
    assert len(world.journal.broken_links()) == 1


def test_made_anew_from_the_events_they_are_as_they_were(world: World) -> None:
    one = world.paid()
    world.pass_time(timedelta(hours=1))
    world.paid(invoice="№ 14 от 20.11.2026", contractor="ООО «Ромашка Трейд»")
    world.submitted(invoice="№ 15 от 20.11.2026", contractor="ИП Иванов", inn="500100732259", kpp="")
    world.pass_time(timedelta(hours=1))
    world.order(PutOnHold(FIONA, "the bank refused it"), one, FIONA)
    world.pass_time(timedelta(hours=1))
    correct(world, card(world).key, phone="1")
    before = everything(world)
    world.journal.rebuild_projections()
    assert everything(world) == before
    assert card(world).phone == "1"


def test_an_old_journal_is_filled_at_its_first_start(alone: World, tmp_path: Path) -> None:
    """As it stood before there were cards: the tables are not there, nor is anything in them."""
    world = alone
    world.paid()
    before = everything(world)
    world.engine.dispose()
    old = tmp_path / "old.db"
    make_at("0002", old)
    with closing(sqlite3.connect(old, isolation_level=None)) as copy:
        copy.execute("ATTACH ? AS new", (str(tmp_path / "journal.db"),))
        for (name,) in copy.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            if name != "alembic_version" and not name.startswith("sqlite_"):
                columns = ", ".join(f'"{row[1]}"' for row in copy.execute(f"PRAGMA main.table_info({name})"))
                copy.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM new.{name}")
        copy.execute("DELETE FROM main.meta WHERE key = 'projections'")
    old.replace(tmp_path / "journal.db")
    prepare(open_engine(world.url), NOW)
    assert everything(world) == before


def test_a_projection_of_an_older_program_is_filled_again(world: World) -> None:
    world.paid()
    before = everything(world)
    with world.engine.begin() as connection:
        connection.execute(delete(tables.request_marks))
        connection.execute(update(tables.meta).where(tables.meta.c.key == "projections").values(value="0"))
    prepare(world.engine, NOW)
    assert everything(world) == before
