"""The fixed cast, a pure `Desk` for the core, and a `World`: the same people before a real journal on SQLite.

Rita asks, Adam and Ada approve, Fiona pays, Oscar operates, Mallory is a stranger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from workflow.core.commands import (
    Amend,
    AnnouncePayment,
    Approve,
    AskRef,
    Command,
    ConfirmDetails,
    ExplainDuplicate,
    Form,
    MarkPaid,
    Open,
    Reject,
    SendBack,
    UndoVote,
    Withdraw,
)
from workflow.core.decide import decide
from workflow.core.deeds import Deed, Lane, deeds_of
from workflow.core.events import Event, Opened
from workflow.core.evolve import begin, evolve
from workflow.core.ledger import EMPTY, Ledger
from workflow.core.model import AskKind, File, OrderFile, Person, Reference, Request, Status, Step
from workflow.core.outcome import Accepted, Outcome, Refused
from workflow.core.policy import Policy, Rule, When
from workflow.journal import Cause, Journal, LetterEntry, Result
from workflow.journal.engine import open_engine
from workflow.journal.leases import as_told
from workflow.journal.schema import prepare
from workflow.service import Service

RITA, ADAM, ADA = "rita@example.test", "adam@example.test", "ada@example.test"
FIONA, OSCAR, MALLORY = "fiona@example.test", "oscar@example.test", "mallory@elsewhere.test"
CONTRACTOR = "billing@romashka.example"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
FOREVER = timedelta(days=3650)

FORM: Mapping[str, str] = {
    "subject": "Аренда офиса за ноябрь",
    "contractor": "ООО «Ромашка»",
    "contractor_email": CONTRACTOR,
    "amount": "4 800,00",
    "currency": "руб.",
    "pay_by": "27.11.2026",
    "inn": "7707083893",
    "kpp": "770701001",
    "bic": "044525974",
    "account": "40702810940200761292",
    "purpose": "Оплата по счету № 12 от 20.11.2026",
    "invoice": "№ 12 от 20.11.2026",
}
OTHER_ACCOUNT = {"account": "40702810114607617721", "bic": "049600111"}
FIRST_INVOICE = 12
"""The number in the form; the next request has the next one."""
INVOICE = File("a" * 64, "invoice.pdf", "pdf", "application/pdf", 1000, "letter-1")
ORDER = OrderFile("b" * 64, "payment-order.pdf", "application/pdf")

ANY = Step("any", (ADAM, ADA))
ALL = Step("all", (ADAM, ADA))
THEN = (Step("any", (ADAM,)), Step("any", (ADA,)))


def policy_of(*steps: Step, **changes: object) -> Policy:
    """One rule for everything, with these steps (Adam alone without any)."""
    rules = (Rule(When(), steps or (Step("any", (ADAM,)),)),)
    plain = Policy(rules, frozenset({ADAM, ADA}), (FIONA,), (OSCAR,))
    return replace(plain, **changes)  # type: ignore[arg-type]


def form(**changes: str) -> Form:
    """A complete form with an invoice, and other values for some lines (an empty one is missing)."""
    typed = {name: text for name, text in {**FORM, **changes}.items() if text}
    return Form(typed, files=(INVOICE,), letter="letter-1")


def lines(**typed: str) -> Form:
    """Only these lines, as an answer brings them."""
    return Form(typed, letter="letter-2")


def ask_of(request: Request, person: Person, kind: AskKind = AskKind.APPROVE) -> AskRef:
    """What a reply to this person's newest ask of the current version carries (or would, had there been one)."""
    own = [a for a in request.asks if (a.person, a.kind, a.version) == (person, kind, request.version)]
    step = own[-1].step if own else request.step
    return AskRef(person, request.version, step, request.card_hash, kind.value)


