"""What a document calls itself: papers that ask for no money, and papers that may."""

import re
from collections.abc import Sequence

from documents.invoices.layout import Line
from documents.invoices.model import BANK_FIELDS
from documents.invoices.pick import Draft

_CREDIT = re.compile(
    r"\W*(?:credit\s+(?:note|memo)|gutschrift|storno|rechnungskorrektur|(?:facture\s+d['’])?avoir(?!\w)|кредит[\s-]нота|корректировочн\w+\s+сч|"
    r"уведомление\s+о\s+возврате)",
    re.IGNORECASE,
)
# Offers, and papers about what is owed or already paid: their sums are not to be paid by themselves.
_ASKS_NOTHING = re.compile(
    r"\W*(?:коммерческое\s+предложение|акт\s+сверки|акт\s+о\s+при[её]мке\s+выполненных|справка\s+о\s+стоимости\s+выполненных|унифицированная\s+форма\s+№\s*КС-|плат[её]жное\s+поручение|кассовый\s+чек|"
    r"quotation|quote(?!\w)|offer(?!\w)|estimate(?!\w)|angebot|kostenvoranschlag|devis(?!\w)|order\s+confirmation|auftragsbestätigung|"
    r"(?:account\s+)?statement(?:\s+of\s+account)?$|(?:payment\s+)?receipt$|kontoauszug|quittung)",
    re.IGNORECASE,
)
_OTHER_PAPER = re.compile(
    r"\W*(?:акт(?!\w)|договор(?!\w)|накладная|товарная\s+накладная|квитанция|чек(?!\w)|"
    r"заказ(?!\w)|смета|претензия|delivery\s+note|statement|receipt|purchase\s+order|(?:payment\s+)?reminder|lieferschein|"
    r"(?:\d\.\s*)?mahnung|zahlungserinnerung|bon\s+de\s+(?:commande|livraison))",
    re.IGNORECASE,
)
_INVOICE = re.compile(r"\W*(?:сч[её]т(?!\w)|(?:tax\s+|proforma\s+)?invoice|\w*rechnung(?!\w)|facture)", re.IGNORECASE)
_HEAD_LINES, _TITLE_LENGTH = 25, 60


def read_nature(lines: Sequence[Line], draft: Draft) -> bool:
    """Say whether there may be something to pay by this document; doubt what calls itself something else."""
    titles = [cell.text for line in lines[:_HEAD_LINES] for cell in line.cells if len(cell.text) <= _TITLE_LENGTH]
    credit = next((title for title in titles if _CREDIT.match(title)), None)
    if credit:
        draft.doubt("credit_note", credit)
        return False
    first = next((title for title in titles if _ASKS_NOTHING.match(title) or _INVOICE.match(title)), "")
    if _ASKS_NOTHING.match(first):
        draft.doubt("not_an_invoice", first)
        for name in ("invoice_number", "invoice_date", "pay_by", *BANK_FIELDS):
            draft.found.pop(name, None)
        return False
    stranger = next((title for title in titles if _OTHER_PAPER.match(title) or _ASKS_NOTHING.match(title)), None)
    if stranger and draft.get("invoice_number") is None:
        draft.doubt("not_an_invoice", stranger)
        draft.found.pop("pay_by", None)  # a reminder repeats the day that has passed
    return True
