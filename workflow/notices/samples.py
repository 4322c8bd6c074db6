"""Sample notices of every kind: for the gallery, for `check` of people's own templates, and for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from mailer.render import Renderer
from workflow.core import events as e
from workflow.core.card import examine
from workflow.core.events import Event, Recorded
from workflow.core.evolve import begin, evolve
from workflow.core.form import ask_step, changes
from workflow.core.model import (
    AskKind,
    Caution,
    Field,
    File,
    HoldKind,
    OrderFile,
    Request,
    Step,
    card_of,
    hash_of,
)
from workflow.core.outcome import PROGRAM
from workflow.core.payment import rest_of
from workflow.journal.queue import Claimed
from workflow.notices.card import card_page
from workflow.notices.compose import Notices
from workflow.notices.kinds import values
from workflow.notices.people import Person
from workflow.words import words as words_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
REFERENCE = "PAY-2026-00042"
ZONE = ZoneInfo("Europe/Moscow")
RITA, ADAM, ADA, FIONA, OLGA = (
    "manager@example.test", "head@example.test", "director@example.test", "accounting@example.test", "it@example.test",
)  # fmt: skip
TOKEN = "abcdefghijklmnopqrstuvwxyz"
TYPED = {
    "ru": {
        "subject": "Бумага и картриджи для офиса, ноябрь", "contractor": "ООО «Канцелярский мир»",
        "amount": "120 000,50", "currency": "RUB",
        "pay_by": "27.11.2026", "inn": "7707083893", "account": "40702810100000000001",
        "purpose": "Оплата по счету № 318 от 20.11.2026 за канцелярские товары. В т.ч. НДС 22 % 21 639,43",
        "invoice": "№ 318 от 20.11.2026", "contractor_email": "sales@kanzmir.example",
    },
    "en": {
        "subject": "Paper and toner for the office, November", "contractor": "Northwind Office Supplies GmbH",
        "amount": "4,800.00", "currency": "EUR", "pay_by": "27 Nov 2026", "iban": "DE89 3704 0044 0532 0130 00",
        "swift": "COBADEFFXXX", "purpose": "Invoice 318 of 20 Nov 2026, office supplies",
        "invoice": "No. 318 of 20 Nov 2026", "contractor_email": "sales@northwind.example",
    },
}  # fmt: skip
NAMES = {
    "ru": {RITA: "Рита Орлова", ADAM: "Антон Головин", ADA: "Дина Верхова", FIONA: "Фаина Счетова", OLGA: "Олег Сетов"},
    "en": {RITA: "Rita Orlova", ADAM: "Adam Head", ADA: "Ada Chief", FIONA: "Fiona Bookman", OLGA: "Olga Netto"},
}
ROLES = {RITA: "requester", ADAM: "approver", ADA: "approver", FIONA: "accountant", OLGA: "operator"}
INVOICE = File("a" * 64, "invoice 318.pdf", "pdf", "application/pdf", 61_000, "letter-1")
EARLIER = "PAY-2026-00037"
KNOWN = {"number": "40702810000000000002", "bic": "044525225", "phone": "+7 495 123-45-67",
         "email": "buh@kanzmir.example"}  # fmt: skip
ORDER = OrderFile("b" * 64, "payment-order 214.pdf", "application/pdf", "letter-2")


class Story:
    """A request made by events, one after another, as the journal would have it."""

    def __init__(
        self, language: str = "ru", typed: Mapping[str, str] | None = None, files: Sequence[File] = (INVOICE,)
    ) -> None:
        self.language = language
        self.history: list[Recorded] = []
        self.at = NOW - timedelta(hours=3)
        opened = e.Opened(RITA, "letter-1")
        self.request = begin(REFERENCE, opened, self.at)
        self.history.append(Recorded(opened, self.at, RITA, "letter:1"))
        self.fill(TYPED[language] if typed is None else typed, files)

    def add(self, *events: Event, by: str = RITA) -> Story:
        for event in events:
            self.at += timedelta(minutes=7)
            self.request = evolve(self.request, event, self.at)
            self.history.append(Recorded(event, self.at, by, "letter:1", len(self.history)))
        return self

    def fill(self, typed: Mapping[str, str], files: Sequence[File] = (INVOICE,), **more: Any) -> Story:
        seen = examine(typed, {}, files, TODAY, self.language)
        found = (seen.fields, seen.problems, seen.warnings)
        return self.add(e.Filled(RITA, dict(typed), {}, *found, tuple(files), "letter-1", **more))

    def submit(self, steps: tuple[Step, ...] = (Step("any", (ADAM,)), Step("all", (ADA,)))) -> Story:
        request = self.request
        card = card_of(request.fields, request.files)
        changed = changes(request.approved_card, card) if request.approved_card else ()
        version = request.version + 1
        return self.add(e.Submitted(RITA, version, hash_of(card), card, steps, changed), *ask_step(steps, 0, version))

    def approve(self) -> Story:
        version = self.request.version
        self.add(e.Approved(ADAM, 0, version), *ask_step(self.request.route, 1, version), by=ADAM)
        self.add(e.Approved(ADA, 1, version, "Ok"), e.ApprovalCompleted(version), by=ADA)
        return self.add(e.Asked(FIONA, AskKind.PAY, 2, version), by=ADA)

    def pay_part(self, amount: Decimal) -> Story:
        self.add(e.PartPaid(TODAY, amount, "214", FIONA), e.PaymentOrderFiled(FIONA, ORDER), by=FIONA)
        left = rest_of(self.request)
        return self.add(e.PartAnnounced(TODAY, amount, "214", amount, left), by="clock")

    def pay(self) -> Story:
        amount = self.request.amount or Decimal(0)
        self.add(e.Paid(TODAY, amount, "214", FIONA), e.PaymentOrderFiled(FIONA, ORDER), by=FIONA)
        return self.add(e.PaymentAnnounced(TODAY, amount, "214"), by="clock")


@dataclass(frozen=True, slots=True)
class Sample:
    """One notice with the request that it is about."""

    name: str
    kind: str
    person: str
    params: Mapping[str, Any]
    story: Story | None

    @property
    def request(self) -> Request | None:
        return self.story.request if self.story else None

    @property
    def deed(self) -> Claimed:
        root = f"{'z' * 26}@example.test"
        return Claimed(
            1, "mail", self.kind, REFERENCE if self.story else None, self.person, self.params, 1, 0, TOKEN,
            f"{TOKEN}@example.test", root if self.story else None, NOW.isoformat(), "letter-1",
        )  # fmt: skip


def samples(language: str, typed: Mapping[str, str] | None = None, words: str = "") -> list[Sample]:
    """Every kind of notice; `typed` and `words` (a comment from outside) may be anything."""
    return [*_of_requests(language, typed, words), *_without_request(words or _COMMENT[language])]


def office(language: str, renderer: Renderer, names: Mapping[str, str] | None = None, **more: Any) -> Notices:
    """The writer of sample notices; everybody reads the one language."""
    called = names or NAMES[language]
    settings: dict[str, Any] = {
        "renderer": renderer, "company": {"ru": "ООО «Пример»", "en": "Example Ltd"}[language],
        "people": {mail: Person(called[mail], mail, language, frozenset({role})) for mail, role in ROLES.items()},
        "address": "payments@example.test", "plus_addressing": True, "domain": "example.test", "language": language,
        "timezone": ZONE, "contractor_language": "auto",
        "letter_file": lambda key, sha256: b"%PDF-1.7 sample", "order_file": lambda order: b"%PDF-1.7 sample",
        "letter_message_id": lambda key: f"{key}@client.example", "materials_url": lambda request: "",
        "history": lambda reference: (), "request": lambda reference: None,
    }  # fmt: skip
    return Notices(**settings | more)


def prepare(sample: Sample, notices: Notices) -> Any:
    """The finished mail of a sample, its story being the journal."""
    story, request = sample.story, sample.request
    listed = request or _listed(notices.language, sample.kind)
    history = tuple(story.history) if story else ()
    writer = replace(
        notices, history=lambda _: history, request=lambda _: listed, requests_of=lambda _: (listed,),
    )  # fmt: skip
    return writer.prepare(sample.deed, request, NOW)


def _listed(language: str, kind: str) -> Request:
    """What stands in the lists: something to decide, or something to pay."""
    story = Story(language).submit()
    if kind != "digest":
        return story.approve().request
    return story.add(e.Approved(ADAM, 0, 1), *ask_step(story.request.route, 1, 1), by=ADAM).request


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file as the journal lists it."""

    name: str
    kind: str