@dataclass(slots=True)
class Desk:
    """One request and the people around it, without a database: orders in, events and deeds out."""

    policy: Policy = field(default_factory=policy_of)
    now: datetime = NOW
    ledger: Ledger = EMPTY
    found: Request | None = None
    history: list[tuple[Event, datetime]] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    @property
    def request(self) -> Request:
        assert self.found is not None
        return self.found

    @property
    def status(self) -> Status:
        return self.request.status

    def do(self, command: Command) -> Outcome:
        """Decide, fold the events in, and remember the deeds of this order alone."""
        before = self.found
        outcome = decide(before, command, self.policy, self.now, self.ledger)
        for event in outcome.events:
            self.found = self._after(event)
            self.history.append((event, self.now))
        self.deeds = deeds_of(before, self.request, outcome.events, command.by, self.policy)
        return outcome

    def _after(self, event: Event) -> Request:
        if isinstance(event, Opened):
            return begin("PAY-2026-00001", event, self.now)
        return evolve(self.request, event, self.now)

    def opened(self, form_: Form | None = None, *, by: Person = RITA, keep_draft: bool = False) -> Desk:
        self.do(Open(by, form_ or form(), keep_draft))
        return self

    def approved(self) -> Desk:
        """Submitted, and every open ask answered with a yes until it is approved."""
        self.opened()
        while self.status is Status.AWAITING:
            self.approve(self.request.open_asks(AskKind.APPROVE)[0].person)
        return self

    def paid(self, *, told: bool = False) -> Desk:
        self.approved()
        self.do(MarkPaid(FIONA))
        if told:
            self.pass_time(self.policy.paid_delay)
            self.do(AnnouncePayment("clock", self.request.payments[-1].at.isoformat()))
        return self

    def amend(self, *, keep_draft: bool = False, submit: bool = False, **typed: str) -> Outcome:
        return self.do(Amend(RITA, lines(**typed), keep_draft, submit))

    def approve(self, person: Person, comment: str = "", ask: AskRef | None = None) -> Outcome:
        return self.do(Approve(person, ask or ask_of(self.request, person), comment))

    def reject(self, person: Person, comment: str = "", ask: AskRef | None = None) -> Outcome:
        return self.do(Reject(person, ask or ask_of(self.request, person), comment))

    def send_back(self, person: Person, comment: str = "", ask: AskRef | None = None) -> Outcome:
        return self.do(SendBack(person, ask or ask_of(self.request, person), comment))

    def undo(self, person: Person) -> Outcome:
        return self.do(UndoVote(person, ask_of(self.request, person)))

    def pass_time(self, time: timedelta) -> None:
        self.now += time

    def asked(self, kind: AskKind = AskKind.APPROVE) -> set[Person]:
        """Who has an open question of this kind."""
        return {ask.person for ask in self.request.open_asks(kind)}

    def told(self) -> set[tuple[str, Person]]:
        """(kind of notice, person) of the last order's mail deeds."""
        return {(deed.kind, deed.person) for deed in self.deeds if deed.lane is Lane.MAIL}


def kinds(outcome: Outcome) -> list[str]:
    """The names of an outcome's events."""
    return [type(event).__name__ for event in outcome.events]


def reason(outcome: Outcome) -> str:
    """Why an order was refused; empty when it was not."""
    return outcome.reason if isinstance(outcome, Refused) else ""


def is_accepted(outcome: Outcome) -> bool:
    return isinstance(outcome, Accepted)


