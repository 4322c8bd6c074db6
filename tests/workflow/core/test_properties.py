"""What holds whatever people do: orders in any order, by anybody, with any ask, never make a false approval.

The machine below knows no rule of the core. It throws orders at a desk and after each looks only at the history: who
said yes to which card, and whether those people were on the route and allowed to sit.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import TypeAdapter

from helpers.world import (
    ADA,
    ADAM,
    FIONA,
    FORM,
    INVOICE,
    MALLORY,
    NOW,
    ORDER,
    OSCAR,
    OTHER_ACCOUNT,
    RITA,
    Desk,
    form,
    is_accepted,
    policy_of,
)
from workflow.core import commands as c
from workflow.core.deeds import Lane
from workflow.core.events import (
    ApprovalCompleted,
    Approved,
    Opened,
    Paid,
    PaymentAnnounced,
    PaymentRecalled,
    Submitted,
    VoteUndone,
    from_json,
    to_json,
)
from workflow.core.evolve import begin, evolve
from workflow.core.model import AskKind, Choice, HoldKind, Request, Status, Step, card_of, hash_of
from workflow.core.outcome import REGISTRY
from workflow.core.payment import paid_so_far

ALAN = "alan@example.test"
PEOPLE = (RITA, ADAM, ADA, ALAN, FIONA, OSCAR, MALLORY)
APPROVERS = (ADAM, ADA, ALAN, RITA, FIONA)  # requester and accountant stand in rules too, and must never count
STATE: TypeAdapter[Request] = TypeAdapter(Request)

steps = st.builds(
    Step,
    st.sampled_from(["any", "all", "quorum"]),
    st.lists(st.sampled_from(APPROVERS), min_size=1, max_size=4, unique=True).map(tuple),
    st.integers(1, 3),
)
routes = st.lists(steps, min_size=1, max_size=3)
people = st.sampled_from(PEOPLE)
words = st.sampled_from(["", "потому что"])
edits = st.sampled_from([
    {"amount": "5000"}, {"amount": "4.800"}, {"amount": "4800"}, {"pay_by": "30.11.2026"}, {"subject": "Иное"},
    {"account": "40702810940200761293"}, dict(OTHER_ACCOUNT), {},
])  # fmt: skip


class Office(RuleBasedStateMachine):
    """Everybody does whatever comes to mind, with asks true, old and made up."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()

    @initialize(route=routes, by=st.sampled_from([RITA, ADAM]), draft=st.booleans(), broken=st.booleans())
    def begin(self, route: list[Step], by: str, draft: bool, broken: bool) -> None:
        self.desk = Desk(policy_of(*route, approvers=frozenset(APPROVERS)))
        self.desk.opened(form(amount="" if broken else FORM["amount"]), by=by, keep_draft=draft)

    # --- people -----------------------------------------------------------------------------------------------------

    def ask(self, person: str, version: int, step: int, kind: str, right_card: bool) -> c.AskRef:
        """Half the time what the person's mail holds, else something made up."""
        card = self.desk.request.card_hash if right_card else "0" * 64
        return c.AskRef(person, max(0, self.desk.request.version - version), step, card, kind)

    asks = st.tuples(
        st.sampled_from([0, 0, 0, 1]), st.integers(0, 3), st.sampled_from(["approve", "approve", "pay", ""]),
        st.sampled_from([True, True, True, False]),
    )  # fmt: skip

    @rule(yes=st.data())
    def say_yes_to_an_open_ask(self, yes: st.DataObject) -> None:
        waiting = sorted(self.desk.asked())
        if waiting:
            self.desk.approve(yes.draw(st.sampled_from(waiting)))

    @rule(person=people, owner=people, ask=asks, comment=words)
    def say_yes_to_anything(self, person: str, owner: str, ask: tuple[int, int, str, bool], comment: str) -> None:
        self.desk.do(c.Approve(person, self.ask(owner, *ask), comment))

    @rule(person=people, ask=asks, comment=words, again=st.booleans())
    def say_no(self, person: str, ask: tuple[int, int, str, bool], comment: str, again: bool) -> None:
        self.desk.do((c.SendBack if again else c.Reject)(person, self.ask(person, *ask), comment))

    @rule(person=people, ask=asks, comment=words)
    def undo_or_explain(self, person: str, ask: tuple[int, int, str, bool], comment: str) -> None:
        ref = self.ask(person, *ask)
        self.desk.do(c.GiveReason(person, ref, comment) if comment else c.UndoVote(person, ref))

    @precondition(lambda self: any("@" in vote.person for vote in self.desk.request.votes[-1:]))
    @rule()
    def undo_the_last_vote(self) -> None:
        self.desk.undo(self.desk.request.votes[-1].person)

    @rule(edit=edits, draft=st.booleans(), submit=st.booleans(), files=st.sampled_from([(), (INVOICE,)]))
    def amend(self, edit: dict[str, str], draft: bool, submit: bool, files: tuple[object, ...]) -> None:
        self.desk.do(c.Amend(RITA, c.Form(edit, files=files), draft, submit))  # type: ignore[arg-type]

    @rule(edit=edits)
    def correct(self, edit: dict[str, str]) -> None:
        self.desk.do(c.Amend(RITA, c.Form(edit)))

    @rule(to=people, instead=st.sampled_from([None, *PEOPLE]))
    def reroute(self, to: str, instead: str | None) -> None:
        self.desk.do(c.Reroute(OSCAR, to, "x", instead))

    @rule(text=words, unclear=st.booleans())
    def withdraw_or_talk(self, text: str, unclear: bool) -> None:
        self.desk.do(c.Comment(RITA, text, "requester", unclear=unclear) if text or unclear else c.Withdraw(RITA))

    # --- accounting and the clock -----------------------------------------------------------------------------------

    @rule(by=st.sampled_from([FIONA, REGISTRY]), amount=st.sampled_from([None, Decimal(100), Decimal(9000)]))
    def pay(self, by: str, amount: Decimal | None) -> None:
        self.desk.do(c.MarkPaid(by, amount=amount, files=(ORDER,)))

    @rule(order=st.sampled_from([None, "7"]))
    def change_the_mark(self, order: str | None) -> None:
        self.desk.do(c.CorrectPayment(REGISTRY, order=order) if order else c.UnmarkPaid(REGISTRY))

    @rule(reason=words, kind=st.sampled_from(list(HoldKind)), off=st.booleans())
    def hold(self, reason: str, kind: HoldKind, off: bool) -> None:
        self.desk.do(c.Release(FIONA, kind) if off else c.PutOnHold(FIONA, reason, kind))

    @rule()
    def return_in_the_sheet(self) -> None:
        self.desk.do(c.SendBack(REGISTRY, None, ""))

    @precondition(lambda self: bool(self.desk.request.payments))
    @rule()
    def announce(self) -> None:
        self.desk.do(c.AnnouncePayment("clock", self.desk.request.payments[-1].at.isoformat()))

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.desk.pass_time(timedelta(minutes=minutes))

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_approved_without_the_routes_yes_on_this_card(self) -> None:
        request = self.desk.found
        if request is None or request.status not in (Status.APPROVED, Status.PAID):
            return
        assert request.route
        for number, step in enumerate(request.route):
            assert len(self.yes_of_history(number) & set(step.people)) >= step.enough >= 1

    def yes_of_history(self, step: int) -> set[str]:
        """Who, by the history alone, said yes to this step of the current version and did not take it back."""
        request, said = self.desk.request, set[str]()
        for event, _ in self.desk.history:
            match event:
                case Submitted():
                    said = set()
                case Approved(person=person, version=version, step=at) if at == step and version == request.version:
                    said.add(person)
                case VoteUndone(person=person, step=at) if at == step:
                    said.discard(person)
                case VoteUndone(step=at) if at < step:
                    said = set()
                case _:
                    pass
        assert not said & {request.requester, FIONA, MALLORY, OSCAR}
        return said

    @invariant()
    def the_form_is_the_card_that_was_approved(self) -> None:
        request = self.desk.found
        if request is None or request.status not in (Status.AWAITING, Status.APPROVED, Status.PAID):
            return
        assert not request.problems
        assert request.card_hash == hash_of(card_of(request.fields, request.files)) == hash_of(request.approved_card)

    @invariant()
    def nobody_sits_who_may_not(self) -> None:
        request = self.desk.found
        if request is not None:
            assert not {request.requester, FIONA, MALLORY} & set(request.approvers)

    @invariant()
    def whoever_is_awaited_can_answer(self) -> None:
        """An awaiting request has an open ask that would count, or says that it is stuck."""
        request = self.desk.found
        if request is None or request.status is not Status.AWAITING:
            return
        asks = [a for a in request.open_asks(AskKind.APPROVE) if (a.step, a.version) == (request.step, request.version)]
        assert request.stuck != bool(asks)
        voted = {vote.person for vote in request.approvals() if vote.step == request.step}
        assert not voted & {ask.person for ask in asks}
        assert {ask.person for ask in asks} <= set(request.route[request.step].people)

    @invariant()
    def no_more_is_paid_than_was_approved(self) -> None:
        request = self.desk.found
        if request is None or request.amount is None:
            return
        if request.status is Status.PAID:
            assert paid_so_far(request) == request.amount
        told = [event for event, _ in self.desk.history if isinstance(event, PaymentAnnounced | PaymentRecalled)]
        assert all(type(one) is not type(two) for one, two in pairwise(told))

    @invariant()
    def versions_only_rise_and_completion_follows_votes(self) -> None:
        versions = [event.version for event, _ in self.desk.history if isinstance(event, Submitted)]
        assert versions == list(range(1, len(versions) + 1))
        kinds = [type(event) for event, _ in self.desk.history]
        for before, kind in pairwise(kinds):
            assert kind is not ApprovalCompleted or before is Approved

    @invariant()
    def the_history_alone_makes_the_same_request(self) -> None:
        request: Request | None = None
        for event, at in self.desk.history:
            again = from_json(type(event).__name__, to_json(event))
            assert again == event
            if isinstance(again, Opened):
                request = begin("PAY-2026-00001", again, at)
            else:
                assert request is not None
                request = evolve(request, again, at)
        assert request == self.desk.found
        if request is not None:
            assert STATE.validate_json(STATE.dump_json(request)) == request

    @invariant()
    def notices_go_to_addresses_and_nothing_comes_of_nothing(self) -> None:
        for deed in self.desk.deeds:
            assert "@" in deed.person or deed.lane is not Lane.MAIL
        if self.desk.found is not None and self.desk.found.status is Status.REJECTED:
            assert any(vote.decision is Choice.REJECT for vote in self.desk.found.current_votes())


TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("day", [0, 1])
def test_the_machine_can_reach_a_payment(day: int) -> None:
    """The invariants are not true for want of approvals."""
    desk = Desk(policy_of(Step("quorum", (ADAM, ADA, RITA), 2)), now=NOW + timedelta(days=day)).paid(told=True)
    assert desk.status is Status.PAID
    assert any(isinstance(event, Paid) for event, _ in desk.history)
    assert is_accepted(desk.do(c.PutOnHold(FIONA, "вернулось")))
