"""One value or none: what several places of a text say of a field is brought together here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from documents.invoices.model import Doubt, Found, Source


@dataclass(slots=True)
class Draft:
    """What the text of one file gives so far."""

    source: Source
    found: dict[str, Found] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    currency_of_accounts: str | None = None
    """What all accounts that may be the payee's are kept in."""

    def put(self, name: str, value: str, place: str, proven: bool = False, source: Source | None = None) -> None:
        """Keep a value; what a scan gives is never proven."""
        # What is worked out from a scan is no better than the scan.
        used = self.source if self.source == "scan" else source or self.source
        self.found[name] = Found(name, value, used, place, proven and self.source != "scan")

    def get(self, name: str) -> str | None:
        """The value of a field so far."""
        return self.found[name].value if name in self.found else None

    def doubt(self, code: str, seen: Iterable[str] | str = "") -> None:
        """Note a doubt once."""
        detail = seen if isinstance(seen, str) else ", ".join(sorted(set(seen)))
        if (code, detail) not in self.doubts:
            self.doubts.append((code, detail))


Candidate = tuple[str, str]


def settle(
    draft: Draft, name: str, candidates: Iterable[Candidate], doubt: str, fold: Callable[[str], str] = str
) -> None:
    """Keep the one value that all candidates agree on; two of them make a doubt and no value."""
    distinct: dict[str, Candidate] = {}
    for value, place in candidates:
        distinct.setdefault(fold(value), (value, place))
    if len(distinct) == 1:
        value, place = next(iter(distinct.values()))
        draft.put(name, value, place)
    elif distinct:
        draft.doubt(doubt, (value for value, _ in distinct.values()))