@cache
def _blank_journal() -> bytes:
    """A fresh journal's file, made once in a run: the same tables as a first start makes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        engine = open_engine(f"sqlite:///{path}")
        prepare(engine, NOW)
        engine.dispose()  # the last connection to go brings the write-ahead log home
        return path.read_bytes()


def blank_journal(folder: Path, database: str = "sqlite") -> str:
    """The URL of a fresh journal on SQLite or PostgreSQL."""
    if database == "postgres":
        from helpers.postgres import blank_journal_url

        return blank_journal_url()
    (folder / "journal.db").write_bytes(_blank_journal())
    return f"sqlite:///{folder / 'journal.db'}"


class World:
    """The same cast before the real door and a real journal; letters carry the tokens that the journal gave out."""

    def __init__(self, folder: Path, policy: Policy | None = None, database: str = "sqlite") -> None:
        self.url = blank_journal(folder, database)
        self.engine = open_engine(self.url)
        self.journal = Journal(self.engine, domain="example.test", lease_clock=as_told)
        self.time = NOW
        self.woken: list[Lane] = []
        self.service = Service(self.journal, policy or policy_of(), lambda: self.time, wake=self.woken.append)
        self._letters, self._invoices = count(1), count(FIRST_INVOICE)

    def pass_time(self, time: timedelta) -> None:
        self.time += time

    def close(self) -> None:
        """Its connections, and its database for the next one."""
        self.engine.dispose()
        if self.engine.dialect.name != "sqlite":
            from helpers.postgres import give_back

            give_back(self.url)

    def start_again(self) -> None:
        """After a crash: what was in hand is free at once on SQLite, when its lease has ended on PostgreSQL."""
        if self.engine.dialect.name == "sqlite":
            self.journal.free_own_leases(self.time)
        else:
            self.pass_time(timedelta(hours=1))

    def letter(self, sender: Person = RITA) -> Cause:
        """A fresh letter as a cause."""
        number = next(self._letters)
        key = f"{number:064d}"
        return Cause(f"letter:{key}:0", LetterEntry(key, "INBOX", self.time, "answers", sender=sender))

    def submitted(self, by: Person = RITA, files: tuple[File, ...] | None = None, **changes: str) -> Reference:
        """A complete request; each with an invoice of its own, unless it says otherwise."""
        number = next(self._invoices)
        own = replace(INVOICE, sha256=f"{number:064x}")
        invoice = {} if number == FIRST_INVOICE else {"invoice": f"№ {number} от 20.11.2026"}
        filled = replace(form(**{**invoice, **changes}), files=(own,) if files is None else files)
        result = self.service.handle(Open(by, filled), self.letter(by))
        assert result.reference is not None
        return result.reference

    def approved(self, by: Person = RITA, files: tuple[File, ...] | None = None, **changes: str) -> Reference:
        reference = self.submitted(by, files, **changes)
        self.reply(ADAM, reference, "APPROVE")
        return reference

    def paid(self, by: Person = RITA, files: tuple[File, ...] | None = None, **changes: str) -> Reference:
        """Approved, paid, and those who must know told."""
        reference = self.approved(by, files, **changes)
        self.pay(reference)
        return reference

    def pay(self, reference: Reference) -> None:
        """Fiona marks it paid, and the delay passes."""
        self.order(MarkPaid(FIONA), reference, FIONA)
        self.pass_time(self.service.policy.paid_delay)
        payments = self.request(reference).payments
        if payments:
            self.order(AnnouncePayment("clock", payments[-1].at.isoformat()), reference, "clock")

    def amend(self, reference: Reference, **typed: str) -> Result:
        """The requester's corrected lines."""
        return self.order(Amend(RITA, lines(**typed)), reference)

    def reply(self, person: Person, reference: Reference, word: str, comment: str = "") -> Result:
        """An answer to the newest notice this person got with something to decide."""
        return self.order(self._command(person, reference, word, comment), reference, person)

    def order(self, command: Command, reference: Reference | None, person: Person = RITA) -> Result:
        return self.service.handle(command, self.letter(person), reference)

    def _command(self, person: Person, reference: Reference, word: str, comment: str) -> Command:
        match word:
            case "APPROVE":
                return Approve(person, self.ask(person, reference), comment)
            case "REJECT":
                return Reject(person, self.ask(person, reference), comment)
            case "RETURN":
                return SendBack(person, self.ask(person, reference), comment)
            case "UNDO":
                return UndoVote(person, self.ask(person, reference), comment)
            case "WITHDRAW":
                return Withdraw(person, comment)
            case "PAID":
                return MarkPaid(person, comment=comment)
            case "OK":
                return ExplainDuplicate(person, self.ask(person, reference), comment)
            case "CONFIRM":
                return ConfirmDetails(person, self.ask(person, reference), comment)
        raise ValueError(word)

    def ask(self, person: Person, reference: Reference, kind: str = "") -> AskRef:
        """The newest token that this person holds for the request, of one kind of notice if named."""
        rows = [row for row in self.journal.notices(reference) if row.person == person and kind in ("", row.kind)]
        row = rows[-1]
        token = self.journal.token(row.token)
        assert token is not None
        return AskRef(token.person, token.version, token.step, token.card_hash, token.ask)

    def request(self, reference: Reference) -> Request:
        found = self.journal.request(reference)
        assert found is not None
        return found

    def status(self, reference: Reference) -> Status:
        return self.request(reference).status

    def notices(self, reference: Reference) -> list[tuple[str, Person]]:
        """(kind, person) of every notice of the request, oldest first."""
        return [(row.kind, row.person) for row in self.journal.notices(reference)]