def sample_card(language: str, typed: Mapping[str, str] | None = None, words: str = "") -> str:
    """The card page of a request that has seen everything."""
    corrected = {**(typed or TYPED[language]), "amount": "98 000,00"}
    story = Story(language, typed).submit().fill(corrected).submit().approve()
    story.add(e.Held(HoldKind.ACCOUNTANT, words or _COMMENT[language], "registry"), by="registry")
    files = [SampleFile("Письмо 2026-11-24 09-00-00.eml", "letter"), SampleFile(INVOICE.name, "attachment")]
    called = NAMES[language]
    return card_page(
        story.request, story.history, [*files, SampleFile(words or "план & смета.xlsx", "other")], words_of(language),
        lambda person: called.get(person, person), NOW, ZONE,
    )  # fmt: skip


def template_samples() -> dict[str, dict[str, Any]]:
    """Values for every template, by its path: what `check` renders people's own templates with."""
    found: dict[str, dict[str, Any]] = {}
    for language in ("en", "ru"):
        notices = office(language, Renderer())
        for sample in samples(language):
            story = sample.story
            writer = replace(notices, history=lambda _, story=story: story.history if story else ())  # type: ignore[misc]
            scene = writer.scene(sample.deed, sample.request, NOW)
            found.setdefault(f"{language}/{sample.kind}.j2", values(scene) | {"fill_link": "mailto:x"})
    return found


