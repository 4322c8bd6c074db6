"""The inbox against a real Dovecot, the embedded server, and a socket that says what no proper server would."""

import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path

import pytest

from helpers.dovecot import DovecotServer, free_port
from helpers.needs import needs
from helpers.rawimap import Connection, RawIMAP, Reply, literal, saying
from helpers.realmail import RealMail
from helpers.tls import has_openssl, make_certificate, server_context
from mailer.account import Account
from mailer.embedded import MailServer
from mailer.errors import InboxError
from mailer.inbox import Inbox
from mailer.smtp import Outgoing

USER = "payments@example.test"
BIG = 10_000_000


def letter(words: str, size: int = 0) -> bytes:
    return f"From: rita@example.test\r\nSubject: {words}\r\n\r\n{words}\r\n".encode() + b"x" * size


def account(port: int, password: str = "secret", timeout: float = 5) -> Account:
    return Account("127.0.0.1", port, "none", USER, lambda: password, timeout=timeout)


@pytest.fixture
def dovecot(tmp_path: Path) -> Iterator[DovecotServer]:
    with DovecotServer(tmp_path / "dovecot", {USER: "secret"}) as server:
        yield server


@pytest.fixture
def inbox(dovecot: DovecotServer) -> Iterator[Inbox]:
    with Inbox(account(dovecot.port)) as box:
        box.select()
        yield box


def raw_inbox(server: RawIMAP, timeout: float = 2) -> Inbox:
    box = Inbox(account(server.port, timeout=timeout))
    box.connect()
    box.select()
    return box


def words(raw: bytes) -> str:
    return raw.rpartition(b"\r\n\r\n")[2].decode().strip()


# --- on a real server


@pytest.mark.realimap
@needs("dovecot")
def test_letters_come_in_order_whole_and_once(dovecot: DovecotServer, inbox: Inbox) -> None:
    for name in ("one", "two", "three"):
        dovecot.append(USER, letter(name))
    found = list(inbox.new_letters(0, BIG))
    assert [(one.uid, words(one.raw), one.whole) for one in found] == [
        (1, "one", True), (2, "two", True), (3, "three", True)]  # fmt: skip
    assert abs(found[0].received - datetime.now(UTC)) < timedelta(minutes=1)
    assert [one.uid for one in inbox.new_letters(2, BIG)] == [3]
    assert list(inbox.new_letters(3, BIG)) == []


@pytest.mark.realimap
@needs("dovecot")
def test_reading_marks_nothing_and_marking_expunges_nothing(dovecot: DovecotServer, inbox: Inbox) -> None:
    for name in ("one", "two", "three"):
        dovecot.append(USER, letter(name))
    list(inbox.new_letters(0, BIG))
    with IMAP4("127.0.0.1", dovecot.port) as person:
        person.login(USER, "secret")
        person.select()
        assert b"Seen" not in b"".join(bytes(x) for x in person.uid("FETCH", "1:3", "(FLAGS)")[1])
        person.uid("STORE", "2", "+FLAGS", r"(\Deleted)")
    inbox.mark([1, 3])
    with IMAP4("127.0.0.1", dovecot.port) as person:
        person.login(USER, "secret")
        person.select(readonly=True)
        flags = person.uid("FETCH", "1:3", "(FLAGS)")[1]
    assert len(flags) == 3, "the letter that a person had only marked as deleted is still there"
    assert b"Seen" in flags[0]
    assert b"Seen" not in flags[1]
    assert b"Seen" in flags[2]


@pytest.mark.realimap
@needs("dovecot")
def test_of_a_letter_that_is_too_big_only_the_header_is_read(dovecot: DovecotServer, inbox: Inbox) -> None:
    dovecot.append(USER, letter("small"))
    dovecot.append(USER, letter("big", size=50_000))
    dovecot.append(USER, letter("small again"))
    small, big, again = inbox.new_letters(0, 20_000)
    assert small.whole
    assert again.whole
    assert not big.whole
    assert big.raw == b"From: rita@example.test\r\nSubject: big\r\n\r\n"
    assert big.size > 50_000


