"""An answer to a daily list: several orders in one letter, each decided on its own, all told in one receipt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mailer.letter import Letter
from workflow.core.commands import Approve, AskRef, Command, Reject, SendBack
from workflow.core.deeds import Deed, Lane
from workflow.core.model import AskKind
from workflow.digest import Judge, read_digest
from workflow.keywords import Action
from workflow.people import Member


@dataclass(frozen=True, slots=True)
class LineCommand:
    """One order of a list's answer, as it is stored with the letter until it is done."""

    line: int
    reference: str
    version: int
    step: int
    card_hash: str
    action: str
    comment: str

    def command(self, by: str) -> Command:
        ask = AskRef(by, self.version, self.step, self.card_hash, AskKind.APPROVE.value)
        match Action(self.action):
            case Action.APPROVE:
                return Approve(by, ask, self.comment)
            case Action.REJECT:
                return Reject(by, ask, self.comment)
            case _:
                return SendBack(by, ask, self.comment)


@dataclass(frozen=True, slots=True)
class Several:
    """Everything an answer to a list says; `rest` goes into the receipt."""

    by: str
    orders: tuple[LineCommand, ...]
    lines: tuple[tuple[str, int], ...]
    unclear: tuple[tuple[str, str], ...]
    unknown: tuple[int, ...]

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def restore(cls, text: str) -> Several:
        found = json.loads(text)
        return cls(
            found["by"], tuple(LineCommand(**order) for order in found["orders"]),
            tuple((reference, version) for reference, version in found["lines"]),
            tuple((read, doubt) for read, doubt in found["unclear"]), tuple(found["unknown"]),
        )  # fmt: skip

    def receipt(self, results: Mapping[int, str]) -> Deed:
        """One receipt for all lines: decided (or why not), and those that stay open."""
        told = [
            [order.line, order.reference, order.action, results.get(order.line, ""), order.comment] for order in self.orders
        ]
        named = {order.line for order in self.orders}
        still = [[number, reference] for number, (reference, _) in enumerate(self.lines, 1) if number not in named]
        params = {
            "results": told, "open": still, "unclear": [list(pair) for pair in self.unclear], "unknown": list(self.unknown),
        }  # fmt: skip
        return Deed(Lane.MAIL, "digest_receipt", self.by, params)


def several(letter: Letter, member: Member, lines: Sequence[Sequence[Any]], judge: Judge) -> Several:
    """Read an answer to a list whose lines are [reference, version, step, card hash]."""
    reading = read_digest(letter.new_text, len(lines), judge)
    orders = []
    for number in sorted(reading.orders):
        order = reading.orders[number]
        reference, version, step, card_hash = lines[number - 1]
        orders.append(LineCommand(number, reference, version, step, card_hash, order.action.value, order.comment))
    shown = tuple((str(reference), int(version)) for reference, version, *_ in lines)
    return Several(member.email, tuple(orders), shown, tuple(reading.unclear), tuple(reading.unknown))
