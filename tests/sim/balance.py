"""The balance when everything has settled: every letter accounted for, every deed done or dead, sheet and folder as the
journal says, everything of people's still there."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.sim.book import COMMENT, Book
from tests.sim.hands import Hands
from tests.sim.house import House
from tests.sim.ledger import Account, Ledger
from tests.sim.rules import CONTRACTOR, Rules
from tests.sim.truth import Truth
from workflow.words import words

VERDICTS = frozenset({"requests", "answers", "refused", "ignored", "set_aside"})
PLAIN = ("subject", "contractor", "currency", "inn", "kpp", "bic", "account", "purpose", "contractor_email")


class Balance:
    """Counts at the end of a walk."""

    def __init__(self, house: House, ledger: Ledger, truth: Truth, rules: Rules, hands: Hands) -> None:
        self.house, self.ledger, self.truth, self.rules, self.hands = house, ledger, truth, rules, hands

    def waiting(self) -> list[str]:
        """Deeds that are still to be done."""
        rows = self.ledger.rows(
            "SELECT lane, kind, reference, state, error FROM deeds WHERE state IN ('due', 'leased', 'sending')"
        )
        return [f"{row['lane']} {row['kind']} {row['reference']} {row['state']} {row['error'] or ''}" for row in rows]

    def unread(self) -> set[str]:
        """Letters in the mailbox that the journal does not know yet."""
        known = {row["message_id"] for row in self.ledger.rows("SELECT message_id FROM letters")}
        return {message.message_id for message in self.house.mailbox.messages if not message.gone} - known

    def faults(self) -> list[str]:
        return [*self._letters(), *self._deeds(), *self._payments(), *self._sheet(), *self._people(), *self._folder(),
                *self._proof()]  # fmt: skip

    def figures(self) -> dict[str, int]:
        """What the seed came to; an empty walk proves little."""
        counts: Counter[str] = Counter()
        for account in self.ledger.accounts.values():
            counts.update(account.counts)
        return {
            "letters": len(self.truth.letters), "notices": len(self.house.server.taken),
            "requests": len(self.ledger.accounts), "approved": counts["ApprovalCompleted"], "paid": counts["Paid"],
            "undone": counts["VoteUndone"] + counts["PaidUndone"], "unapproved": counts["PaidWithoutApproval"],
            "writes": self.house.shelf.writes, "starts": self.house.starts, "faults": self.house.fate.faults,
        }  # fmt: skip

    def _letters(self) -> Iterator[str]:
        """Each letter once, with a verdict; nothing that nobody wrote."""
        rows = self.ledger.rows("SELECT key, message_id, verdict, reason, error, path FROM letters")
        known = Counter(row["message_id"] for row in rows)
        for message_id, written in self.truth.letters.items():
            if not known[message_id] and message_id not in self.truth.out_of_reach:
                yield f"lost: {written.kind} of {written.writer} ({message_id})"
        for row in rows:
            if row["verdict"] not in VERDICTS:
                yield f"{row['message_id']} ended as {row['verdict']}"
            if row["verdict"] == "set_aside":
                yield f"{row['message_id']} was set aside: {row['error']}"
            if known[row["message_id"]] > 1 or row["message_id"] not in self.truth.letters:
                yield f"{row['message_id']} stands {known[row['message_id']]} times"
            if not (self.house.folder / "var/letters" / (row["path"] or "-")).is_file():
                yield f"the bytes of {row['message_id']} are gone"
        yield from self._unanswered(rows)
        events = self.ledger.rows("SELECT cause FROM events WHERE type = 'Opened'")
        opened = {row["cause"].split(":")[1] for row in events}
        of_requests = {row["key"]: self.truth.letters.get(row["message_id"]) for row in rows}
        for key, found in of_requests.items():
            if found is not None and found.opens and key not in opened:
                yield f"no request came of {found.message_id} ({found.kind} of {found.writer})"

    def _unanswered(self, rows: list[sqlite3.Row]) -> Iterator[str]:
        """What was taken for a request or an answer led to something: an event, or a notice."""
        causes = self.ledger.rows("SELECT cause FROM events UNION SELECT cause FROM deeds WHERE cause LIKE 'letter:%'")
        heard = {row["cause"].split(":")[1] for row in causes if row["cause"].startswith("letter:")}
        for row in rows:
            if row["verdict"] in ("requests", "answers") and row["key"] not in heard:
                written = self.truth.letters.get(row["message_id"])
                what = f"{written.kind} {written.word!r} of {written.writer}" if written else row["message_id"]
                yield f"nothing came of the letter {row['message_id']} ({what}), taken for {row['verdict']}"

    def _deeds(self) -> Iterator[str]:
        """Done, dead for a reason that the world gave, or in doubt; nothing waits."""
        for line in self.waiting():
            yield f"still to be done: {line}"
        for row in self.ledger.rows("SELECT * FROM deeds WHERE state = 'dead'"):
            if not (row["lane"] == "mail" and self.house.server.refused[row["person"]]):
                yield f"dead without need: {row['lane']} {row['kind']} {row['reference']}: {row['error']}"

    def _payments(self) -> Iterator[str]:
        """Each mark that stands is told, and its contractor once."""
        for account in self.ledger.accounts.values():
            if account.status == "paid" and not account.paid_told:
                yield f"{account.reference}: paid, and nobody was told"
        for row in self.ledger.rows("SELECT * FROM deeds WHERE lane = 'mail'"):
            if row["kind"] in CONTRACTOR and row["state"] == "done" and self.rules.times[row["message_id"]] != 1:
                yield f"{row['reference']}: {row['kind']} went out {self.rules.times[row['message_id']]} times"
        for account in self.ledger.accounts.values():
            for event, kind in (("PaymentAnnounced", "told_paid"),):
                rows = self.ledger.rows(
                    "SELECT id FROM deeds WHERE reference = ? AND kind = ? AND person = ?", account.reference, kind,
                    account.requester,
                )  # fmt: skip
                if len(rows) != account.counts.get(event, 0):
                    yield f"{account.reference}: {event} {account.counts.get(event, 0)} times, {kind} {len(rows)} times"

    def _sheet(self) -> Iterator[str]:
        """One row for each request, and in it what the journal says."""
        homes = {row["reference"]: row for row in self.ledger.rows("SELECT reference, registry, archive FROM requests")}
        for reference, account in self.ledger.accounts.items():
            home = self.house.shelf.books[homes[reference]["registry"]]
            archive = home.archives.get(f"{home.name}-archive-{homes[reference]['archive']}")
            if homes[reference]["archive"] is not None and not self.hands.muddled:
                yield from (f"{reference} is in the archive, and in {home.name}" for found, _ in home.rows()
                            if found == reference)  # fmt: skip
            yield from self._row(account, archive or home)
            yield from self._traces(reference, home)
        for book in self.house.shelf.all:
            for reference in {found for found, _ in book.rows()} - self.ledger.accounts.keys():
                yield f"{book.name} has a row for {reference}, which is not there"
        for part in self.house.daemons[0].wiring.books:
            yield from (f"verify: {line}" for line in part.sync.differences())

    def _row(self, account: Account, book: Book) -> Iterator[str]:
        """One row, and in it what the journal says."""
        reference = account.reference
        number = sum(found == reference for found, _ in book.rows())
        if number != 1:
            yield f"{reference} has {number} rows in {book.name}"
            return
        wanted: dict[str, Any] = {name: account.fields.get(name) for name in PLAIN}
        wanted["status"] = words(self.house.plan.language).status(account.shown)  # type: ignore[arg-type]
        wanted["version"] = str(account.number)
        wanted["amount"] = float(account.fields["amount"]) if "amount" in account.fields else None
        if account.status == "paid":  # before, a sum that cannot be understood stays as it was typed
            wanted["paid_amount"] = float(sum(map(Decimal, account.amount_paid)))
        for key, value in wanted.items():
            if book.cell(reference, key) != (value or None) and key in book.header():
                yield f"{reference}: {key} is {book.cell(reference, key)!r} in {book.name}, should be {value!r}"

    def _traces(self, reference: str, home: Book) -> Iterator[str]:
        """Where it was before, at most a row that says so: nothing that could be paid."""
        for book in self.house.shelf.all:
            elsewhere = words(self.house.plan.language).text("status_elsewhere")
            if book is not home and book.cell(reference, "status") not in (None, elsewhere):
                yield f"{reference}: {book.name} still has it as {book.cell(reference, 'status')!r}"

    def _people(self) -> Iterator[str]:
        """What people wrote last still stands, and was heard."""
        if self.hands.muddled:
            return
        for (name, reference), text in self.hands.last_comment.items():
            book = self.house.shelf.books[name]
            if self.ledger.home_of(reference) != name:
                continue  # it went to another registry; nothing is heard of what is written into its trace
            found = [one.cell(reference, COMMENT) for one in (book, *book.archives.values())]
            if text not in found:
                yield f"{reference}: the comment {text!r} became {found!r}"
            rows = self.ledger.rows("SELECT payload FROM events WHERE reference = ? AND payload LIKE ?", reference,
                                    f"%{text}\"%")  # fmt: skip
            if not rows and not self._is_mixed_up(reference):
                yield f"{reference}: the comment {text!r} was not heard"

    def _is_mixed_up(self, reference: str) -> bool:
        """Was the row said to be perhaps another's? What else is new in such a row is not taken for said about it."""
        query = "SELECT 1 FROM events WHERE reference = ? AND payload LIKE '%row_mixed_up%'"
        return self.ledger.one(query, reference) is not None

    def _folder(self) -> Iterator[str]:
        """Every paper of a submitted request lies in its folder, whole."""
        root = self.house.folder / "materials"
        for row in self.ledger.rows("SELECT * FROM materials"):
            path = root / row["path"]
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
                yield f"{row['reference']}: {row['name']} is not in its folder as it was filed"
        for row in self.ledger.rows("SELECT reference, state FROM requests"):
            state = json.loads(row["state"])
            if not state["folder"]:
                continue
            known = {one["sha256"] for one in self.ledger.rows("SELECT sha256 FROM materials WHERE reference = ?",
                                                               row["reference"])}  # fmt: skip
            for file in (*state["files"], *state["payment_orders"]):
                if file["sha256"] not in known:
                    yield f"{row['reference']}: {file['name']} was not filed"
            if not (root / state["folder"] / row["reference"] / "index.html").is_file():
                yield f"{row['reference']}: no card page"
        drafts = [path.name for path in root.rglob(".*.tmp")]
        if drafts and self.house.fate.storm == 0:
            yield f"left behind: {drafts}"

    def _proof(self) -> Iterator[str]:
        journal = self.house.daemons[0].wiring.journal
        yield from (f"verify: {line}" for line in (*journal.broken_links(), *journal.broken_anchors()))
