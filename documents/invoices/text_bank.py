"""Bank details in a text: every number is believed by its check digits or by its key, or not at all."""

import re
from collections.abc import Sequence

from documents.invoices.layout import Line, Value, labelled
from documents.invoices.model import BANK_FIELDS
from documents.invoices.owners import ACCOUNT, Place, is_assigned, is_out_of_use, is_redirected, nearest, owner_of
from documents.invoices.pick import Draft
from documents.invoices.roles import Role, role_beside, role_of
from documents.invoices.text_tax import inn_places
from values.check_digits import (
    account_key_ok,
    account_shape_ok,
    bic_ok,
    corr_account_ok,
    iban_ok,
    swift_ok,
)
from values.currencies import IN_ACCOUNTS

_BIC_LABEL = re.compile(
    r"(?<!\w)бик(?:\s+(?:банка(?:\s+получателя)?|тофк))?(?:\s*/\s*(?:bic|bik)(?!\w))?(?!\w)", re.IGNORECASE
)
_BIC = re.compile(r"(?P<bic>\d{9}|\d{3} \d{3} \d{3})(?! ?\d)")
_IBAN = re.compile(r"(?<![A-Z0-9])(?P<iban>[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30})")
_IBAN_BEGINS = re.compile(r"IBAN\W{0,3}(?P<head>[A-Z]{2}\d{2} ?[A-Z0-9]{4})")
_IBAN_LABEL = re.compile(r"(?<!\w)iban(?!\w)", re.IGNORECASE)
_SWIFT_LABEL = re.compile(r"(?<!\w)(?:swift|bic|бик)(?:\s*[/-]\s*(?:bic|swift))?(?:[\s-]*code)?(?!\w)", re.IGNORECASE)
_SWIFT = re.compile(r"(?P<swift>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Z0-9])")
_COLLECTED = re.compile(
    r"direct\s+debit|lastschrift|abgebucht|eingezogen|abbuch|mandat|gläubiger-id|debit(?:ed)?\s+(?:from\s+)?your|"
    r"(?:your|ihr\w*)\s+(?:bank\s+)?(?:account|konto)|refund|erstattet",
    re.IGNORECASE,
)


def read_accounts(lines: Sequence[Line], draft: Draft, own_inn: str | None) -> None:
    """Find account, BIC and correspondent account that fit one another; the payer's are passed over."""
    accounts, corrs, buyers = _accounts(lines, draft)
    inns = inn_places(lines) if len(accounts) > 1 or buyers else {}
    # We are the buyer: an account in the block of another company is not the buyer's, whatever word stands above it.
    others = {number: place for number, place in buyers.items() if owner_of(lines, place, inns) not in (None, own_inn)}
    others = others if own_inn in inns or is_redirected(lines) else {}
    accounts |= others
    bics = _without_third(lines, _bics(lines, bool(others)))
    payee = draft.get("inn")
    accounts = _in_roubles(lines, _of_the_payee(lines, accounts, inns, own_inn, payee))
    if len(accounts) == 1 and len(bics) > 1:
        bics = nearest(lines, next(iter(accounts.values())), bics)
    currencies = {IN_ACCOUNTS[account[5:8]] for account in accounts}
    draft.currency_of_accounts = currencies.pop() if len(currencies) == 1 else None
    if len(accounts) > 1:
        draft.doubt("several_accounts", accounts)
    elif len(bics) > 1:
        draft.doubt("several_bic", bics)
    elif accounts and not bics:
        draft.doubt("account_without_bic", accounts)
    elif accounts:
        (account, (line, _)), (bic, (bic_line, _)) = *accounts.items(), *bics.items()
        _put_account(lines, draft, (account, line), (bic, bic_line), corrs)


def leave_out_the_unpaid(lines: Sequence[Line], draft: Draft, own_inn: str | None) -> None:
    """Where the money goes to another company than the supplier, his name and tax numbers are not the payee's; where
    we are the supplier, nobody is to be paid."""
    account = draft.get("account")
    place = _all_accounts(lines).get(account) if account else None
    owner = owner_of(lines, place, inn_places(lines)) if place else None
    are_seller = any(code == "own_inn_as_payee" for code, _ in draft.doubts)
    if are_seller and owner == own_inn and draft.get("inn") is None:
        for name in ("contractor", *BANK_FIELDS):
            draft.found.pop(name, None)
    elif is_redirected(lines) and owner not in (None, own_inn, draft.get("inn")):
        for name in ("inn", "kpp", "contractor"):
            draft.found.pop(name, None)
        draft.doubt("payee_not_seller", owner or "")


def _of_the_payee(
    lines: Sequence[Line],
    found: dict[str, Place],
    inns: dict[str, list[Value]],
    own_inn: str | None,
    payee: str | None,
) -> dict[str, Place]:
    """Without what belongs to third parties, to us, or to another company, where anything else is left."""
    found = _without_third(lines, found)
    if len(found) < 2:
        return found
    owners = {number: owner_of(lines, place, inns) for number, place in found.items()}
    if own_inn:
        found = {number: place for number, place in found.items() if owners[number] != own_inn} or found
    if len(found) < 2 or payee is None or is_redirected(lines):
        return found
    return {number: place for number, place in found.items() if owners[number] in (payee, None)} or found