@pytest.mark.realimap
@needs("dovecot")
def test_many_letters_are_fetched_in_bounded_batches(dovecot: DovecotServer, inbox: Inbox) -> None:
    for number in range(30):
        dovecot.append(USER, letter(f"number {number}", size=1000))
    found = list(inbox.new_letters(0, BIG, batch_bytes=5000))
    assert [one.uid for one in found] == list(range(1, 31))
    assert [one.raw.split(b"\r\n")[1] for one in found] == [f"Subject: number {n}".encode() for n in range(30)]


@pytest.mark.realimap
@needs("dovecot")
def test_a_letter_that_vanishes_meanwhile_is_left_out(dovecot: DovecotServer, inbox: Inbox) -> None:
    for name in ("one", "two", "three"):
        dovecot.append(USER, letter(name, size=3000))
    letters = inbox.new_letters(0, BIG, batch_bytes=3000)
    assert next(letters).uid == 1
    with IMAP4("127.0.0.1", dovecot.port) as person:
        person.login(USER, "secret")
        person.select()
        person.uid("STORE", "2", "+FLAGS", r"(\Deleted)")
        person.expunge()
    assert [one.uid for one in letters] == [3]


@pytest.mark.realimap
@needs("dovecot")
def test_letters_older_than_a_day_can_be_left_on_the_server(dovecot: DovecotServer, inbox: Inbox) -> None:
    dovecot.append(USER, letter("today"))
    assert [letter.whole for letter in inbox.new_letters(0, BIG, since=datetime(2020, 1, 1, tzinfo=UTC))] == [True]
    assert [letter.whole for letter in inbox.new_letters(0, BIG, since=datetime(2099, 1, 1, tzinfo=UTC))] == [False]


@pytest.mark.realimap
@needs("dovecot")
def test_a_letter_sent_by_smtp_is_read_from_the_mailbox(tmp_path: Path) -> None:
    with RealMail(tmp_path, {USER: "secret"}) as mail, Inbox(account(mail.imap_port)) as box:
        with Outgoing(Account("127.0.0.1", mail.smtp_port, "none")) as outgoing:
            outgoing.send(letter("sent"), "rita@example.test", "payments+abc@example.test")
        box.select()
        (found,) = box.new_letters(0, BIG)
    assert b"Delivered-To: payments+abc@example.test\r\n" in found.raw
    assert words(found.raw) == "sent"


@pytest.mark.realimap
@needs("dovecot")
def test_new_mail_ends_the_wait(dovecot: DovecotServer, inbox: Inbox) -> None:
    threading.Timer(0.2, dovecot.append, (USER, letter("news"))).start()
    assert inbox.wait(20)
    assert [words(one.raw) for one in inbox.new_letters(0, BIG)] == ["news"]


@pytest.mark.realimap
@needs("dovecot")
def test_mail_that_came_while_we_were_reading_needs_no_wait(dovecot: DovecotServer, inbox: Inbox) -> None:
    dovecot.append(USER, letter("one"))
    reading = inbox.new_letters(0, BIG)
    next(reading)
    dovecot.append(USER, letter("two"))
    inbox.mark([1])
    list(reading)
    begun = time.monotonic()
    assert inbox.wait(20)
    assert time.monotonic() - begun < 5


@pytest.mark.realimap
@needs("dovecot")
def test_a_wait_can_be_ended_from_another_thread(inbox: Inbox) -> None:
    begun = time.monotonic()
    threading.Timer(0.1, inbox.wake).start()
    assert not inbox.wait(60)
    assert time.monotonic() - begun < 5
    assert list(inbox.new_letters(0, BIG)) == [], "the connection is as good as before"


@pytest.mark.realimap
@needs("dovecot")
def test_a_wake_before_the_wait_is_not_lost(inbox: Inbox) -> None:
    inbox.wake()
    inbox.wake()
    begun = time.monotonic()
    assert not inbox.wait(60)
    assert not inbox.wait(0.1), "and it is heard once"
    assert time.monotonic() - begun < 5


@pytest.mark.realimap
@needs("dovecot")
def test_a_wait_without_news_ends_in_time_and_can_be_repeated(inbox: Inbox) -> None:
    assert not inbox.wait(0.2)
    assert not inbox.wait(0.2)
    assert not inbox.wait(60, stop=lambda: True)


@pytest.mark.realimap
@needs("dovecot")
def test_a_wrong_password_says_what_to_do_and_keeps_the_secret(dovecot: DovecotServer) -> None:
    with pytest.raises(InboxError, match="Check the user name and the password") as caught:
        Inbox(account(dovecot.port, "tvoya-taina")).connect()
    assert caught.value.permanent
    assert "taina" not in str(caught.value)


