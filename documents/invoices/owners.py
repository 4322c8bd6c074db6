"""Whose block a number stands in: the INN nearest to it tells, and words that an account is out of use."""

import re
from collections.abc import Sequence

from documents.invoices.layout import Line, Value
from values.check_digits import inn_ok

_ABOVE, _BELOW, _NEAR = 9, 3, 5
Place = tuple[int, int]
"""The number of a line and the offset in it."""

ACCOUNT = re.compile(r"(?<![\dA-Za-z])(?<!\d[ .-])(?P<account>\d(?:[ \u00a0.-]?\d){19})(?![\dA-Za-z]|[.,]\d)")
_ACCOUNT_WORD = (
    r"(?:расч[её]тн\w+\s+|банковск\w+\s+)?(?:сч[её]т\w*|р/с|реквизит\w*)|"
    r"(?:bank\s+)?(?:account\w*|iban|details)|(?:bank)?(?:konto\w*|verbindung)"
)
_OLD_ACCOUNT = re.compile(
    rf"(?<!\w)(?:стар\w{{2,3}}|прежн\w{{2,3}}|закрыт\w{{2,3}}|недействующ\w+|old|former|previous|closed|alte[nrs]?|bisherige[nrs]?)\s+(?:{_ACCOUNT_WORD})(?!\w)",
    re.IGNORECASE,
)
_NEW_ACCOUNT = re.compile(
    rf"(?<!\w)(?:нов\w{{2,3}}|действующ\w+|актуальн\w+|new|current|neue[nrs]?)\s+(?:{_ACCOUNT_WORD})(?!\w)",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"(?<!\w)(?:не\s+(?:производ|перечисл|перевод|использ|оплач|плат)\w*|do\s+not\s+(?:use|pay)|no\s+longer\s+(?:use|pay)|nicht\s+mehr)(?!\w)[^.!?]*$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"[^.!?;]{0,90}?(?<!\w)(?:закрыт\w?|не\s+действ\w+|недействит\w+|больше\s+не|(?:is|was|has\s+been)\s+closed|no\s+longer|nicht\s+mehr)(?!\w)",
    re.IGNORECASE,
)
_PAYABLE_TO = re.compile(r"\d{20}|[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11}")
_BIC = re.compile(r"БИК\D{0,20}\d{9}", re.IGNORECASE)
_BIC_LENGTH = 9
_ASSIGNED = (
    r"фактор(?!\w*\s+рис)|факторинг|уступ(?:к|лен|ил)|цесси|assign(?:ed|ment)|factor(?:ing)?(?!\w)|abgetreten|abtretung"
)
_REDIRECTED = re.compile(
    rf"{_ASSIGNED}|(?:оплат|перечисл|плат[её]ж|уплат)\w*\s+(?:\w+\s+){{0,3}}(?:по\s+)?(?:следующ\w+\s+)?реквизит|"
    r"реквизит\w*\s+для\s+(?:оплат|перечисл|уплат)|агентск|"
    r"(?:оплат|перечисл|перевод|перевест|плат[её]ж|денежн)\w*\s[^.!?]{0,80}?(?:третьего\s+лица|кредитор|(?:за|вместо)\s+(?:нас|поставщика)|"
    r"на\s+(?:расч[её]тный\s+)?сч[её]т(?!\w))",
    re.IGNORECASE,
)


def is_out_of_use(lines: Sequence[Line], place: Place, length: int) -> bool:
    """Say whether the words around a number tell that nothing is to be paid by it any more."""
    number, offset = place
    page = lines[number].page
    before = " ".join(
        [*(one.text for one in lines[max(number - 2, 0) : number] if one.page == page), lines[number].text[:offset]]
    )
    after = " ".join(
        [
            lines[number].text[offset + length :],
            *(one.text for one in lines[number + 1 : number + 2] if one.page == page),
        ]
    )
    olds = [found.end() for found in _OLD_ACCOUNT.finditer(before)]
    news = [found.end() for found in _NEW_ACCOUNT.finditer(before)]
    if (
        olds
        and max(olds) > max(news, default=-1)
        and not (_BIC if length == _BIC_LENGTH else _PAYABLE_TO).search(before[max(olds) :])
    ):
        return True
    if news:
        return False
    return _FORBIDDEN.search(before[-90:]) is not None or _OVER.match(re.split(r"\d{20}", after)[0]) is not None


def is_redirected(lines: Sequence[Line]) -> bool:
    """Say whether the document tells to pay to somebody else than its supplier, or may tell so."""
    return _REDIRECTED.search(" ".join(one.text for one in lines)) is not None


def is_assigned(lines: Sequence[Line]) -> bool:
    """Say whether the supplier has sold his claim, or may have."""
    return re.search(_ASSIGNED, " ".join(one.text for one in lines), re.IGNORECASE) is not None


def owner_of(lines: Sequence[Line], place: Place, inns: dict[str, list[Value]]) -> str | None:
    """The INN of the block in which a number stands; None where none is near, or two are."""
    number, offset = place
    cell = lines[number].cells[lines[number].cell_at(offset)]
    near: dict[int, set[str]] = {}
    for inn, values in inns.items():
        for value in values:
            away = number - value.line
            other = lines[value.line].cells[value.cell]
            if not inn_ok(inn) or lines[value.line].page != lines[number].page:
                continue
            if away == 0:
                # On its line the nearest INN before it, else one behind it.
                step = offset - value.match.start()
                near.setdefault(min(step, 500) if step > 0 else 500 - step, set()).add(inn)
            elif 0 < away <= _ABOVE and other.overlaps(cell):
                near.setdefault(1000 + 2 * away, set()).add(inn)
            elif 0 < -away <= _BELOW and other.overlaps(cell):
                near.setdefault(2000 - away, set()).add(inn)
    nearest = near[min(near)] if near else set()
    return next(iter(nearest)) if len(nearest) == 1 else None


def nearest(lines: Sequence[Line], place: Place, others: dict[str, Place]) -> dict[str, Place]:
    """Those of several numbers that stand closest to a place, in its column before beside it."""
    here = lines[place[0]].cells[lines[place[0]].cell_at(place[1])]
    away: dict[int, dict[str, Place]] = {}
    for other, (number, offset) in others.items():
        beside = not lines[number].cells[lines[number].cell_at(offset)].overlaps(here)
        if lines[number].page == lines[place[0]].page and abs(number - place[0]) <= _NEAR:
            away.setdefault(2 * abs(number - place[0]) + beside, {})[other] = (number, offset)
    return away[min(away)] if away else others