def _without_third(lines: Sequence[Line], found: dict[str, Place]) -> dict[str, Place]:
    if len(found) < 2:
        return found
    return {number: place for number, place in found.items() if role_of(lines, *place) != "third"} or found


_FOREIGN = re.compile(
    r"(?<![A-Za-z])(?:USD|EUR|CNY|CHF|GBP|AED|TRY|KZT|BYN)(?![A-Za-z])|[$€£]|(?<!\w)(?:доллар|евро|юан)", re.IGNORECASE
)


def _in_roubles(lines: Sequence[Line], accounts: dict[str, Place]) -> dict[str, Place]:
    """Of accounts in several currencies the one in roubles, where nothing but accounts names a currency of others."""
    roubles = {number: place for number, place in accounts.items() if IN_ACCOUNTS[number[5:8]] == "RUB"}
    if len(roubles) != 1 or len(accounts) == 1:
        return accounts
    about = (line.text for line in lines if not ACCOUNT.search(line.text))
    return accounts if any(_FOREIGN.search(text) for text in about) else roubles


def _put_account(
    lines: Sequence[Line], draft: Draft, account: tuple[str, int], bic: tuple[str, int], corrs: dict[str, Place]
) -> None:
    key = account_key_ok(account[0], bic[0])
    if key is False:
        draft.doubt("account_key", account[0])
        return
    # The correspondent account belongs to the bank: beside another's account at the same bank it is the same.
    fitting = {corr: line for corr, (line, _) in (corrs or _all_corrs(lines)).items() if corr_account_ok(corr, bic[0])}
    for corr in corrs.keys() - fitting.keys():
        draft.doubt("corr_account_key", corr)
    draft.put("account", account[0], _place(lines, account[1]), proven=bool(key))
    draft.put("bic", bic[0], _place(lines, bic[1]), proven=bool(key) and len(corrs) == len(fitting) == 1)
    if len(fitting) == 1:
        corr, line = next(iter(fitting.items()))
        draft.put("corr_account", corr, _place(lines, line), proven=True)


def _accounts(lines: Sequence[Line], draft: Draft) -> tuple[dict[str, Place], dict[str, Place], dict[str, Place]]:
    """Accounts, correspondent accounts, and accounts that seem to be the buyer's."""
    accounts: dict[str, Place] = {}
    corrs: dict[str, Place] = {}
    buyers: dict[str, Place] = {}
    assigned = is_assigned(lines)
    for number, line in enumerate(lines):
        for match in ACCOUNT.finditer(line.text):
            account = re.sub(r"\D", "", match["account"])
            if not account_shape_ok(account) or not _is_account(account):
                continue
            if is_out_of_use(lines, (number, match.start()), len(match[0])):
                draft.doubt("account_out_of_use", account)
                continue
            # Below the buyer's line may stand who is to be paid instead of the supplier.
            role = role_beside(line, match.start()) if assigned else role_of(lines, number, match.start())
            is_corr = account.startswith(("301", "40102"))
            if role == "buyer" and is_corr:
                continue
            kept = corrs if is_corr else buyers if role == "buyer" else accounts
            kept.setdefault(account, (number, match.start()))
    return accounts, corrs, {number: place for number, place in buyers.items() if number not in accounts}


def _all_corrs(lines: Sequence[Line]) -> dict[str, Place]:
    return {one: place for one, place in _all_accounts(lines).items() if one.startswith(("301", "40102"))}


def _all_accounts(lines: Sequence[Line]) -> dict[str, Place]:
    found = ((number, match) for number, line in enumerate(lines) for match in ACCOUNT.finditer(line.text))
    return {re.sub(r"\D", "", match["account"]): (number, match.start()) for number, match in found}


def _is_account(account: str) -> bool:
    return account[5:8] in IN_ACCOUNTS and account[0] in "0345"


def _bics(lines: Sequence[Line], even_buyers: bool) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for value in labelled(lines, _BIC_LABEL, _BIC):
        place = (value.line, value.match.start())
        is_buyers = not even_buyers and role_of(lines, *place) == "buyer"
        bic = value.match["bic"].replace(" ", "")
        if bic_ok(bic) and not is_buyers and not is_out_of_use(lines, place, 9):
            found.setdefault(bic, place)
    return found


def read_iban(lines: Sequence[Line], draft: Draft) -> None:
    """Find the payee's IBAN and the SWIFT code of his bank."""
    ibans: dict[str, tuple[int, Role | None]] = {}
    for number, one in enumerate(lines):
        for match in _IBAN.finditer(one.text):
            iban = _longest_iban(match["iban"])
            if iban and is_out_of_use(lines, (number, match.start()), len(match[0])):
                draft.doubt("account_out_of_use", iban)
            elif iban and role_beside(one, match.start()) != "buyer":
                ibans.setdefault(iban, (number, role_of(lines, number, match.start())))
    printed = {match["head"].replace(" ", "") for one in lines for match in _IBAN_BEGINS.finditer(one.text)}
    printed |= {iban[:8] for one in lines for iban in ibans_of(one)}
    if ibans and len(printed) > 1 and is_assigned(lines):
        draft.doubt("several_iban", printed)
        return
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


def ibans_of(line: Line) -> list[str]:
    """The IBAN that stand in a line."""
    return [iban for match in _IBAN.finditer(line.text) if (iban := _longest_iban(match["iban"]))]


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
