"""What the crash tests taught, each in its smallest form."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from documents.materials import Materials
from helpers.world import OSCAR, RITA, World
from workflow.core.deeds import Deed, Lane, notice
from workflow.journal import Claimed
from workflow.journal.queue import GivenUp
from workflow.legs.base import MOST_FAULTS, crashed_too_often, dead_alarms

LEASE = timedelta(minutes=10)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def claim(world: World) -> Claimed:
    deed = world.journal.claim_deed(Lane.MAIL, world.time, LEASE)
    assert deed is not None
    return deed


def states(world: World) -> dict[str, str]:
    return {row.kind: row.state for row in world.journal.dead()}


def test_a_deed_in_which_the_program_ended_ten_times_goes_to_the_operator(world: World) -> None:
    world.journal.add_alone(None, [notice("form", RITA)], world.time)
    for _ in range(MOST_FAULTS):
        assert not crashed_too_often(world.service, (OSCAR,), claim(world))
        world.journal.free_own_leases(world.time)
    assert crashed_too_often(world.service, (OSCAR,), claim(world))
    assert states(world) == {"form": "dead"}
    assert "ended 10 times" in world.journal.dead()[0].error
    assert claim(world).kind == "alarm"


def test_a_deed_is_given_up_only_together_with_the_word_about_it(world: World) -> None:
    world.journal.add_alone(None, [notice("form", RITA)], world.time)
    deed = claim(world)
    unwritable = Deed(Lane.MAIL, "alarm", OSCAR, {"details": object()})
    with pytest.raises(TypeError):
        world.service.give_up(GivenUp(deed, "refused"), [unwritable])
    assert states(world) == {}
    world.service.give_up(GivenUp(deed, "refused"), dead_alarms((OSCAR,), deed, "refused"))
    assert states(world) == {"form": "dead"}
    assert claim(world).person == OSCAR


def test_the_draft_of_a_file_that_has_its_name_already_is_removed(tmp_path: Path) -> None:
    materials = Materials(tmp_path)
    folder = materials.folder_of("PAY-2026-00001", date(2026, 11, 24), "Ромашка")
    stored = materials.store(folder, "invoice.pdf", b"content")
    draft = tmp_path / folder / f".{stored.sha256[:24]}.tmp"
    draft.write_bytes(b"content")  # killed between the two names
    assert materials.store(folder, "invoice.pdf", b"content") == stored
    assert [path.name for path in (tmp_path / folder).iterdir()] == ["invoice.pdf"]
