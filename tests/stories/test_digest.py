"""One daily list in place of single questions, answered line by line."""

from email.message import EmailMessage

from stories.stage import ADAM, FIONA, MALLORY, RITA, Stage, complete_form, text_of
from workflow.core.model import Status


def wants_a_list(stage: Stage) -> None:
    """Adam has one daily list; in the story it is always time for it."""
    text = stage.settings_file.read_text(encoding="utf-8")
    changed = text.replace('aliases = ["anton@home.test"]', 'aliases = ["anton@home.test"]\ndigest = "00:00"')
    assert changed != text
    stage.settings_file.write_text(changed, encoding="utf-8")


def three_requests(stage: Stage) -> None:
    for number, subject in enumerate(("Бумага", "Стулья", "Лампы"), 1):
        form = complete_form(stage.now()).replace("Канцелярия для офиса", subject).replace("118", f"20{number}")
        stage.send(RITA, form)
    stage.run()


def list_of_three(stage: Stage) -> EmailMessage:
    """What Adam gets the next morning."""
    wants_a_list(stage)
    stage.run()
    three_requests(stage)
    stage.later(days=1)
    stage.run()
    return stage.only(ADAM)


def statuses(stage: Stage) -> list[str]:
    return [request.status.value for request in stage.wiring().journal.requests()]


def test_a_list_is_answered_line_by_line_and_told_in_one_receipt(stage: Stage) -> None:
    wants_a_list(stage)
    stage.run()  # today's list has been looked at: nothing waits
    three_requests(stage)
    assert stage.new(ADAM) == [], "no single questions"
    stage.later(days=1)
    assert stage.run() == []
    listed = stage.only(ADAM)
    for subject in ("Бумага", "Стулья", "Лампы"):
        assert subject in text_of(listed)
    stage.answer(ADAM, listed, "СОГЛАСОВАНО 1, 3, 9; ОТКАЗАНО 2: дорого")
    stage.run()
    assert statuses(stage) == ["approved", "rejected", "approved"]
    receipt = text_of(stage.only(ADAM))
    assert "9" in receipt
    assert "дорого" in receipt
    assert len(stage.new(FIONA)) == 2


def test_lines_that_are_not_named_stay_open_and_a_doubtful_one_is_no_yes(stage: Stage) -> None:
    stage.answer(ADAM, list_of_three(stage), "Согласовано 1\nне согласовано 2")
    stage.run()
    assert statuses(stage) == ["approved", "awaiting", "awaiting"]


def test_a_list_answered_by_somebody_else_decides_nothing(stage: Stage) -> None:
    listed = list_of_three(stage)
    stage.answer(MALLORY, listed, "СОГЛАСОВАНО 1, 2, 3")
    stage.answer(RITA, listed, "СОГЛАСОВАНО 1, 2, 3")
    stage.run()
    assert set(statuses(stage)) == {Status.AWAITING.value}


def test_the_same_answer_twice_decides_once(stage: Stage) -> None:
    answer = stage.answer(ADAM, list_of_three(stage), "СОГЛАСОВАНО 1")
    stage.run()
    stage.post(ADAM, str(answer["To"]), answer.as_bytes())
    stage.run()
    votes = [len(request.votes) for request in stage.wiring().journal.requests()]
    assert votes == [1, 0, 0]
    assert len(stage.new(ADAM)) == 1


def test_a_word_under_each_quoted_line_decides_that_line(stage: Stage) -> None:
    listed = list_of_three(stage)
    words = iter(("СОГЛАСОВАНО", "ОТКАЗАНО дорого", ""))
    answer = []
    for line in text_of(listed).splitlines():
        answer.append(f"> {line}")
        if "Счет не приложен" in line:  # the last line of each entry
            answer += [next(words), ""]
    stage.answer(ADAM, listed, "24.11.2026 10:00, Оплаты пишет:\n" + "\n".join(answer), quote=False)
    stage.run()
    assert statuses(stage) == ["approved", "rejected", "awaiting"]