_COMMENT = {
    "ru": "Нет договора с подрядчиком, приложите скан.\nИ проверьте сумму.",
    "en": "There is no contract yet.\nPlease attach it.",
}


def _of_requests(language: str, typed: Mapping[str, str] | None, words: str) -> list[Sample]:
    said = words or _COMMENT[language]
    good = dict(TYPED[language] if typed is None else typed)
    bad = {**good, "amount": "1.234", "pay_by": "11/12/2026", "account": "407028101", "inn": "7707083894",
           "purpose": ""}  # fmt: skip
    corrected = {**good, "pay_by": "30.11.2026" if language == "ru" else "30 Nov 2026", "amount": "98 000,00",
                 "invoice": "№ 319 от 21.11.2026" if language == "ru" else "No. 319 of 21 Nov 2026"}  # fmt: skip

    def story() -> Story:
        return Story(language, good)

    draft = Story(language, bad, ())
    draft.fill(bad, (), refused_files=(("setup.exe", "forbidden_type"), ("счет.pdf", "empty")))
    draft.add(e.Asked(RITA, AskKind.COMPLETE, 0, 0))
    lines = {name: text for name, text in good.items() if name not in ("amount", "currency", "account", "subject")}
    read = {"amount": Field("12000.00"), "currency": Field("RUB"), "account": Field("40702810604162316352", "scan")}
    proposed = Story(language, lines, ()).fill(lines, suggested=read).add(e.Asked(RITA, AskKind.COMPLETE, 0, 0))
    kept = story().fill(good, keep_draft=True).add(e.Asked(RITA, AskKind.COMPLETE, 0, 0))
    awaiting, half = story().submit(), story().submit()
    half.add(e.Approved(ADAM, 0, 1, said), *ask_step(half.request.route, 1, 1), by=ADAM)
    warned = Story(language, good, ())
    warned.request = replace(warned.request, warnings=(*warned.request.warnings, Caution("sender_unverified")))
    warned.submit()
    second = story().submit().fill(corrected).submit()
    held = story().submit().approve().add(e.Held(HoldKind.ACCOUNTANT, said, FIONA), by=FIONA)
    approved, paid = story().submit().approve(), story().submit().approve().pay()
    without_mail = Story(language, {k: v for k, v in good.items() if k != "contractor_email"}).submit().approve().pay()
    rejected = story().submit().add(e.Rejected(ADAM, 1, said), by=ADAM)
    returned = story().submit().add(e.Returned(ADAM, 1, said), by=ADAM)
    withdrawn = story().submit().add(e.Withdrawn(RITA, said))
    surprise = story().submit().add(e.PaidWithoutApproval(TODAY, Decimal("120000.50"), "214", "registry", "awaiting"))
    surprise.add(e.Asked(FIONA, AskKind.CONFIRM, 0, 1), by="registry")
    again = story()
    again.request = replace(again.request, warnings=(Caution("duplicate", EARLIER), *again.request.warnings))
    again.submit().add(e.Held(HoldKind.DUPLICATE, EARLIER, PROGRAM, (f"invoice:{EARLIER}",)), by=RITA)
    again.add(e.Asked(RITA, AskKind.CONFIRM, 0, 1, "duplicate"))
    moved = story()
    moved.request = replace(moved.request, warnings=(Caution("card_account", KNOWN["number"]), *moved.request.warnings))
    moved.submit().approve().add(e.Held(HoldKind.BANK_DETAILS, "", PROGRAM, known=KNOWN), by=ADA)
    stuck = Story(language, good).submit().approve()
    stuck.add(e.Held(HoldKind.BANK_DETAILS, "", PROGRAM), by=ADA)
    moved.add(e.Asked(FIONA, AskKind.CONFIRM, 2, 1, "bank_details"), by=ADA)
    fresh = story().submit().approve().add(e.Held(HoldKind.BANK_DETAILS, "", PROGRAM), by=ADA)
    repeated = story().submit().approve().add(e.Held(HoldKind.DUPLICATE, EARLIER, PROGRAM), by=ADA)
    unwritten = story().submit().approve().pay()
    unwritten.request = replace(unwritten.request, notified="")
    money = {"on": TODAY.isoformat(), "amount": str(paid.request.amount or 1), "order": "214"}
    first = (paid.request.amount or Decimal(2)) / 2
    in_part = story().submit().approve().pay_part(first)
    part = {"on": TODAY.isoformat(), "amount": str(first), "order": "214", "paid": str(first),
            "left": str(rest_of(in_part.request))}  # fmt: skip
    approve_ask = {"version": 1, "step": 0, "ask": "approve"}
    said_by = {"comment": said, "by": ADAM, "version": 1}
    told = {"by": FIONA, "text": said, "role": "accountant"}
    refused = {"valid": [], "version": 1}
    theirs = paid.request.value("contractor_email") or "c@c.example"
    problems = [[p.field, p.code, p.reason, p.read, p.hint] for p in draft.request.problems]
    rows: list[tuple[str, str, str, Mapping[str, Any], Story]] = [
        ("ask_approval", "ask_approval", ADAM, approve_ask, awaiting),
        ("ask_approval_again", "ask_approval", ADAM, {**approve_ask, "since": NOW.isoformat()}, awaiting),
        ("ask_approval_warned", "ask_approval", ADAM, approve_ask, warned),
        ("ask_approval_changed", "ask_approval", ADAM, {**approve_ask, "version": 2}, second),
        ("ask_approval_second_step", "ask_approval", ADA, {**approve_ask, "step": 1}, half),
        ("ask_pay", "ask_pay", FIONA, {"version": 1, "step": 2, "ask": "pay"}, approved),
        ("ask_approval_again", "ask_approval", ADAM, approve_ask, again),
        ("ask_duplicate", "ask_duplicate", RITA, {"version": 1, "step": 0, "ask": "confirm"}, again),
        ("ask_bank_details", "ask_bank_details", FIONA, {"version": 1, "step": 2, "ask": "confirm"}, moved),
        ("ask_bank_details_new", "ask_bank_details", FIONA, {"version": 1, "step": 2, "ask": "confirm"}, fresh),
        ("held_approved", "held_approved", FIONA, {"version": 1}, repeated),
        ("held_approved_stuck", "held_approved", OLGA, {"version": 1}, stuck),
        ("receipt_done_confirm", "receipt_done", FIONA, {"action": "confirm"}, repeated),
        ("ask_complete", "ask_complete", RITA, {"version": 0, "step": 0, "ask": "complete"}, draft),
        ("ask_confirm", "ask_confirm", FIONA, {"version": 1, "step": 0, "ask": "confirm"}, surprise),
        ("ask_complete_proposed", "ask_complete", RITA, {"version": 0, "step": 0, "ask": "complete"}, proposed),
        ("receipt_draft", "receipt_draft", RITA, {"version": 0, "step": 0, "ask": "complete"}, kept),
        ("receipt_submitted", "receipt_submitted", RITA, {"version": 1}, awaiting),
        ("receipt_submitted_changed", "receipt_submitted", RITA, {"version": 2}, second),
        ("correction_refused", "correction_refused", RITA,
         {"typed": {"amount": "1.234"}, "problems": problems, "refused_files": [["a.exe", "forbidden_type"]]},
         awaiting),
        ("told_correcting", "told_correcting", FIONA,
         {"typed": {"amount": "1.234"}, "by": RITA, "version": 1}, approved),
        ("receipt_vote_approve", "receipt_vote", ADAM, {**said_by, "decision": "approve", "step": 0}, half),
        ("receipt_vote_approved", "receipt_vote", ADA, {**said_by, "comment": "", "decision": "approve"}, approved),
        ("receipt_vote_reject", "receipt_vote", ADAM, {**said_by, "decision": "reject", "comment": ""}, rejected),
        ("receipt_vote_return", "receipt_vote", ADAM, {**said_by, "decision": "return"}, returned),
        ("receipt_vote_undo", "receipt_vote", ADAM, {**said_by, "decision": "undo"}, awaiting),
        ("receipt_done_pay_by", "receipt_done", RITA, {"action": "pay_by"}, approved),
        ("receipt_done_withdraw", "receipt_done", RITA, {"action": "withdraw"}, withdrawn),
        ("receipt_done_hold", "receipt_done", FIONA, {"action": "hold"}, held),
        ("receipt_done_release", "receipt_done", FIONA, {"action": "release"}, approved),
        ("told_stuck", "told_stuck", RITA, {"step": 0, "version": 1}, awaiting),
        ("told_stuck_operator", "told_stuck", OLGA, {"step": 0, "version": 1}, awaiting),
        ("told_approved", "told_approved", RITA, {"version": 1}, approved),
        ("told_approved_held", "told_approved", RITA, {"version": 1, "ask": "confirm", "step": 0}, repeated),
        ("told_refused_reject", "told_refused", RITA, {**said_by, "decision": "reject", "role": "approver"}, rejected),
        ("told_refused_return", "told_refused", RITA,
         {**said_by, "decision": "return", "role": "approver", "ask": "complete"}, returned),
        ("told_refused_silent", "told_refused", RITA,
         {"comment": "", "by": "registry", "decision": "return", "role": "accountant", "ask": "complete"}, returned),
        ("told_vote", "told_vote", ADAM, {**said_by, "by": ADA, "decision": "return", "role": "approver"}, returned),
        ("told_vote_silent", "told_vote", ADAM,
         {"comment": "", "by": ADA, "decision": "reject", "role": "approver", "version": 1}, rejected),
        ("told_reason", "told_reason", RITA, said_by, rejected),
        ("told_undone", "told_undone", RITA, {**said_by, "comment": ""}, awaiting),
        ("told_withdrawn", "told_withdrawn", ADAM, {"by": RITA, "comment": said}, withdrawn),
        ("told_held", "told_held", RITA, {"by": FIONA, "comment": said, "hold": "accountant"}, held),
        ("told_released", "told_released", RITA, {"by": FIONA, "comment": "", "hold": "accountant"}, approved),
        ("stop", "stop", FIONA, {"reason": "corrected", "by": RITA, "comment": "", "version": 1}, second),
        ("stop_said", "stop", FIONA, {"reason": "rejected", "by": ADA, "comment": said, "version": 1}, rejected),
        ("told_paid", "told_paid", RITA, {**money, "pass_on": False}, paid),
        ("told_paid_pass_on", "told_paid", RITA, {**money, "pass_on": True}, without_mail),
        ("told_paid_unknown_address", "told_paid", RITA, {**money, "pass_on": True}, unwritten),
        ("told_part", "told_part", RITA, {**part, "pass_on": False}, in_part),
        ("told_part_pass_on", "told_part", RITA, {**part, "pass_on": True}, in_part),
        ("told_paid_last_part", "told_paid", RITA, {**money, "part": "70000.50", "pass_on": False}, paid),
        ("told_recalled", "told_recalled", RITA, {"by": FIONA, "comment": said}, held),
        ("told_unapproved_payment", "told_unapproved_payment", ADAM,
         {"by": "registry", "amount": "120000.50", "on": TODAY.isoformat(), "status": "awaiting"}, surprise),
        ("told_comment", "told_comment", RITA, told, approved),
        ("told_comment_question", "told_comment", ADAM,
         {"by": RITA, "text": said, "role": "requester", **approve_ask}, awaiting),
        ("told_comment_contractor", "told_comment", RITA,
         {"by": "sales@kanzmir.example", "text": said, "role": "contractor"}, paid),
        ("told_bounced", "told_bounced", RITA, {"address": ADAM, "why": "550 5.1.1 User unknown"}, awaiting),
        ("told_bounced_contractor", "told_bounced", RITA,
         {"address": theirs, "why": "550 5.1.1 User unknown"}, paid),
        ("told_in_doubt", "told_in_doubt", RITA, {"address": theirs}, paid),
        ("told_attempt", "told_attempt", ADAM,
         {"address": "mallory@evil.example", "read": said, **approve_ask}, awaiting),
        ("answer_refused_unclear", "answer_refused", ADAM,
         {**refused, "reason": "unclear_none_found", "read": said, "ask": "approve"}, awaiting),
        ("answer_refused_condition", "answer_refused", ADAM,
         {**refused, "reason": "unclear_condition", "read": "Согласовано, но завтра", "ask": "approve"}, awaiting),
        ("answer_refused_nod", "answer_refused", ADAM,
         {**refused, "reason": "unclear_nod", "read": "ок", "ask": "approve"}, awaiting),
        ("answer_refused_stale", "answer_refused", ADAM,
         {**refused, "version": 2, "reason": "stale_version", "read": "", "ask": "approve"}, second),
        ("answer_refused_closed", "answer_refused", ADAM, {**refused, "reason": "closed_paid", "read": ""}, paid),
        ("answer_refused_requester", "answer_refused", RITA,
         {**refused, "reason": "nothing_new", "read": ""}, awaiting),
        ("answer_refused_accountant", "answer_refused", FIONA,
         {**refused, "reason": "paid_in_future", "read": "2026-12-01"}, approved),
        ("contractor_paid", "contractor_paid", theirs, money, paid),
        ("contractor_part", "contractor_part", theirs, part, in_part),
        ("contractor_last_part", "contractor_paid", theirs, {**money, "part": "70000.50"}, paid),
        ("contractor_order", "contractor_order", theirs, {"sha256": ORDER.sha256}, paid),
        ("contractor_recalled", "contractor_recalled", theirs, {}, held),
        ("contractor_reply", "contractor_reply", RITA, {"from": "sales@kanzmir.example", "text": said}, paid),
        ("answer_refused_draft", "answer_refused", RITA,
         {**refused, "version": 0, "reason": "unclear_passed_on", "read": said, "ask": "complete", "step": 0}, draft),
        ("told_absent", "told_absent", RITA, {"by": ADAM, "returns_on": "2026-11-30"}, awaiting),
        ("told_absent_operator", "told_absent", OLGA, {"by": ADAM, "returns_on": None}, awaiting),
        ("status", "status", RITA, {"version": 1}, half),
    ]  # fmt: skip
    return [Sample(*row) for row in rows]


