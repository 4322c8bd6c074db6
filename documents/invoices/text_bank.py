"""Bank details and tax numbers in a text: every number is believed by its check digits or by its key, or not at all."""

import re
from collections.abc import Sequence

from documents.invoices.layout import Line, Value, labelled
from documents.invoices.pick import Draft
from documents.invoices.roles import Role, role_beside, role_of
from values.check_digits import (
    account_key_ok,
    account_shape_ok,
    bic_ok,
    corr_account_ok,
    iban_ok,
    inn_ok,
    kpp_ok,
    swift_ok,
)
from values.currencies import IN_ACCOUNTS

_INN_KPP_LABEL = re.compile(r"(?<!\w)инн\s*[/\\]\s*кпп(?:\s+(?:получателя|поставщика|продавца))?(?!\w)", re.IGNORECASE)
_INN_KPP = re.compile(r"(?P<inn>\d{10}|\d{12})\s*[/\\,]?\s*(?P<kpp>\d{4}[0-9A-Z]{2}\d{3})?(?!\d)")
_INN_LABEL = re.compile(r"(?<!\w)инн(?!\w)(?!\s*[/\\]\s*кпп)(?:\s+(?:получателя|поставщика|продавца))?", re.IGNORECASE)
_INN = re.compile(r"(?P<inn>\d{12}|\d{10})(?!\d)")
_INN_SPACED = re.compile(r"(?P<inn>\d(?: ?\d){9,11})(?!\d)")
_KPP_LABEL = re.compile(r"(?<![\w/])(?<!/ )кпп(?!\w)", re.IGNORECASE)
_KPP = re.compile(r"(?P<kpp>\d{4}[0-9A-Z]{2}\d{3})(?!\d)")
_BIC_LABEL = re.compile(r"(?<!\w)бик(?:\s+банка(?:\s+получателя)?)?(?!\w)", re.IGNORECASE)
_BIC = re.compile(r"(?P<bic>\d{9})(?!\d)")
_ACCOUNT = re.compile(r"(?<![\dA-Za-z])(?<!\d[ .-])(?P<account>\d(?:[ \u00a0.-]?\d){19})(?![\dA-Za-z]|[.,]\d)")
_IBAN = re.compile(r"(?<![A-Z0-9])(?P<iban>[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30})")
_IBAN_LABEL = re.compile(r"(?<!\w)iban(?!\w)", re.IGNORECASE)
_SWIFT_LABEL = re.compile(r"(?<!\w)(?:swift|bic)(?:\s*[/-]\s*(?:bic|swift))?(?:[\s-]*code)?(?!\w)", re.IGNORECASE)
_SWIFT = re.compile(r"(?P<swift>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Z0-9])")
_COLLECTED = re.compile(
    r"direct\s+debit|lastschrift|abgebucht|eingezogen|abbuch|mandat|gläubiger-id|debit(?:ed)?\s+(?:from\s+)?your|"
    r"(?:your|ihr\w*)\s+(?:bank\s+)?(?:account|konto)|refund|erstattet",
    re.IGNORECASE,
)
_NEAR_LINES = 2

Place = tuple[int, int]
"""The number of a line and the offset in it."""


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
    payee = _payee(inns, own_roles, draft, own_inn)
    if payee is None:
        return
    draft.put("inn", payee, _place(lines, places[payee][0].line), proven=True)
    if len(payee) == 10:
        _read_kpp(lines, draft, places, payee)


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


def read_accounts(lines: Sequence[Line], draft: Draft) -> None:
    """Find account, BIC and correspondent account that fit one another; the payer's are passed over."""
    accounts, corrs = _accounts(lines)
    accounts, bics = _of_the_payee(lines, accounts), _of_the_payee(lines, _bics(lines))
    if len(accounts) > 1:
        draft.doubt("several_accounts", accounts)
    elif len(bics) > 1:
        draft.doubt("several_bic", bics)
    elif accounts and not bics:
        draft.doubt("account_without_bic", accounts)
    elif accounts:
        (account, (line, _)), (bic, (bic_line, _)) = *accounts.items(), *bics.items()
        _put_account(lines, draft, (account, line), (bic, bic_line), corrs)


