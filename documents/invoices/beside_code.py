"""A payment code compared with what is printed around it: a sticker is easily put over the right code."""

import re
from collections.abc import Iterable, Sequence

from documents.invoices.layout import Line
from documents.invoices.model import Doubt, Found
from documents.invoices.owners import ACCOUNT
from documents.invoices.roles import role_of
from documents.invoices.text_bank import ibans_of
from values.check_digits import account_shape_ok
from values.currencies import IN_ACCOUNTS

COMPARED = ("account", "bic", "iban", "inn", "amount")
"""What a scan beside a code is read for: its names and dates come with faults of their own."""
_MISREAD = 3


def not_printed(found: Iterable[Found], lines: Sequence[Line]) -> list[Doubt]:
    """Doubt an account of a code when the page prints accounts and this one is not among them."""
    doubts: list[Doubt] = []
    for field, printed in (
        ("account", _accounts(lines)),
        ("iban", {iban for line in lines for iban in ibans_of(line)}),
    ):
        coded = {one.value for one in found if one.field == field and one.source == "qr"}
        others = printed - coded
        if len(coded) != 1 or not others or printed & coded:
            continue
        account = next(iter(coded))
        if not any(_alike(account, one) for one in others):
            doubts.append(("code_not_printed", f"{account} / {', '.join(sorted(others))}"))
    return doubts


def _accounts(lines: Sequence[Line]) -> set[str]:
    """Accounts that may be the payee's; the check digit is left to the comparison, which forgives misread ones."""
    return {
        account
        for number, line in enumerate(lines)
        for match in ACCOUNT.finditer(line.text)
        if account_shape_ok(account := re.sub(r"\D", "", match["account"]))
        and account[5:8] in IN_ACCOUNTS
        and not account.startswith(("301", "40102"))
        and role_of(lines, number, match.start()) not in ("buyer", "third")
    }


def _alike(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= _MISREAD
