"""An answer to a daily list: several orders in one letter, each decided on its own, all told in one receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from mailer.letter import Letter
from workflow.core.commands import Approve, AskRef, Command, Reject, SendBack
from workflow.core.deeds import Deed, Lane
from workflow.core.model import AskKind
from workflow.digest import Judge, read_digest
from workflow.journal import Result
from workflow.keywords import Action
from workflow.people import Member

TOLD_IN_RECEIPT = frozenset({"receipt_vote", "answer_refused"})
_LISTED = re.compile(r"^\s*(\d{1,3})\. ", re.MULTILINE)
"""How a line of the list begins in our mail."""


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
    at: str = ""
    """When the list was sent: a question asked anew since is not answered by it."""

    def command(self, by: str) -> Command:
        at = datetime.fromisoformat(self.at) if self.at else None
        ask = AskRef(by, self.version, self.step, self.card_hash, AskKind.APPROVE.value, at)
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

    @property
    def told(self) -> frozenset[str]:
        return TOLD_IN_RECEIPT

    @property
    def closing(self) -> tuple[str, str]:
        return "answers", "digest"

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

    def receipt(self, results: Mapping[int, Result]) -> Deed:
        """One receipt for all lines: decided (or why not), and those that stay open."""
        told = [
            [order.line, order.reference, order.action, _why_not(results.get(order.line)), order.comment]
            for order in self.orders
        ]
        named = {order.line for order in self.orders}
        still = [[number, reference] for number, (reference, _) in enumerate(self.lines, 1) if number not in named]
        params = {
            "results": told, "open": still, "unclear": [list(pair) for pair in self.unclear],
            "unknown": list(self.unknown),
        }  # fmt: skip
        return Deed(Lane.MAIL, "digest_receipt", self.by, params)


def _why_not(result: Result | None) -> str:
    return "" if result is None or result.accepted else result.reason


def several(
    letter: Letter, member: Member, lines: Sequence[Sequence[Any]], judge: Judge, sent: datetime | None = None
) -> Several:
    """Read an answer to a list whose lines are [reference, version, step, card hash]."""
    reading = read_digest(numbered(letter.woven) or letter.new_text, len(lines), judge)
    orders, at = [], sent.isoformat() if sent else ""
    for number in sorted(reading.orders):
        order = reading.orders[number]
        reference, version, step, card_hash = lines[number - 1]
        orders.append(LineCommand(number, reference, version, step, card_hash, order.action.value, order.comment, at))
    shown = tuple((str(reference), int(version)) for reference, version, *_ in lines)
    return Several(member.email, tuple(orders), shown, tuple(reading.unclear), tuple(reading.unknown))


def between(letter: Letter) -> tuple[str, ...]:
    """What he wrote between the lines of the list and is not read as said of one of them."""
    said = {text.strip() for _, text in letter.woven} if numbered(letter.woven) else set()
    return tuple(
        stretch
        for stretch in letter.inserted
        if not {line.strip() for line in stretch.split("\n") if line.strip()} <= said
    )


def numbered(woven: Sequence[tuple[str, str]]) -> str:
    """Words written under the quoted lines of the list, each with the number of the line that it stands under.

    A word that stands under no numbered line keeps its place; what follows a numbered word goes on with it."""
    out: list[str] = []
    any_number = False
    for quoted, text in woven:
        listed = _LISTED.findall(quoted)
        any_number = any_number or bool(listed)
        out.append(f"{listed[-1]}. {text.strip()}" if listed else text.strip())
    return "\n".join(out) if any_number else ""