def _of_the_payee(lines: Sequence[Line], found: dict[str, Place]) -> dict[str, Place]:
    """Without what belongs to third parties, where anything else is left."""
    if len(found) < 2:
        return found
    kept = {number: place for number, place in found.items() if role_of(lines, *place) != "third"}
    return kept or found


def _put_account(
    lines: Sequence[Line], draft: Draft, account: tuple[str, int], bic: tuple[str, int], corrs: dict[str, Place]
) -> None:
    key = account_key_ok(account[0], bic[0])
    if key is False:
        draft.doubt("account_key", account[0])
        return
    fitting = {corr: line for corr, (line, _) in corrs.items() if corr_account_ok(corr, bic[0])}
    for corr in corrs.keys() - fitting.keys():
        draft.doubt("corr_account_key", corr)
    draft.put("account", account[0], _place(lines, account[1]), proven=bool(key))
    draft.put("bic", bic[0], _place(lines, bic[1]), proven=bool(key) and len(corrs) == len(fitting) == 1)
    if len(fitting) == 1:
        corr, line = next(iter(fitting.items()))
        draft.put("corr_account", corr, _place(lines, line), proven=True)


def _accounts(lines: Sequence[Line]) -> tuple[dict[str, Place], dict[str, Place]]:
    accounts: dict[str, Place] = {}
    corrs: dict[str, Place] = {}
    for number, line in enumerate(lines):
        for match in _ACCOUNT.finditer(line.text):
            account = re.sub(r"\D", "", match["account"])
            if not account_shape_ok(account) or not _is_account(account):
                continue
            if role_of(lines, number, match.start()) == "buyer":
                continue
            (corrs if account.startswith(("301", "40102")) else accounts).setdefault(account, (number, match.start()))
    return accounts, corrs


def _is_account(account: str) -> bool:
    return account[5:8] in IN_ACCOUNTS and account[0] in "0345"


def _bics(lines: Sequence[Line]) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for value in labelled(lines, _BIC_LABEL, _BIC):
        if bic_ok(value.match["bic"]) and role_of(lines, value.line, value.match.start()) != "buyer":
            found.setdefault(value.match["bic"], (value.line, value.match.start()))
    return found


def read_iban(lines: Sequence[Line], draft: Draft) -> None:
    """Find the payee's IBAN and the SWIFT code of his bank."""
    ibans: dict[str, tuple[int, Role | None]] = {}
    for number, one in enumerate(lines):
        for match in _IBAN.finditer(one.text):
            iban = _longest_iban(match["iban"])
            if iban and role_beside(one, match.start()) != "buyer":
                ibans.setdefault(iban, (number, role_of(lines, number, match.start())))
    if len(ibans) > 1:
        ibans = {iban: place for iban, place in ibans.items() if place[1] != "buyer"} or ibans
    if not ibans and (wrong := [value.match["iban"] for value in labelled(lines, _IBAN_LABEL, _IBAN)]):
        draft.doubt("iban_check", wrong)
    if ibans and any(_COLLECTED.search(one.text) for one in lines):
        # The IBAN may be our own, from which the supplier collects.
        draft.doubt("direct_debit", ibans)
    elif len(ibans) > 1:
        draft.doubt("several_iban", ibans)
    elif ibans:
        iban, (line, _) = next(iter(ibans.items()))
        draft.put("iban", iban, _place(lines, line), proven=True)
        _read_swift(lines, draft, iban)


def _longest_iban(text: str) -> str | None:
    for end in range(len(text), 14, -1):
        bare = re.sub(r"[ \u00a0]", "", text[:end])
        if text[end - 1] not in " \u00a0" and iban_ok(bare):
            return bare
    return None


def _read_swift(lines: Sequence[Line], draft: Draft, iban: str) -> None:
    found = {
        value.match["swift"]: value.line
        for value in labelled(lines, _SWIFT_LABEL, _SWIFT)
        if swift_ok(value.match["swift"]) and role_beside(lines[value.line], value.match.start()) != "buyer"
    }
    fitting = {swift: line for swift, line in found.items() if swift[4:6] == iban[:2]}
    if found and not fitting:
        draft.doubt("swift_country", [*found, iban])
    elif len(fitting) == 1:
        swift, line = next(iter(fitting.items()))
        draft.put("swift", swift, _place(lines, line))


def _place(lines: Sequence[Line], number: int) -> str:
    return f"page {lines[number].page}"
