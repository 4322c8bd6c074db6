"""Which letters no person wrote: absence notes, bounces, receipts, lists, calendar answers, our own.

The header decides (RFC 3834 and its older relatives). A subject or an opening phrase alone is weak evidence: kind
`auto?`, which never decides anything but may be an answer typed by a person. `X-Auto-Response-Suppress` is no sign: it
asks for silence, people's own Outlook sends it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mailer.absence import OPENINGS, SUBJECTS, returns_on
from mailer.address import fold, parse_addresses
from mailer.mime import Header
from mailer.own import OWN_HEADER
from mailer.words import decode_words, parameters

Kind = Literal["auto", "dsn", "mdn", "list", "calendar", "own", "abuse", "auto?"]
_OWN = OWN_HEADER.lower()
_MARKERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
            "x-vacation", "x-ms-exchange-inbox-rules-loop", "x-amazon-auto-reply", "x-ebay-mailtracker",
            "x-cron-env", "feedback-id-auto", "x-failed-recipients", "x-challenge", "x-tmda-fingerprint",
            "x-boxtrapper")  # fmt: skip
_LISTS = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-help",
    "list-subscribe",
    "mailing-list",
    "x-mailing-list",
    "list-archive",
)
_ROBOTS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply|bounce[s+-]?.*|majordomo|listserv|owner-.+|"
    r".+-request)@",
    re.IGNORECASE,
)
_DAEMONS = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_CHALLENGE = re.compile(r"\[?(?:confirm|verify) (?:your|this) (?:message|e-?mail)|"
                        r"please confirm (?:your|the) (?:message|delivery)|"
                        r"подтвердите (?:отправку|доставку)|challenge[ -]response", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Automatic:
    """Why a letter is taken for automatic; `returns_on` is the day an absence note names."""

    kind: Kind
    why: str
    returns_on: date | None = None


def classify(
    header: Header, own_addresses: Collection[str] = (), text: str = "", received: date | None = None
) -> Automatic | None:
    """What a program's letter is, None for a person's; `text` is the opening of the body where it is at hand."""
    found = _ours(header, own_addresses) or _report(header) or _marked(header) or _list(header) or _weak(header, text)
    if found and found.kind in ("auto", "auto?") and received:
        found = Automatic(
            found.kind, found.why, returns_on(f"{decode_words(header.get('subject') or '')}\n{text}", received)
        )
    return found


def _ours(header: Header, own_addresses: Collection[str]) -> Automatic | None:
    if header.get(_OWN) is not None and _report_type(header) is None:
        return Automatic("own", f"the letter carries our mark {OWN_HEADER}")
    authors = [address.email for field in header.all("from") for address in parse_addresses(field)]
    if own_addresses and any(fold(author) in own_addresses for author in authors):
        return Automatic("own", "the letter comes from our own address")
    return None


def _report_type(header: Header) -> str | None:
    media_type, params = parameters(header.get("content-type") or "")
    return params.get("report-type", "").lower() if media_type == "multipart/report" else None


def _report(header: Header) -> Automatic | None:
    media_type, _ = parameters(header.get("content-type") or "")
    report = _report_type(header)
    if report == "delivery-status" or media_type in ("message/delivery-status",):
        return Automatic("dsn", "a delivery report")
    if report == "disposition-notification" or media_type == "message/disposition-notification":
        return Automatic("mdn", "a read receipt")
    if report == "feedback-report":
        return Automatic("auto", "an abuse report")
    if media_type == "text/calendar" or (header.get("content-class") or "").lower().startswith(
        "urn:content-classes:calendar"
    ):
        return Automatic("calendar", "a calendar message")
    return None


def _marked(header: Header) -> Automatic | None:
    submitted = header.get("auto-submitted")
    authors = [address.email for field in header.all("from") for address in parse_addresses(field)]
    daemon = any(_DAEMONS.match(author) for author in authors)
    if daemon or header.get("x-failed-recipients") is not None:
        return Automatic("dsn", "a letter of a mail server")
    if submitted is not None and _token(submitted) != "no":
        return Automatic("auto", f"Auto-Submitted says {_token(submitted) or 'something'}")
    if any(re.sub(r"\s", "", value) == "<>" for value in header.all("return-path")):
        return Automatic("auto", "the return path is empty")
    precedence = _token(header.get("precedence") or "")
    if precedence == "list":
        return Automatic("list", "Precedence says list")
    if precedence in ("bulk", "junk", "auto_reply", "auto-reply"):
        return Automatic("auto", f"Precedence says {precedence}")
    marker = next((name for name in _MARKERS if header.get(name) is not None), None)
    if marker and (header.get(marker) or "").strip().lower() not in ("no", "false", "0"):
        return Automatic("auto", f"the letter carries {marker}")
    if any(_ROBOTS.match(author) for author in authors):
        return Automatic("auto", "the sender's name is a program's")
    return None


def _list(header: Header) -> Automatic | None:
    name = next((name for name in _LISTS if header.get(name) is not None), None)
    return Automatic("list", f"the letter came over a mailing list ({name})") if name else None


def _weak(header: Header, text: str) -> Automatic | None:
    subject = " ".join(decode_words(header.get("subject") or "").split())
    if SUBJECTS.match(subject):
        return Automatic("auto?", "the subject reads like an automatic answer")
    if _CHALLENGE.search(subject):
        return Automatic("auto?", "the letter asks to confirm a delivery")
    opening = " ".join(text[:600].split())
    if OPENINGS.match(opening):
        return Automatic("auto?", "the text reads like an absence note")
    return None


def _token(value: str) -> str:
    return re.sub(r"\([^)]*\)", "", value).partition(";")[0].strip().lower()
