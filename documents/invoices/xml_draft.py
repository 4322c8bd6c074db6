"""What the reader of one XML format has taken from a document, before it is checked."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from documents.invoices.model import Doubt
from values.currencies import CURRENCIES

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)


@dataclass(slots=True)
class Draft:
    """What the reader of one format has taken from a document; values are put in with where they stood."""

    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def put(self, name: str, value: str, place: str) -> None:
        """Keep a value that is not empty."""
        if value:
            self.values[name] = (value, place)

    def get(self, name: str) -> str | None:
        """The value of a field so far."""
        return self.values[name][0] if name in self.values else None

    def drop(self, *names: str) -> None:
        """Forget fields."""
        for name in names:
            self.values.pop(name, None)


def decimal_of(text: str) -> Decimal | None:
    """A number as XML writes it, or None."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def put_amount(draft: Draft, amount: Decimal | None, total: Decimal | None, place: str) -> None:
    """Keep the amount to pay, which is not the total where something was paid before."""
    if amount is None:
        return
    if amount <= 0:
        draft.doubts.append(("nothing_to_pay", str(amount)))
        return
    if total is not None and total != amount:
        draft.doubts.append(("prepaid", f"{total} / {amount}"))
    units = CURRENCIES.get(draft.get("currency") or "", 2)
    if amount != round(amount, units):
        draft.doubts.append(("amount_unclear", str(amount)))
        return
    draft.put("amount", f"{amount:.{units}f}", place)
