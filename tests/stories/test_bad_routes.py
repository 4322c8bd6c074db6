"""Who may say yes: quorums, everybody, nobody left, and the command that mends a route."""

from __future__ import annotations

from email.message import EmailMessage
from zoneinfo import ZoneInfo

from helpers.command import countersign
from stories.bad import plain, replaced, settings
from stories.stage import ADA, ADAM, FIONA, OSCAR, RITA, Stage, complete_form
from values.workdays import WorkCalendar
from workflow.core.model import Status

ANY = 'steps = [ { any = ["head@example.test"] } ]'
THIRD = """
[[people]]
name = "Борис Третьяков"
email = "third@example.test"
roles = ["approver"]
"""
BORIS = "third@example.test"


def route(stage: Stage, steps: str) -> None:
    """The rule for everything; and a third approver."""
    replaced(stage, ANY, f"steps = [ {steps} ]")
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text + THIRD, encoding="utf-8")
    stage.mail.imap.users[BORIS] = "secret"
    for part in ("cur", "new", "tmp"):
        (stage.mail.imap.maildir(BORIS) / part).mkdir(parents=True, exist_ok=True)


def mailed(stage: Stage) -> dict[str, EmailMessage]:
    """A request of Rita's; what each approver got."""
    stage.send(RITA, complete_form(stage.now()))
    assert stage.run() == []
    return {person: found[-1] for person in (ADAM, ADA, BORIS) if (found := stage.new(person))}


def says(stage: Stage, person: str, ask: EmailMessage, words: str = "APPROVE") -> Status:
    stage.answer(person, ask, words)
    assert stage.run() == []
    return stage.request().status


def test_a_quorum_of_two_needs_two_different_people(stage: Stage) -> None:
    route(stage, '{ quorum = 2, of = ["head@example.test", "director@example.test", "third@example.test"] }')
    asks = mailed(stage)
    assert set(asks) == {ADAM, ADA, BORIS}
    assert says(stage, ADAM, asks[ADAM]) is Status.AWAITING
    assert says(stage, ADAM, asks[ADAM]) is Status.AWAITING, "one person counts once"
    assert says(stage, BORIS, asks[BORIS]) is Status.APPROVED
    stage.new(ADA)
    assert says(stage, ADA, asks[ADA]) is Status.APPROVED
    assert len(stage.request().approvals()) == 2
    assert stage.cells()["Согласовал"] == "Антон Головин, Борис Третьяков"


def test_all_need_all_and_one_no_is_enough(stage: Stage) -> None:
    route(stage, '{ all = ["head@example.test", "director@example.test"] }')
    asks = mailed(stage)
    assert says(stage, ADA, asks[ADA]) is Status.AWAITING
    stage.new(ADA)
    assert says(stage, ADAM, asks[ADAM], "Отказано, дорого") is Status.REJECTED
    assert "дорого" in plain(stage.only(ADA)), "who said yes hears of the no"


def test_a_requester_is_never_asked_about_his_own_request(stage: Stage) -> None:
    route(stage, '{ any = ["head@example.test", "third@example.test"] }')
    stage.send(ADAM, complete_form(stage.now()))
    replaced(stage, 'roles = ["approver"]', 'roles = ["approver", "requester"]')
    stage.run()
    request = stage.request()
    assert request.requester == ADAM
    assert [ask.person for ask in request.open_asks() if ask.kind.value == "approve"] == [BORIS]
    stage.answer(ADAM, stage.new(ADAM)[-1], "СОГЛАСОВАНО")
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_nobody_left_is_told_and_mended_by_reroute(stage: Stage) -> None:
    route(stage, '{ any = ["head@example.test"] }')
    stage.send(ADAM, complete_form(stage.now()))
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert len(stage.new(ADAM)) >= 1
    assert "reroute" in plain(stage.new(OSCAR)[-1])

    def reroute(to: str) -> tuple[int, str]:
        done = countersign(stage.settings_file, "reroute", stage.first, "--to", to, "--reason", "некому согласовать")
        return done.returncode, done.stderr

    for wrong in (ADAM, FIONA, RITA, "nobody@example.test"):
        code, said = reroute(wrong)
        assert code == 1, wrong
        assert said.strip(), wrong
        assert "Traceback" not in said
    assert reroute(BORIS)[0] == 0
    stage.run()
    ask = stage.only(BORIS)
    assert says(stage, BORIS, ask, "Согласовано") is Status.APPROVED


def test_reroute_takes_the_place_of_one_who_cannot_answer(stage: Stage) -> None:
    route(stage, '{ all = ["head@example.test", "director@example.test"] }')
    asks = mailed(stage)
    without = countersign(stage.settings_file, "reroute", stage.first, "--to", BORIS, "--reason", "отпуск")
    assert without.returncode == 1, "several are asked: it must be said whom"
    command = ("reroute", stage.first, "--from", ADAM, "--to", BORIS, "--reason", "отпуск")
    assert countersign(stage.settings_file, *command).returncode == 0
    stage.run()
    assert says(stage, ADAM, asks[ADAM], "Согласовано") is Status.AWAITING, "his seat is taken"
    assert says(stage, ADA, asks[ADA]) is Status.AWAITING
    assert says(stage, BORIS, stage.new(BORIS)[-1], "Согласовано") is Status.APPROVED


def test_an_accountant_among_approvers_is_no_usable_setting(stage: Stage) -> None:
    replaced(stage, 'roles = ["accountant"]', 'roles = ["accountant", "approver"]')
    replaced(stage, ANY, 'steps = [ { any = ["accounting@example.test"] } ]')
    checked = countersign(stage.settings_file, "check")
    if checked.returncode == 2:
        assert "accounting@example.test" in checked.stderr
        return
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert not any("Согласовать" in str(message["Subject"]) for message in stage.new(FIONA))
    assert "reroute" in plain(stage.new(OSCAR)[-1])


def next_working_day(stage: Stage) -> None:
    """Lists come on working days only."""
    stage.later(days=1)
    while not WorkCalendar("RU").is_working(stage.now().astimezone(ZoneInfo("Europe/Moscow")).date()):
        stage.later(days=1)


def test_the_morning_list_names_what_is_approved_and_comes_once(stage: Stage) -> None:
    replaced(stage, 'accounting = "each"', 'accounting = "morning"')
    settings(stage, "notices", 'morning = "00:01"')
    asks = mailed(stage)
    assert says(stage, ADAM, asks[ADAM], "Согласовано") is Status.APPROVED
    next_working_day(stage)
    stage.run()
    lists = stage.new(FIONA)
    assert len(lists) == 1, [str(message["Subject"]) for message in lists]
    assert stage.first in plain(lists[0])
    stage.run()
    assert stage.new(FIONA) == []
    stage.edit({"Статус": "Оплачен"})
    next_working_day(stage)
    stage.run()
    assert stage.request().status is Status.PAID
