"""INN and KPP of the payee in a text, believed by their check digits and by whose they are."""

import re
from collections.abc import Sequence

from documents.invoices.layout import Line, Value, labelled
from documents.invoices.owners import ACCOUNT, owner_of
from documents.invoices.pick import Draft
from documents.invoices.roles import Role, role_of
from values.check_digits import inn_ok, kpp_ok

_OF_THE_PAYEE = r"(?:\s+(?:получателя(?:\s+платежа)?|поставщика|продавца))?"
_INN_KPP_LABEL = re.compile(rf"(?<!\w)инн\s*[/\\]\s*кпп{_OF_THE_PAYEE}(?!\w)", re.IGNORECASE)
_INN_KPP = re.compile(r"(?P<inn>\d{10}|\d{12})\s*[/\\,]?\s*(?P<kpp>\d{4}[0-9A-Z]{2}\d{3})?(?!\d)")
_INN_LABEL = re.compile(
    rf"(?<!\w)инн(?!\w)(?!\s*[/\\]\s*кпп)(?:\s*/\s*(?:tin|inn|tax\s+id)(?!\w))?{_OF_THE_PAYEE}", re.IGNORECASE
)
_INN = re.compile(r"(?P<inn>\d{12}|\d{10})(?!\d)")
_INN_SPACED = re.compile(r"(?P<inn>\d(?: ?\d){9,11})(?!\d)")
_KPP_LABEL = re.compile(rf"(?<!\w)(?<!инн/)(?<!инн /)(?<!инн/ )(?<!инн / )кпп{_OF_THE_PAYEE}(?!\w)", re.IGNORECASE)
_KPP = re.compile(r"(?P<kpp>\d{4}[0-9A-Z]{2}\d{3})(?!\d)")
_NEAR_LINES = 2


def inn_places(lines: Sequence[Line]) -> dict[str, list[Value]]:
    """Where each INN stands."""
    places: dict[str, list[Value]] = {}
    for value in (*labelled(lines, _INN_KPP_LABEL, _INN_KPP), *labelled(lines, _INN_LABEL, _INN)):
        places.setdefault(value.match["inn"], []).append(value)
    return places


def read_tax_numbers(lines: Sequence[Line], draft: Draft, own_inn: str | None) -> None:
    """Find the payee's INN and KPP."""
    inns: dict[str, set[Role | None]] = {}
    places: dict[str, list[Value]] = {}
    for value in _inn_values(lines, draft):
        number = re.sub(r"\s", "", value.match["inn"])
        places.setdefault(number, []).append(value)
        if inn_ok(number):
            inns.setdefault(number, set()).add(role_of(lines, value.line, value.match.start()))
    own_roles = inns.pop(own_inn, set()) if own_inn else set()
    payee = _payee(_holding_the_account(lines, inns, places), own_roles, draft, own_inn)
    if payee is None:
        return
    draft.put("inn", payee, _place(lines, places[payee][0].line), proven=True)
    if len(payee) == 10:
        _read_kpp(lines, draft, places, payee)


def _holding_the_account(
    lines: Sequence[Line], inns: dict[str, set[Role | None]], places: dict[str, list[Value]]
) -> dict[str, set[Role | None]]:
    """Of companies without a role the one in whose block the accounts stand: the others only share the letterhead."""
    free = {inn for inn, roles in inns.items() if roles == {None}}
    if len(free) < 2 or len(free) < len(inns) - sum(roles == {"buyer"} for roles in inns.values()):
        return inns
    holders = {
        owner_of(lines, (number, match.start()), places)
        for number, line in enumerate(lines)
        for match in ACCOUNT.finditer(line.text)
        if role_of(lines, number, match.start()) != "buyer"
    }
    holding = holders & free
    return (
        {inn: roles for inn, roles in inns.items() if inn not in free or inn in holding} if len(holding) == 1 else inns
    )


def _inn_values(lines: Sequence[Line], draft: Draft) -> list[Value]:
    values = [*labelled(lines, _INN_KPP_LABEL, _INN_KPP), *labelled(lines, _INN_LABEL, _INN)]
    seen = {(value.line, value.match.start()) for value in values}
    spaced = [
        value
        for value in labelled(lines, _INN_LABEL, _INN_SPACED)
        if (value.line, value.match.start()) not in seen and inn_ok(value.match["inn"].replace(" ", ""))
    ]
    wrong = {value.match["inn"] for value in values if not inn_ok(value.match["inn"])}
    if wrong:
        draft.doubt("inn_check", wrong)
    return values + spaced


def _payee(
    inns: dict[str, set[Role | None]], own_roles: set[Role | None], draft: Draft, own_inn: str | None
) -> str | None:
    sellers = {inn for inn, roles in inns.items() if "seller" in roles}
    unclear = {inn for inn in sellers if "buyer" in inns[inn]}
    free = {inn for inn, roles in inns.items() if roles == {None}}
    # A carrier writes invoices too: where nobody else could be paid, he is.
    free = free or {inn for inn, roles in inns.items() if roles <= {None, "third"} and roles}
    buyers = {inn for inn, roles in inns.items() if roles == {"buyer"}}
    if own_inn and buyers and not own_roles:
        draft.doubt("buyer_other", buyers)
    if "seller" in own_roles and ("buyer" not in own_roles or not inns):
        draft.doubt("own_inn_as_payee", own_inn or "")
    if len(sellers) == 1 and (not unclear or own_roles):
        return sellers.pop()
    if len(sellers) > 1:
        draft.doubt("several_inn", sellers)
    elif len(free) == 1 and own_inn and not sellers:
        return free.pop()
    elif free or unclear:
        draft.doubt("inn_role_unknown", free | unclear)
    return None


def _read_kpp(lines: Sequence[Line], draft: Draft, places: dict[str, list[Value]], payee: str) -> None:
    """A KPP goes with the INN that stands last before it, in its cell, its line, or up to two lines above."""
    found: dict[str, int] = {}
    for value in places[payee]:
        groups = value.match.groupdict()
        if groups.get("kpp") and kpp_ok(groups["kpp"]):
            found[groups["kpp"]] = value.line
    for value in labelled(lines, _KPP_LABEL, _KPP):
        is_buyers = role_of(lines, value.line, value.match.start()) == "buyer"
        if kpp_ok(value.match["kpp"]) and not is_buyers and _inn_before(lines, value, places) == payee:
            found[value.match["kpp"]] = value.line
    if draft.source == "scan":
        # A misread label would hand us the payer's: only one from the INN's own tax office is believed.
        found = {kpp: line for kpp, line in found.items() if kpp[:4] == payee[:4]}
    if len(found) == 1:
        kpp, line = next(iter(found.items()))
        draft.put("kpp", kpp, _place(lines, line))
    elif found:
        draft.doubt("several_kpp", found)


def _inn_before(lines: Sequence[Line], kpp: Value, places: dict[str, list[Value]]) -> str | None:
    best: tuple[tuple[int, int], str] | None = None
    cell = lines[kpp.line].cells[kpp.cell]
    for inn, values in places.items():
        for value in values:
            same_line = value.line == kpp.line and value.match.start() < kpp.match.start()
            above = 0 < kpp.line - value.line <= _NEAR_LINES and lines[value.line].cells[value.cell].overlaps(cell)
            key = (value.line, value.match.start())
            if (same_line or above) and (best is None or key > best[0]):
                best = (key, inn)
    return best[1] if best else None


def _place(lines: Sequence[Line], number: int) -> str:
    return f"page {lines[number].page}"
