"""Sending, against a real SMTP server that refuses, hangs up and comes back as told."""

from collections.abc import Iterator

import pytest

from helpers.dovecot import free_port
from helpers.smtp import CUT, Point, ScriptedSMTP
from mailer.account import Account
from mailer.errors import DeliveryError
from mailer.smtp import Outgoing

RAW = b"From: pay@example.test\r\nSubject: x\r\n\r\n.begins with a full stop\r\n..two\r\nend\r\n"
SENDER, RITA = "pay@example.test", "rita@example.test"


@pytest.fixture
def server() -> Iterator[ScriptedSMTP]:
    with ScriptedSMTP() as running:
        yield running


@pytest.fixture
def outgoing(server: ScriptedSMTP) -> Iterator[Outgoing]:
    with Outgoing(Account("127.0.0.1", server.port, "none", timeout=5)) as opened:
        yield opened


def refusal(outgoing: Outgoing) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        outgoing.send(RAW, SENDER, RITA)
    return caught.value


def test_a_letter_arrives_byte_by_byte(server: ScriptedSMTP, outgoing: Outgoing) -> None:
    outgoing.send(RAW, SENDER, RITA)
    (received,) = server.received
    assert (received.sender, received.recipients, received.raw) == (SENDER, (RITA,), RAW)


def test_one_connection_carries_many_letters(server: ScriptedSMTP, outgoing: Outgoing) -> None:
    for _ in range(5):
        outgoing.send(RAW, SENDER, RITA)
    assert len(server.received) == 5
    assert server.connections == 1


@pytest.mark.parametrize("point", ["mail", "rcpt"])
def test_a_connection_gone_stale_is_renewed_without_a_word(
    server: ScriptedSMTP, outgoing: Outgoing, point: Point
) -> None:
    outgoing.send(RAW, SENDER, RITA)
    server.answer(point, CUT)
    outgoing.send(RAW, SENDER, RITA)
    server.hang_up()
    outgoing.send(RAW, SENDER, RITA)
    assert len(server.received) == 3
    assert server.connections == 3


@pytest.mark.parametrize(
    ("point", "answer", "permanent"),
    [
        ("mail", "451 4.3.0 try again later", False),
        ("mail", "550 5.7.1 you may not send as this address", False),
        ("mail", "552 5.3.4 message too big for us", True),
        ("rcpt", "450 4.2.0 greylisted", False),
        ("rcpt", "550 5.1.1 no such user", True),
        ("rcpt", "554 5.7.1 relay access denied", False),
        ("rcpt", "530 5.7.0 authentication required", False),
        ("before_data", "451 4.3.0 not now", False),
        ("before_data", "554 5.5.1 no valid recipients", True),
        ("data", "452 4.3.1 disk full", False),
        ("data", "554 5.7.1 looks like spam", True),
    ],
)
def test_a_refusal_is_told_in_the_servers_words_and_the_next_letter_goes(
    server: ScriptedSMTP, outgoing: Outgoing, point: Point, answer: str, permanent: bool
) -> None:
    server.answer(point, answer)
    error = refusal(outgoing)
    assert error.permanent is permanent
    assert not error.in_doubt
    assert answer in str(error)
    outgoing.send(RAW, SENDER, RITA)
    assert len(server.received) == 1


@pytest.mark.parametrize("point", ["data", "after_data"])
def test_a_connection_cut_after_the_letter_was_sent_leaves_it_in_doubt(
    server: ScriptedSMTP, outgoing: Outgoing, point: Point
) -> None:
    server.answer(point, CUT)
    error = refusal(outgoing)
    assert error.in_doubt
    assert not error.permanent
    outgoing.send(RAW, SENDER, RITA)


def test_a_connection_cut_before_the_letter_was_sent_does_not(server: ScriptedSMTP, outgoing: Outgoing) -> None:
    server.answer("before_data", CUT)
    assert not refusal(outgoing).in_doubt
    assert server.received == []


def test_before_data_is_called_once_when_the_recipient_is_accepted(server: ScriptedSMTP, outgoing: Outgoing) -> None:
    calls: list[int] = []

    def mark() -> None:
        calls.append(len(server.received))

    server.answer("rcpt", "550 5.1.1 no such user")
    with pytest.raises(DeliveryError):
        outgoing.send(RAW, SENDER, RITA, mark)
    assert calls == []
    server.hang_up()
    outgoing.send(RAW, SENDER, RITA, mark)
    assert calls == [0], "after the recipient, before the letter, and not for the connection that had gone"


