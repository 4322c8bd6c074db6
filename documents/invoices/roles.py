"""Whose number is this: the payee's, the payer's or a third party's, told by the label nearest before it.

The label is looked for in the cell itself, then on its left, then upwards in its column. The box at the head of Russian
invoices is the other way round: "Получатель" stands below what it names.
"""

import re
from collections.abc import Sequence
from typing import Literal

from documents.invoices.layout import Cell, Line

Role = Literal["seller", "buyer", "third", "bank"]

_SELLER = (
    r"(?<!груз)(?<!грузо)(?:поставщик|бенефициар|исполнитель|получатель(?:\s+платежа)?|продавец|подрядчик|арендодатель|лицензиар|"
    r"наименование\s+получателя|агент|seller|supplier|vendor|beneficiary|payee|from|issued\s+by|remit\s+to|"
    r"verkäufer|lieferant|rechnungssteller|zahlungsempfänger|kontoinhaber|fournisseur|vendeur|bénéficiaire|"
    r"titulaire\s+du\s+compte|émetteur|account\s+(?:holder|name))"
)
_BUYER = (
    r"(?:покупатель|заказчик|плательщик|грузополучатель|грузоотправитель|consignee|consignor|shipper|"
    r"банк\s+(?:плательщика|покупателя|заказчика)|клиент|арендатор|лицензиат|абонент|принципал(?:а|у|ом)?|"
    r"buyer|customer|bill(?:ed)?\s+to|invoice\s+to|sold\s+to|ship(?:ped)?\s+to|client|payer|"
    r"kunde|käufer|auftraggeber|rechnungsempfänger|rechnung\s+an|lieferanschrift|"
    r"acheteur|destinataire|facturé\s+à|adressé\s+à)"
)
_THIRD = (
    r"(?:перевозчик|экспедитор|страховщик|страхователь|оператор\s+эдо|"
    r"carrier|forwarder|insurer|spediteur|frachtführer)"
)
# Under such a heading stand the payee's details; what follows it is no name.
_TO_PAY = r"(?:реквизиты\s+(?:для\s+(?:оплаты|перечисления|платежа)|получателя|поставщика|исполнителя|продавца))"
_BANK = r"(?:банк(?:\s+(?:получателя|поставщика))?|bank(?:\s+name)?)"
_TAIL = (
    r"(?:\s*[(/]\s*[^\W\d]+\s*[)]?)?"
    r"(?=\s*:|\s*$|\t|\s*[«\"“]|,?\s+(?:ООО|АО|ПАО|ЗАО|ОАО|ИП|НКО|АНО|ФГУП|МУП|ГБУ|Общество|Индивидуальный|Акционерное|ИНН)\b)"
)
# A company may be called "Customer": behind a quotation mark it is a name. A bank's name may end with the word.
_START = r"(?<![\w\"«“-])"
_BANK_START = r"(?:^|(?<=\t)|(?<=, )|(?<=; )|(?<=\. ))"
LABEL = re.compile(
    rf"(?:{_START}(?:(?P<seller>{_SELLER})|(?P<buyer>{_BUYER})|(?P<third>{_THIRD})|(?P<pay>{_TO_PAY}))|{_BANK_START}(?P<bank>{_BANK}))(?!\w){_TAIL}",
    re.IGNORECASE,
)
SELLER_LABEL = re.compile(rf"{_START}{_SELLER}(?!\w){_TAIL}", re.IGNORECASE)
BANK_LABEL = re.compile(rf"{_BANK_START}{_BANK}(?!\w){_TAIL}", re.IGNORECASE)
_BOX_LABEL = re.compile(r"получатель\W*", re.IGNORECASE)
_UPWARDS = 8
_DOWNWARDS = 3
_LABEL_LENGTH = 40


def role_of(lines: Sequence[Line], number: int, offset: int) -> Role | None:
    """The role of what stands at a place in a line."""
    cell = lines[number].cells[lines[number].cell_at(offset)]
    return role_beside(lines[number], offset) or _role_above(lines, number, cell) or _role_below(lines, number, cell)


def role_beside(line: Line, offset: int) -> Role | None:
    """The role that the line itself tells."""
    index = line.cell_at(offset)
    return _last_role(line.text[line.starts[index] : offset]) or _role_on_the_left(line, index)


def _last_role(text: str) -> Role | None:
    last = None
    for last in LABEL.finditer(text):  # noqa: B007
        pass
    return _role(last) if last else None


def _role(match: re.Match[str]) -> Role:
    if match["seller"] or match["pay"]:
        return "seller"
    if match["buyer"]:
        return "buyer"
    return "third" if match["third"] else "bank"


def _role_on_the_left(line: Line, index: int) -> Role | None:
    for cell in reversed(line.cells[:index]):
        match = LABEL.search(cell.text)
        if match and _is_label(cell.text, match):
            return _role(match)
    return None


def _is_label(text: str, match: re.Match[str]) -> bool:
    """Say whether a cell holds a label and nothing else: the name of a bank behind the word is a value."""
    return len(text) <= _LABEL_LENGTH and not text[match.end() :].strip(" :.()*/")


def _role_above(lines: Sequence[Line], number: int, cell: Cell) -> Role | None:
    for above in range(number - 1, max(number - 1 - _UPWARDS, -1), -1):
        line = lines[above]
        if line.page != lines[number].page:
            return None
        labels: list[tuple[Cell, Role]] = [
            (other, role) for other in line.cells if (role := _last_role(other.text)) and role != "bank"
        ]
        below = [role for other, role in labels if other.overlaps(cell)] or _valued(line, labels, cell)
        if below:
            return below[-1]
    return None


def _valued(line: Line, labels: list[tuple[Cell, Role]], cell: Cell) -> list[Role]:
    """The label on whose right stands what this cell goes on with."""
    before = [(other, role) for other, role in labels if other.left < cell.left]
    if not before or not any(other.overlaps(cell) for other in line.cells):
        return []
    return [max(before, key=lambda one: one[0].left)[1]]


def _role_below(lines: Sequence[Line], number: int, cell: Cell) -> Role | None:
    for line in lines[number + 1 : number + 1 + _DOWNWARDS]:
        for other in line.cells:
            if line.page == lines[number].page and _BOX_LABEL.fullmatch(other.text):
                return "seller"
    return None
