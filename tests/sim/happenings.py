"""Rules about what happened: each event beside the letter or the cell that it must come from.

An approval needs a letter of the right person that answers an open question about that version; money is marked paid
only when accounting says so and the card is the approved one; nothing counts twice.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.sim.book import Shelf
from tests.sim.ledger import Account, Ledger, chain_fault, fold, payload_of
from tests.sim.letters import FIONA, Written
from tests.sim.truth import Truth

NOT_ON_CARD = frozenset({"pay_by"})
PROGRAM = "program"
PAID_DELAY = timedelta(minutes=10)
BY_CELL = {"paid": ("paid", "amount"), "less": ("approved", "on_hold", "amount")}
"""What has to be typed for an order out of the sheet, where one word is not all."""


class Happenings:
    """Examines the events that are new."""

    def __init__(self, ledger: Ledger, truth: Truth, shelf: Shelf) -> None:
        self.ledger, self.truth, self.shelf = ledger, truth, shelf
        self._letters: dict[str, Written] = {}
        self._by_cause: dict[str, tuple[str, int]] = {}
        self._opened: Counter[str] = Counter()
        self._from_cells: Counter[tuple[str, str]] = Counter()
        self._from_orders: set[tuple[str, str]] = set()
        self._confirmed = ("", "")

    def breaches(self, row: sqlite3.Row) -> Iterator[str]:
        """What is wrong with one event; it is folded into its account."""
        reference, kind, cause = row["reference"], row["type"], row["cause"]
        account = self.ledger.accounts.setdefault(reference, Account(reference))
        payload = payload_of(row)
        fault = chain_fault(account, row)
        if fault:
            yield fault
        at, last = self._by_cause.get(cause, (row["at"], row["n"] - 1))
        if at != row["at"] or last != row["n"] - 1:
            yield f"{reference}: the cause {cause} counted twice ({kind})"
        self._by_cause[cause] = (row["at"], row["n"])
        check = getattr(self, f"_on_{kind.lower()}", None)
        if check is not None:
            yield from check(account, payload, row)
        fold(account, kind, payload, row["at"])

    def letter_of(self, cause: str) -> Written | None:
        """The letter that a cause names."""
        parts = cause.split(":")
        if parts[0] != "letter":
            return None
        if parts[1] not in self._letters:
            row = self.ledger.one("SELECT message_id FROM letters WHERE key = ?", parts[1])
            written = self.truth.letters.get(row["message_id"] or "") if row else None
            if written is None:
                return None
            self._letters[parts[1]] = written
        return self._letters[parts[1]]

    def _on_opened(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        written = self.letter_of(row["cause"])
        if row["cause"] == f"recovered:{account.reference}":
            return  # a draft out of what its row said; only its author can send it on
        if written is None:
            yield f"{account.reference}: opened by no letter"
            return
        self._opened[written.message_id] += 1
        if not written.opens and written.kind != "fields":
            yield f"{account.reference}: opened by a letter that is no request ({written.kind})"
        if self._opened[written.message_id] > 1:
            yield f"{account.reference}: a second request out of one letter"
        if payload["requester"] != written.writer or not written.proven:
            yield f"{account.reference}: opened in the name of {payload['requester']}, written by {written.writer}"

    def _on_approved(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        """No false approval."""
        ref, person, step, number = account.reference, payload["person"], payload["step"], payload["version"]
        version, written = account.version, self.letter_of(row["cause"])
        who = f"{ref}/{number}: a yes of {person}"
        if written is None or version is None or version.number != number:
            yield f"{who} without a letter, or for another version"
            return
        if written.writer != person or not written.proven:
            yield f"{who} was written by {written.writer}"
        if (written.decided.get((ref, number)) if written.kind == "list" else written.word) != "approve":
            yield f"{who} out of a letter that says {written.word or 'nothing clear'} ({written.kind})"
        if not _answers(written, ref, number, step, person):
            yield f"{who} answers nothing that he was asked about this version"
        asked = version.asked.get((person, "approve", step))
        if asked is None:
            yield f"{who} although his question is not open"
        elif written.notice is not None and self._sent_at(written) < asked:
            yield f"{who} answers a question that was asked anew since"
        if person not in version.people_of(step) or account.status != "awaiting":
            yield f"{who} who has no seat in step {step}, or while it is {account.status}"
        if person == account.requester or person == FIONA:
            yield f"{who} who may not sit"

    def _sent_at(self, written: Written) -> str:
        """When the question was put that it answers; one that only its subject names is as old as the letter."""
        if written.kind == "by tag":
            return written.at
        notice = written.notice
        row = self.ledger.one("SELECT at FROM tokens WHERE token = ?", notice.token) if notice else None
        return str(row["at"]) if row else ""

    def _on_approvalcompleted(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        version = account.version
        if version is None or version.number != payload["version"] or account.status != "awaiting":
            yield f"{account.reference}: approval of version {payload['version']} completed out of turn"
            return
        missing = [step for step in range(len(version.route)) if not version.is_filled(step)]
        if missing or not version.route:
            yield f"{account.reference}/{version.number}: approved without enough votes in steps {missing}"
        if _card(account) != version.card:
            yield f"{account.reference}/{version.number}: approved another card than was put before people"

    def _on_rejected(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        yield from self._refusal(account, payload, row, "reject")

    def _on_returned(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if payload["person"] == "registry":
            yield from self._typed(account, "returned", row)
        else:
            yield from self._refusal(account, payload, row, "return")

    def _refusal(self, account: Account, payload: Any, row: sqlite3.Row, word: str) -> Iterator[str]:
        written, person, version = self.letter_of(row["cause"]), payload["person"], account.version
        who = f"{account.reference}: a {word} of {person}"
        if written is None or version is None:
            yield f"{who} without a letter"
            return
        said = written.decided.get((account.reference, version.number)) if written.kind == "list" else written.word
        if written.writer != person or said != word or not written.proven:
            yield f"{who} out of a letter of {written.writer} that says {said!r}"
        seats = {one for step in range(len(version.route)) for one in version.people_of(step)}
        if person not in seats and person != FIONA:
            yield f"{who} who has no seat"

    def _on_voteundone(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        written = self.letter_of(row["cause"])
        if written is None or written.writer != payload["person"] or written.word != "undo" or not written.proven:
            yield f"{account.reference}: undone by nobody's word"

    def _on_withdrawn(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        written = self.letter_of(row["cause"])
        if written is None or written.writer != account.requester or written.word != "withdraw" or not written.proven:
            yield f"{account.reference}: withdrawn by nobody's word"

    def _on_filled(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        """What was approved is what is paid: the card changes with a new version only."""
        version = account.version
        if version is None or account.status not in ("awaiting", "approved", "paid"):
            return
        before = _card(account)
        fields = {name: value["value"] for name, value in payload["fields"].items() if name not in NOT_ON_CARD}
        files = " ".join(sorted(file["sha256"] for file in payload["files"]))
        changed = {**fields, "files": files} != before
        follows = self.ledger.one(
            "SELECT 1 FROM events WHERE reference = ? AND seq = ? AND type = 'Submitted'",
            account.reference, row["seq"] + 1,
        )  # fmt: skip
        if changed and (follows is None or account.status == "paid"):
            yield f"{account.reference}: the card changed after version {version.number} without a new one"

    def _on_paid(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if not account.payable:
            yield f"{account.reference}: paid while it is {account.shown}"
        version = account.version
        if version is None or not version.completed or _card(account) != version.card:
            yield f"{account.reference}: paid something else than was approved"
        total = sum(map(Decimal, [*account.amount_paid, payload["amount"]]))
        due = Decimal(account.fields.get("amount", "0"))
        if total > due or (row["type"] == "Paid" and total != due):
            yield f"{account.reference}: {total} paid of {due} ({row['type']})"
        yield from self._of_accounting(account, "paid", row)

    _on_partpaid = _on_paid

    def _on_paidwithoutapproval(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        yield from self._of_accounting(account, "paid", row)

    def _on_held(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if payload["by"] == "registry":
            yield from self._typed(account, "on_hold", row)

    def _on_released(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        """By whoever may, for the reason that this hold wants; by itself only with another card, or the last yes."""
        written, kind = self.letter_of(row["cause"]), payload["kind"]
        if payload["by"] == PROGRAM:
            events = self.ledger.rows("SELECT type FROM events WHERE cause = ?", row["cause"])
            if not {"Submitted", "ApprovalCompleted"} & {event["type"] for event in events}:
                yield f"{account.reference}: {kind} released by nobody"
        elif kind == "duplicate":
            good = written is not None and written.word == "explain" and written.writer == account.requester
            if not good or written is None or not written.proven:
                yield f"{account.reference}: a second payment is let through by nobody's word"
        elif kind == "bank_details":
            if self._confirmed != (row["cause"], account.reference):
                yield f"{account.reference}: bank details released without a confirmation"
        elif row["cause"].startswith("letter"):
            yield from self._of_accounting(account, "release", row)
        else:
            yield from self._typed(account, "approved", row)

    def _on_bankdetailsconfirmed(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        """Somebody who neither asks nor approves has called, and says whom and where."""
        self._confirmed = (row["cause"], account.reference)
        version, by = account.version, payload["by"]
        seats = {one for step in range(len(version.route)) for one in version.people_of(step)} if version else set()
        if by == account.requester or by in seats:
            yield f"{account.reference}: bank details confirmed by {by}, who asks or approves"
        if version is None or payload["version"] != version.number or _card(account) != version.card:
            yield f"{account.reference}: bank details confirmed of another version"
        if not any(number in payload["words"] for number in ("123-45-67", "765-43-21")):
            yield f"{account.reference}: bank details confirmed without a call: {payload['words']}"
        written = self.letter_of(row["cause"])
        if row["cause"].startswith("cell:"):
            yield from self._typed(account, "approved", row)
        elif written is None or written.writer != by or written.word != "confirm" or not written.proven:
            yield f"{account.reference}: bank details confirmed by nobody's word"
        elif written.notice is None or written.notice.version != account.number:
            yield f"{account.reference}: bank details confirmed by an answer about another version"

    def _on_paidundone(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if not account.told or account.told[-1]:
            yield f"{account.reference}: a mark that was told, or none, was taken for undone"
        yield from self._of_accounting(account, "hold" if row["cause"].startswith("letter") else "less", row)

    def _on_paymentrecalled(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if not account.told or not account.told[-1]:
            yield f"{account.reference}: a mark that nobody was told of, or none, was recalled"
        yield from self._of_accounting(account, "hold" if row["cause"].startswith("letter") else "less", row)

    def _on_paymentcorrected(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if not account.amount_paid or Decimal(payload["amount"]) != Decimal(account.amount_paid[-1]):
            yield f"{account.reference}: the sum of a payment was changed by a correction"

    def _on_paymentannounced(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if account.status != "paid" or account.paid_told:
            yield f"{account.reference}: a payment announced while it is {account.status}, told {account.paid_told}"
        yield from self._announced(account, payload["amount"], row)

    def _on_partannounced(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if account.status == "paid" or all(account.told):  # what was paid in part is a fact, also of a rejected one
            yield f"{account.reference}: a part announced while it is {account.status}, told {account.told}"
        yield from self._announced(account, payload["paid"], row)

    def _announced(self, account: Account, amount: str, row: sqlite3.Row) -> Iterator[str]:
        """All that is paid, and not before the last mark could be taken back for so long as was promised."""
        if Decimal(amount) != sum(map(Decimal, account.amount_paid)):
            yield f"{account.reference}: {amount} announced, {account.amount_paid} paid"
        waited = datetime.fromisoformat(row["at"]) - datetime.fromisoformat(account.paid_at[-1])
        if waited < PAID_DELAY:
            yield f"{account.reference}: announced {waited} after it was marked"

    def _on_commented(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        if row["cause"].startswith("cell:"):
            self._from_cells[account.reference, f"said {payload['text']}"] += 1
            said = self._from_cells[account.reference, f"said {payload['text']}"]
            if said > self.truth.said[account.reference, payload["text"]]:
                yield f"{account.reference}: the comment {payload['text']!r} told {said} times"

    def _on_paymentorderfiled(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        key = (account.reference, payload["file"]["sha256"])
        if key in self._from_orders:
            yield f"{account.reference}: the same payment order filed twice"
        self._from_orders.add(key)

    def _on_answerrefused(self, account: Account, payload: Any, row: sqlite3.Row) -> Iterator[str]:
        """A good yes is never refused."""
        written, version = self.letter_of(row["cause"]), account.version
        if written is None or written.word != "approve" or written.kind != "answer" or not written.proven:
            return
        notice = written.notice
        if version is None or notice is None or notice.reference != account.reference:
            return
        asked = version.asked.get((written.writer, "approve", notice.step))
        good = notice.ask == "approve" and notice.version == version.number and notice.recipient == written.writer
        if good and asked is not None and self._sent_at(written) >= asked and account.status == "awaiting":
            yield f"{account.reference}: a good yes of {written.writer} was refused ({payload['reason']})"

    def _of_accounting(self, account: Account, word: str, row: sqlite3.Row) -> Iterator[str]:
        """By letter: of an accountant, saying so. By cell: typed there."""
        if row["cause"].startswith("cell:"):
            yield from self._typed(account, word, row)
            return
        written = self.letter_of(row["cause"])
        if written is None or written.writer != FIONA or written.word != word or not written.proven:
            yield f"{account.reference}: {row['type']} by nobody's word ({row['cause']})"

    def _typed(self, account: Account, word: str, row: sqlite3.Row) -> Iterator[str]:
        """Never more orders out of the sheet than people gave there."""
        key = (account.reference, row["type"])
        given = sum(self.truth.typed[account.reference, one] for one in BY_CELL.get(word, (word,)))
        self._from_cells[key] += 1
        book = self.shelf.books.get(row["cause"].split(":")[1])
        if book is None or account.reference in book.doubled:
            yield f"{account.reference}: {row['type']} out of a row that stands there twice"
        if self._from_cells[key] > given:
            yield (f"{account.reference}: {row['type']} out of the sheet {self._from_cells[key]} times, "
                   f"{word} typed {given} times")  # fmt: skip


def _card(account: Account) -> dict[str, str]:
    fields = {name: value for name, value in account.fields.items() if name not in NOT_ON_CARD}
    return {**fields, "files": " ".join(account.files)}


def _answers(written: Written, reference: str, number: int, step: int, person: str) -> bool:
    """Does it answer a mail that this person got about this version and step?"""
    notice = written.notice
    if notice is None or notice.recipient != person:
        return False
    if written.kind == "list":
        return (reference, number, step) in notice.lines
    return (notice.reference, notice.version, notice.step) == (reference, number, step) and notice.ask == "approve"