@pytest.mark.realimap
@needs("dovecot")
def test_a_password_in_another_alphabet_is_sent(tmp_path: Path) -> None:
    with DovecotServer(tmp_path / "dovecot", {USER: "секрет"}) as server:
        with Inbox(account(server.port, "секрет")) as box:
            assert box.select() > 0
        with pytest.raises(InboxError) as caught:
            Inbox(account(server.port, "тайна")).connect()
        assert caught.value.permanent


@pytest.mark.realimap
@needs("dovecot")
def test_a_folder_that_is_not_there_is_named(inbox: Inbox) -> None:
    with pytest.raises(InboxError, match="'Счета'") as caught:
        inbox.select("Счета")
    assert caught.value.permanent


@pytest.mark.realimap
@needs("dovecot")
def test_a_server_that_ends_during_the_wait_is_noticed_and_may_come_back(dovecot: DovecotServer, inbox: Inbox) -> None:
    dovecot.append(USER, letter("kept"))
    uidvalidity = inbox.select()
    assert len(list(inbox.new_letters(0, BIG))) == 1
    threading.Timer(0.2, dovecot.stop).start()
    with pytest.raises(InboxError) as caught:
        inbox.wait(30)
    assert not caught.value.permanent
    assert not inbox.connected
    dovecot.restart()
    inbox.connect()
    assert inbox.select() == uidvalidity
    assert [one.uid for one in inbox.new_letters(0, BIG)] == [1]


@pytest.mark.realimap
@needs("dovecot")
def test_a_changed_uidvalidity_is_told(dovecot: DovecotServer, inbox: Inbox) -> None:
    dovecot.append(USER, letter("one"))
    before = inbox.select()
    inbox.close()
    dovecot.stop()
    dovecot.change_uidvalidity(USER)
    dovecot.restart()
    inbox.connect()
    assert inbox.select() != before
    assert [words(one.raw) for one in inbox.new_letters(0, BIG)] == ["one"]


@pytest.mark.realimap
@needs("dovecot")
def test_a_probe_tells_what_is_there(dovecot: DovecotServer) -> None:
    dovecot.append(USER, letter("one"))
    facts = Inbox(account(dovecot.port)).probe()
    assert facts.count == 1
    assert facts.idle
    assert facts.uidvalidity > 0
    assert "MOVE" in facts.capabilities, "told only after the login"


# --- on the embedded server


def test_the_embedded_server_is_read_like_any_other(tmp_path: Path) -> None:
    with MailServer(tmp_path, {USER: "secret"}) as server, Inbox(account(server.imap_port)) as box:
        uidvalidity = box.select()
        server.deliver(USER, letter("one"))
        assert [one.uid for one in box.new_letters(0, BIG)] == [1]
        threading.Timer(0.1, server.deliver, (USER, letter("two"))).start()
        assert box.wait(20)
        assert [one.uid for one in box.new_letters(1, BIG)] == [2]
        assert box.select() == uidvalidity


# --- on a socket that misbehaves


