"""The second line of proof: letters signed with real keys, and the ways to make a signature say more than it does."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import dkim
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailer.dkim import REST, Dns, KeyFinder, NotProvenYet, Signed, ask_dns, verify, vouch
from mailer.letter import read_letter
from mailer.trust import TrustRules

ARRIVED = datetime.now(UTC)
LETTER = (
    b"From: Adam <head@example.test>\r\nTo: payments@example.test\r\nSubject: Re: a request\r\n"
    b"Date: Tue, 24 Nov 2026 10:00:00 +0300\r\nMessage-ID: <1@example.test>\r\n\r\nAPPROVE\r\n"
)
SERVER = b"Authentication-Results: mx.example.test; dmarc=pass header.from=example.test\r\n"
CHECKED, UNCHECKED = TrustRules(("mx.example.test",)), TrustRules()


@cache
def key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def secret(bits: int) -> bytes:
    pem, shape = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return key(bits).private_bytes(pem, shape, serialization.NoEncryption())


def record(bits: int = 2048, more: str = "") -> bytes:
    """What the owner of a domain puts into DNS."""
    kind, shape = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    public = base64.b64encode(key(bits).public_key().public_bytes(kind, shape))
    return f"v=DKIM1; k=rsa; {more}p={public.decode()}".encode()


def signed(letter: bytes = LETTER, domain: str = "example.test", bits: int = 2048, **options: object) -> bytes:
    """The letter with a signature on top."""
    return bytes(dkim.sign(letter, b"mail", domain.encode(), secret(bits), **options)) + letter


def expiring(letter: bytes, at: datetime) -> bytes:
    """Signed with an end, which dkimpy itself never writes."""
    signer = dkim.DKIM(letter)
    generate = signer.gen_header

    def with_end(fields: list[tuple[bytes, bytes]], *rest: object, **more: object) -> bytes:
        return bytes(generate([*fields[:3], (b"x", str(int(at.timestamp())).encode()), *fields[3:]], *rest, **more))

    signer.gen_header = with_end
    return bytes(signer.sign(b"mail", b"example.test", secret(2048))) + letter


def servers(answer: bytes | Exception | None = b"") -> Dns:
    """Name servers that give one answer to everything, by default the key."""

    def look_up(name: str) -> bytes | None:
        if isinstance(answer, Exception):
            raise answer
        return record() if answer == b"" else answer

    return look_up


def check(raw: bytes, dns: Dns | None = None, author: str = "example.test") -> Signed:
    return verify(raw, dns or servers(), ARRIVED, author)


def test_a_good_signature_of_the_author_s_domain_counts() -> None:
    assert check(signed()) == Signed(("example.test",), "no signature belongs to example.test")
    assert check(signed().replace(b"\r\n", b"\n")).domains, "as a Maildir keeps it"


def test_fields_that_servers_add_on_the_way_change_nothing() -> None:
    assert check(b"Received: from x by y; Tue, 24 Nov 2026 10:00:01 +0300\r\n" + SERVER + signed()).domains


@pytest.mark.parametrize("domain", ["mail.example.test", "a.b.example.test"])
def test_a_subdomain_of_the_author_s_organisation_counts(domain: str) -> None:
    assert check(signed(domain=domain)).domains == (domain,)


@pytest.mark.parametrize("domain", ["evil.test", "example.test.evil.test", "notexample.test"])
def test_another_domain_does_not_count_and_is_not_even_asked_for(domain: str) -> None:
    found = check(signed(domain=domain), servers(AssertionError("nobody asks")))
    assert found == Signed((), "no signature belongs to example.test")


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "another word": lambda raw: raw.replace(b"\r\nAPPROVE\r\n", b"\r\nREJECT\r\n"),
    "text appended": lambda raw: raw + b"and more\r\n",
    "another subject": lambda raw: raw.replace(b"Subject: Re: a", b"Subject: Re: b"),
    "another author": lambda raw: raw.replace(b"Adam <head@", b"Adam <director@"),
    "a second From on top": lambda raw: b"From: director@example.test\r\n" + raw,
    "a second From below": lambda raw: raw.replace(b"\r\n\r\n", b"\r\nFrom: director@example.test\r\n\r\n", 1),
    "a second Subject": lambda raw: b"Subject: [PAY-2026-00001/1]\r\n" + raw,
    "a second In-Reply-To": lambda raw: b"In-Reply-To: <a@b.test>\r\nIn-Reply-To: <c@b.test>\r\n" + raw,
    "a header that our reader ends earlier": lambda raw: b"X-Note: a\r\rAPPROVE everything\r\n" + raw,
    "a line that is no field": lambda raw: b"hello\r\n" + raw,
}


@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
def test_an_altered_letter_is_not_proven(change: Callable[[bytes], bytes]) -> None:
    found = check(change(signed()))
    assert found.domains == ()
    assert found.why_not


def test_a_signature_of_only_a_part_of_the_text_does_not_count() -> None:
    partial = signed(length=True)
    assert dkim.verify(partial + b"REJECT\r\n", dnsfunc=lambda name, timeout: record()), "the library takes it"
    assert check(partial).why_not == "the signature of example.test covers only a part of the text"
    assert check(partial + b"REJECT\r\n").domains == ()


def test_a_signature_that_leaves_out_from_does_not_count() -> None:
    text = signed().decode()
    assert "does not cover From" in check(text.replace("from : ", "").replace(" : from", "").encode()).why_not


def test_an_expired_signature_does_not_count() -> None:
    assert check(expiring(LETTER, ARRIVED + timedelta(days=1))).domains
    assert check(expiring(LETTER, ARRIVED - timedelta(seconds=2))).why_not.endswith("has expired")


def test_weak_hashes_and_keys_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not safe" in check(signed(signature_algorithm=b"rsa-sha1")).why_not
    assert check(signed(bits=1024), servers(record(1024))).domains
    monkeypatch.setattr("mailer.dkim.SHORTEST_KEY", 2049)  # shorter ones than 1024 bits cannot be made any more
    assert "too short" in check(signed()).why_not


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "has no key in DNS"),
        (b"v=DKIM1; p=", "has a key that was withdrawn"),
        (b"v=DKIM1; p=nonsense", "does not fit the letter"),
        (b"\xff\xfe;;==", "has a key that was withdrawn"),
    ],
)
def test_a_key_that_is_missing_or_unusable(answer: bytes | None, why: str) -> None:
    assert check(signed(), servers(answer)) == Signed((), f"the signature of example.test {why}")


@pytest.mark.parametrize(("more", "why"), [("t=y; ", "only on trial"), ("h=sha1; ", "for other signatures")])
def test_a_key_whose_owner_forbids_it(more: str, why: str) -> None:
    assert why in check(signed(), servers(record(more=more))).why_not


def test_another_key_does_not_fit() -> None:
    assert "does not fit" in check(signed(), servers(record(1024))).why_not


def test_one_good_signature_among_bad_ones_is_enough() -> None:
    spoiled = signed(LETTER.replace(b"APPROVE", b"REJECT"), domain="mail.example.test").split(b"From: ")[0]
    assert check(spoiled + signed()).domains == ("example.test",)


def test_servers_that_do_not_answer_are_neither_yes_nor_no() -> None:
    with pytest.raises(NotProvenYet, match="tried again"):
        check(signed(), servers(NotProvenYet("the name servers do not answer")))


def test_a_domain_that_does_not_answer_is_left_alone_for_a_minute_and_others_are_not() -> None:
    asked: list[str] = []
    clock = [0.0]

    def ask(name: str) -> bytes | None:
        asked.append(name)
        if "slow" in name:
            raise NotProvenYet("time is up")
        return None

    find = KeyFinder(ask, lambda: clock[0])
    for name in ("a._domainkey.slow.test", "b._domainkey.mail.slow.test"):
        with pytest.raises(NotProvenYet, match=r"slow\.test do not answer"):
            find(name)
    assert find("a._domainkey.quick.test") is None
    assert asked == ["a._domainkey.slow.test", "a._domainkey.quick.test"]
    clock[0] = REST + 1
    with pytest.raises(NotProvenYet):
        find("a._domainkey.slow.test")
    assert len(asked) == 3


# --- what it adds to the server's word --------------------------------------------------------------------------------


def verdict(raw: bytes, rules: TrustRules, dns: Dns | None = None, *, last_try: bool = False) -> tuple[str, str]:
    letter = read_letter(raw, received=ARRIVED, trust=rules)
    found = vouch(letter, raw, rules, dns or servers(), last_try=last_try).verdict
    return found.result, found.by


def test_the_server_s_word_must_be_borne_out() -> None:
    assert verdict(SERVER + signed(), CHECKED) == ("pass", "dmarc")
    assert verdict(SERVER + LETTER, CHECKED) == ("fail", "dkim")
    assert verdict(SERVER + signed(domain="evil.test"), CHECKED) == ("fail", "dkim")


def test_a_signature_does_not_outweigh_the_server() -> None:
    failed = SERVER.replace(b"dmarc=pass", b"dmarc=fail")
    assert verdict(failed + signed(), CHECKED) == ("fail", "dmarc")
    assert verdict(signed(), CHECKED) == ("none", ""), "the server said nothing"


def test_without_a_server_the_signature_alone_proves() -> None:
    assert verdict(signed(), UNCHECKED) == ("pass", "dkim")
    assert verdict(LETTER, UNCHECKED) == ("fail", "dkim")


def test_mail_from_inside_bears_no_signature_and_needs_none() -> None:
    rules = TrustRules(("mx.example.test",), "X-Submitted: yes")
    inside = b"X-Submitted: yes\r\n" + LETTER
    assert verdict(inside, rules, servers(AssertionError("nobody asks"))) == ("pass", "internal")


def test_the_last_try_counts_as_failing() -> None:
    silent = servers(NotProvenYet("time is up"))
    with pytest.raises(NotProvenYet):
        verdict(SERVER + signed(), CHECKED, silent)
    assert verdict(SERVER + signed(), CHECKED, silent, last_try=True) == ("fail", "dkim")


# --- real questions to a real name server -----------------------------------------------------------------------------

ZONE = {
    "good": dns.rcode.NOERROR, "missing": dns.rcode.NXDOMAIN, "empty": dns.rcode.NOERROR, "broken": dns.rcode.SERVFAIL,
}  # fmt: skip


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A name server on this machine, known to the system's resolver; to names not in its zone it says nothing."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(sock,))
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], sock.getsockname()[1]
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    monkeypatch.setattr("mailer.dkim.LONGEST_QUESTION", 0.3)
    yield
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", sock.getsockname())
    thread.join(5)
    sock.close()


def _serve(sock: socket.socket) -> None:
    while True:
        wire, sender = sock.recvfrom(4096)
        if not wire:
            return
        query = dns.message.from_wire(wire)
        name = query.question[0].name
        code = ZONE.get(name.labels[0].decode())
        if code is None:
            continue
        answer = dns.message.make_response(query)
        answer.set_rcode(code)
        if name.labels[0] == b"good":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"v=DKIM1; " "p=abc"'))
        sock.sendto(answer.to_wire(), sender)


@pytest.mark.usefixtures("name_server")
def test_a_record_in_several_pieces_is_one() -> None:
    assert ask_dns("good._domainkey.example.test") == b"v=DKIM1; p=abc"


@pytest.mark.usefixtures("name_server")
@pytest.mark.parametrize("name", ["missing.example.test", "empty.example.test", f"{'x' * 70}.test", "a..test"])
def test_a_name_without_a_record_has_no_key(name: str) -> None:
    assert ask_dns(name) is None


@pytest.mark.usefixtures("name_server")
@pytest.mark.parametrize("name", ["broken.example.test", "silent.example.test"])
def test_a_server_in_trouble_is_no_answer(name: str) -> None:
    with pytest.raises(NotProvenYet):
        ask_dns(name)
