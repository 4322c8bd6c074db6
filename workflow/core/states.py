"""Which event may happen in which state, as a table; the README's diagram is printed from it.

`python -m workflow.core.states` prints the diagram.
"""

from __future__ import annotations

from workflow.core import events as e
from workflow.core.events import Event
from workflow.core.model import Status

D, A, R, OK, P, NO, W = (
    Status.DRAFT, Status.AWAITING, Status.RETURNED, Status.APPROVED, Status.PAID, Status.REJECTED, Status.WITHDRAWN,
)  # fmt: skip

NEXT: dict[tuple[Status, type[Event]], Status] = {
    (D, e.Submitted): A,
    (R, e.Submitted): A,
    (A, e.Submitted): A,
    (OK, e.Submitted): A,
    (A, e.Approved): A,
    (A, e.ApprovalCompleted): OK,
    (A, e.Rejected): NO,
    (OK, e.Rejected): NO,
    (A, e.Returned): R,
    (OK, e.Returned): R,
    (A, e.VoteUndone): A,
    (OK, e.VoteUndone): A,
    (NO, e.VoteUndone): A,
    (R, e.VoteUndone): A,
    (D, e.Withdrawn): W,
    (A, e.Withdrawn): W,
    (R, e.Withdrawn): W,
    (OK, e.Withdrawn): W,
    (OK, e.PartPaid): OK,
    (OK, e.Paid): P,
    (OK, e.PaidUndone): OK,
    (OK, e.PaymentCorrected): OK,
    (OK, e.PaymentRecalled): OK,
    (P, e.PaidUndone): OK,
    (P, e.PaymentCorrected): P,
    (P, e.PaymentAnnounced): P,
    (P, e.PaymentRecalled): OK,
}
"""Events that move a request, or that only one state allows."""

ANYWHERE: frozenset[type[Event]] = frozenset({
    e.Filled, e.CorrectionRefused, e.Asked, e.StepStuck, e.ReasonAdded, e.Held, e.Released, e.PaidWithoutApproval,
    e.PartAnnounced, e.PaymentOrderFiled, e.OrderNumbered, e.Commented, e.Rerouted, e.Bounced, e.NoticeInDoubt,
    e.EditRefused, e.AnswerRefused, e.BankDetailsConfirmed,
})  # fmt: skip
"""Facts that are recorded in any state and leave it as it is."""


class IllegalMove(Exception):
    """An event that the table does not allow: a fault of ours, nothing is changed."""

    def __init__(self, status: Status, event: Event) -> None:
        super().__init__(f"{type(event).__name__} cannot happen to a request that is {status.value}.")


def next_status(status: Status, event: Event) -> Status:
    """The state after the event; raises `IllegalMove` for a pair that is not in the table."""
    if type(event) in ANYWHERE:
        return status
    try:
        return NEXT[status, type(event)]
    except KeyError:
        raise IllegalMove(status, event) from None


def diagram() -> str:
    """The table as a Mermaid state diagram; several events between two states share an arrow."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for (before, event), after in NEXT.items():
        if before is not after:
            arrows.setdefault((before, after), []).append(event.__name__)
    lines = ["stateDiagram-v2", f"    [*] --> {D.value}"]
    lines += [f"    {a.value} --> {b.value}: {', '.join(names)}" for (a, b), names in arrows.items()]
    lines += [f"    {final.value} --> [*]" for final in (P, NO, W)]
    return "\n".join(lines)


if __name__ == "__main__":
    print(diagram())
