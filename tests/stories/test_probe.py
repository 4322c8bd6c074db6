"""`check --probe`: a letter to ourselves shows whether sender checks are set up rightly."""

import pytest

from stories.stage import Stage
from workflow.cli.probe import ProbeFailed, send_probe


def checked(stage: Stage) -> None:
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text.replace("authserv_id = []", 'authserv_id = ["mx.example.test"]'), "utf-8")


def test_the_probe_arrives_and_is_no_letter_to_anybody(stage: Stage) -> None:
    assert "arrived" in send_probe(stage.wiring())
    assert stage.run() == []
    assert stage.wiring().journal.letters_by_verdict() == {"ignored": 1}


def test_sender_checks_that_prove_nothing_are_told(stage: Stage) -> None:
    checked(stage)
    with pytest.raises(ProbeFailed, match="authserv_id"):
        send_probe(stage.wiring())