def test_a_mark_that_cannot_be_made_stops_the_letter(server: ScriptedSMTP, outgoing: Outgoing) -> None:
    def fail() -> None:
        raise RuntimeError("the journal is closed")

    with pytest.raises(RuntimeError):
        outgoing.send(RAW, SENDER, RITA, fail)
    assert server.received == []
    outgoing.send(RAW, SENDER, RITA)
    assert len(server.received) == 1


@pytest.mark.parametrize("password", ["secret", "секрет"])
def test_a_login_is_made_when_there_is_a_password(password: str) -> None:
    with ScriptedSMTP({"pay": password}) as server:
        Outgoing(Account("127.0.0.1", server.port, "none", "pay", lambda: password)).send(RAW, SENDER, RITA)
        assert len(server.received) == 1


@pytest.mark.parametrize("password", ["tvoya-taina", "тайна"])
def test_a_wrong_password_says_what_to_do_and_keeps_the_secret(password: str) -> None:
    with ScriptedSMTP({"pay": "secret"}) as server:
        error = refusal(Outgoing(Account("127.0.0.1", server.port, "none", "pay", lambda: password)))
    assert not error.permanent, "no notice is lost because of our settings"
    assert "Check the user name and the password" in str(error)
    assert password not in str(error)


def test_a_relay_that_offers_no_login_gets_the_letter_without_one() -> None:
    with ScriptedSMTP() as server:
        outgoing = Outgoing(Account("127.0.0.1", server.port, "none", "pay", lambda: "секрет"))
        outgoing.send(RAW, "pay@demo.test", "boss@demo.test")
        assert len(server.received) == 1
        assert outgoing.probe().logged_in is False


def test_a_stale_token_is_renewed_once() -> None:
    asked: list[bool] = []

    def token(fresh: bool) -> str:
        asked.append(fresh)
        return "good" if fresh else "stale"

    with ScriptedSMTP(tokens={"good"}) as server:
        Outgoing(Account("127.0.0.1", server.port, "none", "pay", get_token=token)).send(RAW, SENDER, RITA)
        assert asked == [False, True]
        error = refusal(Outgoing(Account("127.0.0.1", server.port, "none", "pay", get_token=lambda fresh: "stale")))
    assert "535" in str(error)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_without_tls_gets_no_letter_in_clear(server: ScriptedSMTP, security: str) -> None:
    error = refusal(Outgoing(Account("127.0.0.1", server.port, security, timeout=5)))  # type: ignore[arg-type]
    assert not error.permanent
    assert server.received == []


def test_nobody_at_the_door_is_a_passing_error() -> None:
    error = refusal(Outgoing(Account("127.0.0.1", free_port(), "none")))
    assert not error.permanent
    assert "cannot be reached" in str(error)


def test_domains_in_other_alphabets_are_written_in_the_one_that_servers_know(
    server: ScriptedSMTP, outgoing: Outgoing
) -> None:
    outgoing.send(RAW, "pay@счета.рф", "rita@счета.рф")
    assert server.received[0].sender == "pay@xn--80aj9afx.xn--p1ai"
    assert server.received[0].recipients == ("rita@xn--80aj9afx.xn--p1ai",)


@pytest.mark.parametrize(
    "address", ["рита@example.test", "no address", "a@b.test>\r\nRCPT TO:<c@d.test", "@x.test", ""]
)
def test_what_no_server_can_take_is_refused_before_it_is_asked(
    server: ScriptedSMTP, outgoing: Outgoing, address: str
) -> None:
    with pytest.raises(DeliveryError) as caught:
        outgoing.send(RAW, SENDER, address)
    assert caught.value.permanent
    assert server.connections == 0


def test_a_probe_tells_what_the_server_can_do_and_sends_nothing(server: ScriptedSMTP, outgoing: Outgoing) -> None:
    facts = outgoing.probe()
    assert "size" in facts.extensions
    assert not facts.logged_in
    assert server.received == []
