"""What people do by mail: ask, answer well and badly, correct, withdraw, pay; and what mail servers add to it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection
from itertools import count

from tests.sim import letters as l
from tests.sim.house import House
from tests.sim.ledger import Ledger
from tests.sim.letters import ADA, ADAM, FIONA, MALLORY, PAYMENTS, RITA, ROMAN, SUPPLIER, Notice, Written
from tests.sim.truth import Truth
from workflow.journal.stamp import stamp

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
INVOICES = {f"invoice-{number}.pdf": PDF + f"% {number}\n".encode() for number in range(1, 13)}
OFFERS_VOTE = frozenset({"ask_approval", "told_comment", "answer_refused"})


class People:
    """Everybody who writes mail."""

    def __init__(self, house: House, ledger: Ledger, truth: Truth) -> None:
        self.house, self.ledger, self.truth = house, ledger, truth
        self.dice = random.Random()
        self.note: Callable[[str], None] = lambda text: None
        self._ids = count(1)
        self._notices: dict[str, Notice] = {}
        self._read = 0
        self._sent: list[Written] = []
        self._answered: set[str] = set()

    # --- reading ----------------------------------------------------------------------------------------------------

    def notices(self, recipient: str, kinds: Collection[str] = (), ask: str = "") -> list[Notice]:
        """The notices that somebody got, oldest first."""
        taken = self.house.server.taken
        for delivery in taken[self._read :]:
            notice = self._understood(delivery.message_id, delivery.recipient, delivery.raw)
            if notice is not None:
                self._notices.setdefault(delivery.message_id, notice)
        self._read = len(taken)
        return [
            notice for notice in self._notices.values()
            if notice.recipient == recipient and (not kinds or notice.kind in kinds) and ask in ("", notice.ask)
        ]  # fmt: skip

    def _understood(self, message_id: str, recipient: str, raw: bytes) -> Notice | None:
        """What stands in the mail, looked up where it was made from."""
        row = self.ledger.one(
            "SELECT d.kind, d.reference, d.params, t.version, t.step, t.ask FROM deeds d JOIN tokens t"
            " ON t.token = d.token WHERE d.message_id = ?", message_id,
        )  # fmt: skip
        if row is None:
            return None
        lines = json.loads(row["params"]).get("lines", []) if row["kind"] == "digest" else []
        return Notice(
            message_id, recipient, row["kind"], row["reference"], row["version"], row["step"], row["ask"],
            l.header_of(raw, "Subject"), l.header_of(raw, "Reply-To").strip("<>") or PAYMENTS,
            tuple((line[0], line[1], line[2]) for line in lines),
        )  # fmt: skip

    # --- writing ----------------------------------------------------------------------------------------------------

    def post(
        self, writer: str, kind: str, body: str, *, notice: Notice | None = None, word: str = "", sender: str = "",
        opens: bool = False, files: tuple[tuple[str, bytes], ...] = (), carriers: bool = True,
    ) -> Written:  # fmt: skip
        """Write a letter and bring it to the mailbox."""
        sender, now = sender or writer, self.house.now()
        checks = self.house.plan.authenticates
        proven = writer == sender or not checks
        written = Written(f"m{next(self._ids)}.{self.dice.getrandbits(32):08x}@{sender.rpartition('@')[2]}", writer,
                          sender, kind, word, notice if carriers else None, proven, opens=opens)  # fmt: skip
        verdict = ("pass" if writer == sender else "fail") if checks else ""
        subject = f"Re: {notice.subject}" if notice else "Оплата"
        to = notice.reply_to if notice and carriers else PAYMENTS
        written.raw = l.build(written, body, now, to=to, subject=subject, verdict=verdict, files=files)
        written.notice, written.at = notice, stamp(now)
        self.truth.letters[written.message_id] = written
        self._sent.append(written)
        self.house.mailbox.deliver(written.raw, written.message_id, now)
        about = f" about {notice.kind} {notice.reference or ''}/{notice.version}" if notice else ""
        self.note(f"  {writer.partition('@')[0]} writes {kind} {word!r}{about}")
        return written

    def pick(self, found: list[Notice]) -> Notice | None:
        """Mostly the newest."""
        if not found:
            return None
        return found[-1] if self.dice.random() < 0.6 else self.dice.choice(found)

    def word(self, action: str) -> str:
        return self.dice.choice(l.WORDS[action])

    # --- requests ---------------------------------------------------------------------------------------------------

    def changes(self) -> dict[str, str]:
        """What makes one request another."""
        dice = self.dice
        number = dice.randint(1, 99)
        found = {"Сумма счета": dice.choice(["4 800,00", "12 000,50", "600 000,00", f"{number} 000,00"]),
                 "Счет": f"№ {number} от 20.11.2026"}  # fmt: skip
        if dice.random() < 0.25:
            found |= l.OTHER_BANK
        if dice.random() < 0.2:
            found["E-mail подрядчика"] = ""
        return found

    def ask_for_payment(self) -> None:
        invoice = self.dice.choice(list(INVOICES.items()))
        files = (invoice,) if self.dice.random() < 0.3 else ()
        who = self.dice.choice([RITA, RITA, ROMAN])
        self.post(who, "request", l.form_text(**self.changes()), opens=True, files=files)

    def ask_incompletely(self) -> None:
        lacks = self.dice.choice(["ИНН", "Сумма счета", "Оплатить до", "Назначение платежа"])
        lines = self.changes() | {lacks: self.dice.choice(["", "неизвестно"])}
        self.post(RITA, "request", l.form_text(**lines), opens=True)

    def keep_a_draft(self) -> None:
        self.post(RITA, "request", "ЧЕРНОВИК\n\n" + l.form_text(**self.changes()), opens=True)

    def forge_a_request(self) -> None:
        if self.house.plan.authenticates:
            self.post(MALLORY, "forged request", l.form_text(**self.changes()), sender=RITA)

    def write_as_a_stranger(self) -> None:
        who = self.dice.choice([MALLORY, SUPPLIER])
        self.post(who, "stranger", self.dice.choice(["Когда оплата?", l.form_text(**self.changes())]))

    def complete(self) -> None:
        """Missing lines, or a correction of what is under way."""
        who = self.dice.choice([RITA, RITA, ROMAN])
        notice = self.pick(self.notices(who, ("ask_complete", "receipt_draft", "told_refused", "correction_refused")))
        if notice is not None:
            word = self.dice.choice(["", "", "submit"])
            body = (f"{self.word('submit')}\n\n" if word else "") + l.form_text(**self.changes())
            self.post(who, "fields", body + l.quoted(notice), notice=notice, word=word)

    def correct(self) -> None:
        who = self.dice.choice([RITA, ROMAN])
        notice = self.pick(self.notices(who, ("receipt_submitted", "told_approved", "told_paid", "told_undone")))
        if notice is not None:
            self.post(who, "fields", self.dice.choice(l.CORRECTIONS) + l.quoted(notice), notice=notice)

    def withdraw(self) -> None:
        notice = self.pick(self.notices(RITA, ("receipt_submitted", "told_approved", "receipt_draft")))
        if notice is not None:
            self.post(RITA, "answer", self.word("withdraw") + l.quoted(notice), notice=notice, word="withdraw")

    def chat(self) -> None:
        notice = self.pick(self.notices(RITA))
        if notice is not None:
            text = self.dice.choice(["Прошу ускорить, поставщик ждет ответа.", "Спасибо!", self.word("status")])
            self.post(RITA, "words", text + l.quoted(notice), notice=notice)

    # --- votes ------------------------------------------------------------------------------------------------------

    def fresh(self, who: str, kinds: Collection[str], ask: str = "") -> list[Notice]:
        """What somebody has not answered yet; he leaves out what is answered already."""
        found = [one for one in self.notices(who, kinds, ask) if one.message_id not in self._answered]
        newest = {(one.reference, one.ask, one.step): one for one in found}
        self._answered |= {one.message_id for one in found if one not in newest.values()}
        return list(newest.values())

    def answer(self, who: str, notice: Notice, word: str, text: str = "") -> None:
        """One clear word, once."""
        self._answered.add(notice.message_id)
        self.post(who, "answer", (text or self.word(word)) + l.quoted(notice), notice=notice, word=word)

    def vote(self) -> None:
        """Whoever opens his mail answers what he finds there."""
        for who in self.dice.sample([ADAM, ADA], 2):
            for notice in self.fresh(who, OFFERS_VOTE, "approve")[: self.dice.choice([1, 3, 9])]:
                self.answer(who, notice, self.dice.choice(["approve"] * 11 + ["reject", "return"]))

    def undo(self) -> None:
        who = self.dice.choice([ADAM, ADA])
        notice = self.pick(self.notices(who, ("receipt_vote",)))
        if notice is not None:
            self.post(who, "answer", self.word("undo") + l.quoted(notice), notice=notice, word="undo")

    def vote_late(self) -> None:
        """An answer to the oldest question of all, or to what is no question."""
        who = self.dice.choice([ADAM, ADA])
        found = self.notices(who)
        if found:
            notice = self.dice.choice(found)
            word = self.dice.choice(["approve", "approve", "reject"])
            if notice.kind != "digest":
                self.post(who, "late", self.word(word) + l.quoted(notice), notice=notice, word=word)

    def answer_in_anothers_place(self) -> None:
        """A forwarded question answered by somebody else, or in a forged name."""
        notice = self.pick(self.notices(ADAM, ("ask_approval",)))
        if notice is None:
            return
        if self.dice.random() < 0.5 and self.house.plan.authenticates:
            text = self.word("approve") + l.quoted(notice)
            self.post(MALLORY, "forged", text, notice=notice, word="approve", sender=ADAM)
        else:
            who = self.dice.choice([ADA, RITA, ROMAN, FIONA, MALLORY])
            self.post(who, "forwarded", self.word("approve") + l.quoted(notice), notice=notice, word="approve")

    def answer_without_mark(self) -> None:
        """Only the subject names the request, or nothing does; decides where the sender is proven, not else."""
        notice = self.pick(self.notices(self.dice.choice([ADAM, ADA]), ("ask_approval",)))
        if notice is not None:
            self.post(notice.recipient, "by tag", self.word("approve"), notice=notice, word="approve", carriers=False)

    def be_unclear(self) -> None:
        who = self.dice.choice([ADAM, ADA])
        notice = self.pick(self.notices(who, OFFERS_VOTE, "approve"))
        if notice is not None:
            text = self.dice.choice([self.dice.choice(l.UNCLEAR), ""])
            more = "" if text else self.word("approve")
            self.post(who, "unclear", text + l.quoted(notice, more), notice=notice)

    def answer_list(self) -> None:
        """The daily list, line by line."""
        notice = self.pick(self.notices(ADAM, ("digest",)))
        if notice is None:
            return
        said, body = {}, []
        for number, (reference, version, _step) in enumerate(notice.lines, 1):
            word = self.dice.choice(["approve", "approve", "reject", ""])
            if word:
                said[reference, version] = word
                body.append({"approve": f"СОГЛАСОВАНО {number}", "reject": f"ОТКАЗАНО {number}: дорого"}[word])
        if body:
            written = self.post(ADAM, "list", "\n".join(body) + l.quoted(notice), notice=notice)
            written.decided = said

    # --- accounting ---------------------------------------------------------------------------------------------------

    def pay_by_mail(self) -> None:
        """Whatever accounting was asked to pay, whole or in part."""
        for notice in self.fresh(FIONA, ("ask_pay",), "pay")[: self.dice.choice([1, 3])]:
            part = self.dice.choice(["", "", "", "ОПЛАЧЕНО частично 1 000,00", "PAID part 500.00", "ОПЛАЧЕНО еще 700"])
            self.answer(FIONA, notice, "paid", part)

    def account(self) -> None:
        """Anything at all, about anything it was told."""
        notice = self.pick([one for one in self.notices(FIONA) if one.reference])
        if notice is not None:
            self.answer(FIONA, notice, self.dice.choice(["paid", "paid", "hold", "release", "return"]))

    def confirm(self) -> None:
        """Bank details that are held: called, or only said so, or by somebody who may not."""
        for notice in self.fresh(FIONA, ("ask_bank_details",)):
            if self.dice.random() < 0.8:
                self.answer(FIONA, notice, "confirm")
            else:
                who, text = self.dice.choice([FIONA, FIONA, ADAM, RITA]), self.dice.choice(l.NO_CALL)
                self.post(who, "no call", text + l.quoted(notice), notice=notice)
                self._answered.discard(notice.message_id)

    def explain(self) -> None:
        """What looks like a second payment is another one, or is not said to be."""
        for who in (RITA, ROMAN):
            for notice in self.fresh(who, ("ask_duplicate",)):
                if self.dice.random() < 0.8:
                    self.answer(who, notice, "explain")
                else:
                    self.post(who, "no reason", "ДА" + l.quoted(notice), notice=notice)

    # --- servers ------------------------------------------------------------------------------------------------------

    def double(self) -> None:
        """The same letter comes twice, or once more under another id."""
        if not self._sent:
            return
        written = self.dice.choice(self._sent[-6:])
        if self.dice.random() < 0.6:
            self.note(f"  {written.message_id} comes twice")
            self.house.mailbox.deliver(written.raw, written.message_id, self.house.now())
        elif written.kind in ("answer", "late") and written.notice is not None:
            body = written.raw.partition(b"\r\n\r\n")[2].decode().replace("\r\n", "\n")
            self.post(written.writer, "late", body, notice=written.notice, word=written.word)

    def bounce(self) -> None:
        who = self.dice.choice([SUPPLIER, SUPPLIER, ADAM, RITA])
        notice = self.pick(self.notices(who))
        if notice is None:
            return
        permanent = self.dice.random() < 0.7
        message_id = f"b{next(self._ids)}@mx.example.test"
        raw = l.bounce_of(notice, message_id, self.house.now(), permanent=permanent)
        self.truth.letters[message_id] = Written(message_id, "", "MAILER-DAEMON", "bounce", raw=raw)
        self.house.mailbox.deliver(raw, message_id, self.house.now())
        self.note(f"  {notice.kind} to {who} bounces")

    def be_absent(self) -> None:
        message_id = f"a{next(self._ids)}@example.test"
        verdict = "pass" if self.house.plan.authenticates else ""
        raw = l.absence_of(message_id, ADAM, self.house.now(), verdict)
        self.truth.letters[message_id] = Written(message_id, ADAM, ADAM, "absence", raw=raw)
        self.house.mailbox.deliver(raw, message_id, self.house.now())
        self.note("  adam is absent")