def idling(*pieces: bytes) -> Reply:
    """Goes into IDLE and sends the pieces one by one, each as a packet of its own."""

    def reply(connection: Connection, tag: bytes, line: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            if piece == b"cut":
                connection.shutdown(socket.SHUT_RDWR)
                return
            connection.sendall(piece)
            time.sleep(0.05)

    return reply


class IdleServer(RawIMAP):
    """Ends each IDLE properly, with `last` before its OK."""

    def __init__(self, *pieces: bytes, last: bytes = b"", tls: ssl.SSLContext | None = None) -> None:
        tags: list[bytes] = []

        def idle(connection: Connection, tag: bytes, line: bytes) -> None:
            tags.append(tag)
            idling(*pieces)(connection, tag, line)

        def end(connection: Connection, tag: bytes, line: bytes) -> None:
            connection.sendall(last + tags[-1] + b" OK done\r\n")

        super().__init__({"IDLE": idle, "DONE": end, "SEARCH": saying(b"* SEARCH")}, tls=tls)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"+ idling\r\n* 2 EXISTS\r\n",), id="joined with the go-ahead"),
        pytest.param((b"* 2 EXISTS\r\n+ idling\r\n",), id="before the go-ahead"),
        pytest.param((b"+ idling\r\n", b"* 2 EXI", b"STS\r\n"), id="split in two"),
        pytest.param((b"+ idling\r\n* 2 EX", b"ISTS\r", b"\n"), id="split thrice"),
        pytest.param((b"+ idling\r\n", b"* OK still here\r\n* 1 EXPUNGE\r\n", b"* 2 EXISTS\r\n"), id="after chatter"),
    ],
)
def test_no_shape_of_the_news_is_missed(pieces: tuple[bytes, ...]) -> None:
    with IdleServer(*pieces) as server:
        box = raw_inbox(server)
        list(box.new_letters(0, BIG))
        begun = time.monotonic()
        assert box.wait(20)
        assert time.monotonic() - begun < 5
        assert not list(box.new_letters(0, BIG)), "the connection is still in step"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this test believes in, as an operator does who sets SSL_CERT_FILE."""
    if not has_openssl():
        pytest.skip("needs openssl")
    file = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"+ idling\r\n* 2 EXISTS\r\n",), id="joined"),
        pytest.param((b"+ idling\r\n", b"* 2 EXI", b"STS\r\n"), id="split"),
        pytest.param((b"+ idling\r\n", b"* 2 EXISTS\r\n" + b"* OK chatter\r\n" * 5000), id="a flood"),
    ],
)
def test_no_shape_of_the_news_is_missed_inside_tls(certificate: Path, pieces: tuple[bytes, ...]) -> None:
    with IdleServer(*pieces, tls=server_context(certificate)) as server:
        box = Inbox(Account("127.0.0.1", server.port, "tls", USER, lambda: "secret", timeout=5))
        box.connect()
        box.select()
        begun = time.monotonic()
        assert box.wait(20)
        assert time.monotonic() - begun < 5
        assert not list(box.new_letters(0, BIG))


def test_a_connection_that_ends_inside_tls_is_an_error(certificate: Path) -> None:
    with IdleServer(b"+ idling\r\n", b"cut", tls=server_context(certificate)) as server:
        box = Inbox(Account("127.0.0.1", server.port, "tls", USER, lambda: "secret", timeout=5))
        box.connect()
        box.select()
        with pytest.raises(InboxError) as caught:
            box.wait(20)
        assert not caught.value.permanent


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with RawIMAP({}, tls=server_context(certificate)) as server, pytest.raises(InboxError, match="certificate"):
        Inbox(Account("127.0.0.1", server.port, "tls", USER, lambda: "secret", timeout=5)).connect()
    assert server.commands == [], "no password was shown"


def test_news_that_come_with_the_end_of_the_wait_are_not_missed() -> None:
    with IdleServer(b"+ idling\r\n", last=b"* 2 EXISTS\r\n") as server:
        box = raw_inbox(server)
        list(box.new_letters(0, BIG))
        assert box.wait(0.2)


def test_half_a_line_at_the_end_of_the_wait_is_read_to_its_end() -> None:
    with IdleServer(b"+ idling\r\n* 2 EXI", last=b"STS\r\n") as server:
        box = raw_inbox(server)
        list(box.new_letters(0, BIG))
        assert box.wait(0.2)
        assert not list(box.new_letters(0, BIG))


@pytest.mark.parametrize("ending", [b"cut", b"* BYE going down\r\n"])
def test_a_connection_that_ends_during_the_wait_is_an_error(ending: bytes) -> None:
    with IdleServer(b"+ idling\r\n", ending) as server:
        box = raw_inbox(server)
        list(box.new_letters(0, BIG))
        with pytest.raises(InboxError) as caught:
            box.wait(20)
        assert not caught.value.permanent
        assert not box.connected


def test_a_refused_idle_is_an_error_and_not_an_endless_loop() -> None:
    def refuse(connection: Connection, tag: bytes, line: bytes) -> None:
        connection.sendall(tag + b" NO not today\r\n")

    with RawIMAP({"IDLE": refuse, "SEARCH": saying(b"* SEARCH")}) as server:
        box = raw_inbox(server)
        list(box.new_letters(0, BIG))
        with pytest.raises(InboxError, match="not today"):
            box.wait(20)


def test_without_idle_the_wait_is_plain_and_still_ends_at_once_when_woken() -> None:
    with RawIMAP({"SEARCH": saying(b"* SEARCH")}, capabilities=b"IMAP4rev1") as server:
        box = raw_inbox(server)
        list(box.new_letters(0, BIG))
        assert not box.can_idle
        assert not box.wait(0.1)
        begun = time.monotonic()
        threading.Timer(0.1, box.wake).start()
        assert not box.wait(60)
        assert time.monotonic() - begun < 5
        assert "IDLE" not in server.commands


FACTS = b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "24-Nov-2026 10:00:00 +0300")'


def two_letters(body: Reply) -> dict[str, Reply]:
    def fetch(connection: Connection, tag: bytes, line: bytes) -> None:
        if b"RFC822.SIZE" in line:
            saying(FACTS % (1, 5, 6), FACTS % (2, 6, 6))(connection, tag, line)
        else:
            body(connection, tag, line)

    return {"SEARCH": saying(b"* SEARCH 5 6"), "FETCH": fetch}


def test_lines_that_nobody_asked_for_do_not_disturb_the_fetch() -> None:
    body = saying(
        b"* 1 FETCH (FLAGS (\\Seen) UID 5)",
        b"* 2 FETCH (UID 6 BODY[] " + literal(b"second") + b")",
        b"* 9 FETCH (FLAGS (\\Answered))",
        b"* 3 EXISTS",
        b"* 1 FETCH (BODY[] " + literal(b"(UID 6 first") + b" UID 5)",
        b"* 9 FETCH (UID 99 BODY[] " + literal(b"ghost") + b")",
    )
    with RawIMAP(two_letters(body)) as server:
        found = list(raw_inbox(server).new_letters(4, BIG))
    assert [(one.uid, one.raw) for one in found] == [(5, b"(UID 6 first"), (6, b"second")]
    assert found[0].received == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_an_empty_body_is_a_letter_too() -> None:
    body = saying(b'* 1 FETCH (UID 5 BODY[] "")', b"* 2 FETCH (UID 6 BODY[] " + literal(b"") + b")")
    with RawIMAP(two_letters(body)) as server:
        found = list(raw_inbox(server).new_letters(4, BIG))
    assert [(one.uid, one.raw, one.whole) for one in found] == [(5, b"", True), (6, b"", True)]


def test_a_letter_without_a_body_that_is_still_there_is_given_on_by_its_number() -> None:
    body = saying(b"* 1 FETCH (UID 5 BODY[] NIL)", b"* 2 FETCH (UID 6 BODY[] " + literal(b"second") + b")")
    with RawIMAP(two_letters(body)) as server:
        found = list(raw_inbox(server).new_letters(4, BIG))
    assert [(one.uid, one.raw, one.whole) for one in found] == [(5, b"", False), (6, b"second", True)]


def test_a_letter_that_the_server_cannot_give_does_not_hide_the_others() -> None:
    def body(connection: Connection, tag: bytes, line: bytes) -> None:
        if b"6" in line.split()[3]:
            saying(b"* 2 FETCH (UID 6 BODY[] " + literal(b"second") + b")")(connection, tag, line)
        else:
            connection.sendall(tag + b" NO [SERVERBUG] cannot open it\r\n")

    def fetch(connection: Connection, tag: bytes, line: bytes) -> None:
        if b"5:6" in line and b"RFC822.SIZE" not in line:
            connection.sendall(tag + b" NO [SERVERBUG] one of them is broken\r\n")
        else:
            two_letters(body)["FETCH"](connection, tag, line)

    with RawIMAP({**two_letters(body), "FETCH": fetch}) as server:
        found = list(raw_inbox(server).new_letters(4, BIG))
    assert [(one.uid, one.raw, one.whole) for one in found] == [(5, b"", False), (6, b"second", True)]


def test_a_letter_of_which_the_server_knows_nothing_is_not_lost() -> None:
    def fetch(connection: Connection, tag: bytes, line: bytes) -> None:
        if b"RFC822.SIZE" in line and b"5" in line.split()[3]:
            connection.sendall(tag + b" NO [SERVERBUG] cannot tell\r\n")
        elif b"RFC822.SIZE" in line:
            saying(FACTS % (2, 6, 6))(connection, tag, line)
        else:
            saying(b"* 1 FETCH (UID 5 BODY[] " + literal(b"first") + b")",
                   b"* 2 FETCH (UID 6 BODY[] " + literal(b"second") + b")")(connection, tag, line)  # fmt: skip

    with RawIMAP({"SEARCH": saying(b"* SEARCH 5 6"), "FETCH": fetch}) as server:
        found = list(raw_inbox(server).new_letters(4, BIG))
    assert [(one.uid, one.raw) for one in found] == [(5, b"first"), (6, b"second")]
    assert abs(found[0].received - datetime.now(UTC)) < timedelta(minutes=1), "it counts as new"


def test_a_server_gone_in_mid_fetch_is_a_passing_error_and_what_came_before_stays() -> None:
    def body(connection: Connection, tag: bytes, line: bytes) -> None:
        if b" 5 " in line:
            saying(b"* 1 FETCH (UID 5 BODY[] " + literal(b"first") + b")")(connection, tag, line)
        else:
            connection.sendall(b"* 2 FETCH (UID 6 BODY[] {4000}\r\nonly the beg")
            connection.shutdown(socket.SHUT_RDWR)

    with RawIMAP(two_letters(body)) as server:
        box = raw_inbox(server)
        letters = box.new_letters(4, BIG, batch_bytes=6)
        assert next(letters).raw == b"first"
        with pytest.raises(InboxError) as caught:
            next(letters)
        assert not caught.value.permanent
        assert not box.connected


def test_a_server_that_falls_silent_is_given_up_in_time() -> None:
    with RawIMAP({"SEARCH": lambda connection, tag, line: None}) as server:
        box = raw_inbox(server, timeout=0.3)
        with pytest.raises(InboxError) as caught:
            list(box.new_letters(0, BIG))
        assert not caught.value.permanent


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [(b"NO [AUTHENTICATIONFAILED] bad password", True), (b"NO LOGIN failed.", True),
     (b"NO [UNAVAILABLE] Temporary authentication failure", False), (b"BAD [INUSE] Too many connections", False)],
)  # fmt: skip
def test_a_refused_login_is_told_from_a_busy_server(answer: bytes, permanent: bool) -> None:
    def refuse(connection: Connection, tag: bytes, line: bytes) -> None:
        connection.sendall(tag + b" " + answer + b"\r\n")

    with RawIMAP({"LOGIN": refuse}) as server, pytest.raises(InboxError) as caught:
        Inbox(account(server.port)).connect()
    assert caught.value.permanent is permanent


def test_nobody_at_the_door_is_a_passing_error() -> None:
    with pytest.raises(InboxError, match="cannot be reached") as caught:
        Inbox(account(free_port())).connect()
    assert not caught.value.permanent


def test_a_password_that_cannot_be_read_is_not_blamed_on_the_server(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with RawIMAP({}) as server:
        box = Inbox(Account("127.0.0.1", server.port, "none", USER, file.read_text))
        with pytest.raises(InboxError, match=r"the password cannot be read: .*secret"):
            box.connect()
        assert server.commands == []
        file.write_text("secret")
        box.connect()
        assert box.connected


def test_a_stale_token_is_renewed_once() -> None:
    asked: list[bool] = []

    def token(fresh: bool) -> str:
        asked.append(fresh)
        return "good" if fresh else "stale"

    pending: list[tuple[bytes, bool]] = []

    def authenticate(connection: Connection, tag: bytes, line: bytes) -> None:
        connection.sendall(b"+ \r\n")
        said = connection.recv(4096)
        if b"Bearer good" in base64.b64decode(said):
            connection.sendall(tag + b" OK done\r\n")
            return
        connection.sendall(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
        pending.append((connection.recv(4096), True))
        connection.sendall(tag + b" NO AUTHENTICATE failed.\r\n")

    with RawIMAP({"AUTHENTICATE": authenticate}, capabilities=b"IMAP4rev1 AUTH=XOAUTH2") as server:
        Inbox(Account("127.0.0.1", server.port, "none", USER, get_token=token, timeout=2)).connect()
    assert asked == [False, True]
    assert pending == [(b"\r\n", True)], "the reason of the refusal is answered by an empty line"


def test_a_server_that_numbers_nothing_has_uidvalidity_zero() -> None:
    with RawIMAP({"SELECT": saying(b"* 0 EXISTS")}) as server:
        box = Inbox(account(server.port))
        box.connect()
        assert box.select() == 0