def _without_request(said: str) -> list[Sample]:
    operator = {"sender": "mallory@evil.example", "subject": "Срочно!", "details": "dmarc=fail"}
    alarms = ("two_carriers", "dead_deed", "registry_broken", "registry_mended", "sender_failed", "health",
              "nobody_knows_this")  # fmt: skip
    line = said.splitlines()[0]
    week = [["late", "240001.00", 2], *([f"2026-11-{day}", f"{day}000.50", 1] for day in (24, 25, 26, 27, 30)),
            ["later", "0", 0]]  # fmt: skip
    bars = [["RUB", week], ["EUR", [["2026-11-24", "0", 0], ["2026-11-25", "1200.00", 1]]]]
    rows: list[tuple[str, str, str, Mapping[str, Any]]] = [
        ("form", "form", RITA, {"refused_files": []}),
        ("form_needed", "form_needed", RITA, {"refused_files": [["setup.exe", "forbidden_type"]], "subject": line}),
        ("form_needed_understood", "form_needed", RITA,
         {"refused_files": [], "subject": line, "typed": {"contractor": "ООО «Гранит»", "amount": "15 000 руб."}}),
        ("refusal", "refusal", "somebody@else.example", {"subject": line}),
        ("sender_failed", "sender_failed", RITA, {"subject": line}),
        ("too_big", "too_big", RITA, {"size": 31_000_000, "limit": 25_000_000, "subject": line}),
        ("unreadable", "unreadable", RITA, {"subject": line}),
        ("unverified_operator", "unverified_operator", OLGA, operator),
        ("answer_to_nothing", "answer_to_nothing", ADAM, {"read": said, "unknown_token": True}),
        ("registry_waiting", "registry_waiting", FIONA,
         {"rows": [REFERENCE, "PAY-2026-00043"], "owner": "Фаина", "since": NOW.isoformat(), "registry": "ООО «Юг»"}),
        ("morning", "morning", FIONA,
         {"day": TODAY.isoformat(), "overdue": [REFERENCE], "today": [REFERENCE] * 2,
          "new": [REFERENCE] * 12, "on_hold": [REFERENCE], "bars": bars}),
        ("morning_of_before", "morning", FIONA,
         {"day": TODAY.isoformat(), "overdue": [REFERENCE], "later": [REFERENCE], "on_hold": []}),
        ("status_list", "status_list", RITA, {}),
        ("probe", "probe", "payments@example.test", {"day": TODAY.isoformat()}),
        ("digest", "digest", ADA, {"day": TODAY.isoformat(), "ask": "digest", "lines": [[REFERENCE, 1, 1, ""]] * 3}),
        ("requests_receipt", "requests_receipt", RITA,
         {"rule": "rows", "rows": [[1, "2", REFERENCE], [2, "3", REFERENCE]], "left_out": 1}),
        ("digest_receipt", "digest_receipt", ADAM,
         {"results": [[1, REFERENCE, "approve", "", ""], [2, REFERENCE, "reject", "", said],
                      [3, REFERENCE, "approve", "closed_paid", ""]],
          "open": [[4, REFERENCE]], "unclear": [[said, "question"]], "unknown": [17]}),
        *((f"alarm_{key}", "alarm", OLGA, {"key": key, "details": line, "sender": "x@y.example"}) for key in alarms),
    ]  # fmt: skip
    return [Sample(*row, None) for row in rows]
