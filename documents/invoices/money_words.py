"""The words beside amounts: what is to be paid, totals, VAT, currencies, and what only speaks of sums."""

import re

from documents.invoices.numbers import AMOUNT

_SIGN = r"(?:руб(?:л\w*|\.)?|р\.|₽|RUB|EUR|USD|CHF|GBP|CNY|€|US\$|\$|£|Fr\.|юан\w+|евро|доллар\w*(?:\s+США)?)"
# "рублей" before a number belongs to the number before it: what follows are kopecks.
_SIGN_BEFORE = r"(?:₽|RUB|EUR|USD|CHF|GBP|CNY|€|US\$|\$|£|Fr\.)"
_IN_WORDS = r"(?:\s*\([^()\d]{4,200}\))?"
_KOPECKS = rf"(?:(?<![.,]\d\d){_IN_WORDS}\s*(?:руб\w*|р)\.?,?\s*\d{{2}}\s*коп\w*\.?)?"
MONEY = re.compile(
    rf"(?P<money>(?:{_SIGN_BEFORE}\s*)?(?P<number>{AMOUNT})(?!\s*коп){_KOPECKS}(?:\s*{_SIGN}(?!\w))?)", re.IGNORECASE
)
_LEAD = (
    r"(?:[\s:=.,–—-]|\([^()]{0,40}\)|"
    r"(?:составляет|сумма|на\s+сумму|в\s+размере|в\s+руб\w*|of|is|in|руб\w*\.?|RUB|EUR|USD|CHF|GBP|CNY|AED|KZT|BYN|TRY|CAD|AUD|€)(?!\w))*"
)
VALUE = re.compile(rf"{_LEAD}{MONEY.pattern}", re.IGNORECASE)

# What is left to pay, beside what the goods cost: where the two differ, the difference has to stand there too.
_DUE = (
    r"(?:(?:итого|всего|сумма)\s+)?к\s+(?:оплате|доплате|перечислению|уплате)"
    r"(?:\s+(?:по\s+сч[её]ту|с\s+(?:уч[её]том\s+)?ндс(?:\s*\(?\d{1,2}\s?%\)?)?|с\s+уч[её]том\s+[а-яё]{4,20})|"
    r"[\s:,(–-]*(?:аванс(?:ов\w+\s+плат[её]ж)?|предоплата)(?:\s*\(?\d{1,3}\s?%\)?)?)?|"
    r"(?:осталось|остаток)\s+(?:к\s+)?(?:о|до)плат(?:ить|е)|сумма\s+платежа|"
    r"(?:total\s+)?(?:amount|balance)\s+(?:due|payable|to\s+pay)|total\s+(?:amount\s+)?(?:due|payable|to\s+pay)|"
    r"(?:please\s+pay|to\s+pay|payable\s+amount)|"
    r"zahlbetrag|zu\s+zahlen(?:der\s+betrag)?|offener\s+betrag|"
    r"(?:net|total|montant|solde|reste)\s+[àa]\s+payer|total\s+a\s+pagar|totale\s+da\s+pagare|te\s+betalen|do\s+zapłaty"
)
_WHOLE = (
    r"(?:итого|всего|сумма)\s*,?\s*(?:с|включая|вкл\.?|с\s+уч[её]том)\s+ндс(?:\s*\(?\d{1,2}\s?%\)?)?|"
    r"(?:итого|всего|сумма)\s+(?:по\s+)?сч[её]т[ау]?(?:\s+с\s+(?:уч[её]том\s+)?ндс)?|сумма\s+документа|"
    r"всего\s+(?:наименований|позиций)\s*:?\s*\d+\s*,?\s*на\s+(?:общую\s+)?сумму|"
    r"(?:общая|итоговая)\s+(?:сумма|стоимость)(?:\s+(?:сч[её]та|документа|с\s+ндс))?|"
    r"(?:grand\s+total|invoice\s+total|total\s+amount)|"
    r"total\s*,?\s*\(?(?:incl(?:uding|\.|usive)?(?:\s+of)?|with|inc\.?)\s+(?:\d{1,2}\s?%\s*)?(?:vat|tax|gst)\)?|gross\s+(?:total|amount)|"
    r"rechnungsbetrag|gesamtbetrag(?:\s+brutto)?|endbetrag|bruttobetrag|"
    r"gesamtsumme(?:\s+brutto)?|(?:gesamt|summe|total|betrag)\s+\(?(?:brutto|inkl\.?\s*(?:\d{1,2}\s?%\s*)?(?:mwst|ust))\.?\)?|"
    r"(?:total|montant)\s+t\.?t\.?c\.?|montant\s+total"
)
DUE_LABEL = re.compile(rf"(?<!\w)(?:{_DUE})(?!\w)", re.IGNORECASE)
WHOLE_LABEL = re.compile(rf"(?<!\w)(?:{_WHOLE})(?!\w)", re.IGNORECASE)
HEAD_OF_GOODS = re.compile(
    r"(?<!\w)(?:наименование(?!\s+(?:получателя|банка))|товары?|кол-?во|количество|цена|description|qty|quantity|unit\s+price|bezeichnung|menge)(?!\w)",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"(?<![\w-])(?:итого(?:\s+по\s+\w+)?|всего|total|summe|gesamt)(?!\w)"
    r"(?!\s*(?:ht|ttc|tva|h\.t|t\.t|à\s+payer|без|за\s+вычетом|наименований|позиций|к\s+(?:оплате|перечислению|уплате)|ндс|excl|net|netto|vat|tax))",
    re.IGNORECASE,
)
# A line of a filled form; read only where no total stands, and only with its currency beside it.
BARE_SUM = re.compile(r"(?:^|(?<=\t))сумма(?:\s+(?:плат[её]жа|сч[её]та|пошлины|сбора))?(?!\w)", re.IGNORECASE)
UNITS = re.compile(r"(?<!\w)у\.\s?е(?!\w)|условн\w+\s+единиц", re.IGNORECASE)
HEADING_OF_VAT = re.compile(r"(?:^|(?<=\t))(?:ставка\s+|сумма\s+)?(?:ндс|vat|tva|mwst)\s*(?=\t|$)", re.IGNORECASE)
NET = re.compile(
    r"(?<!\w)(?:(?:итого|всего|сумма)\s*,?\s*без\s+(?:уч[её]та\s+)?ндс|subtotal|sub-total|net\s+(?:total|amount)|"
    r"total\s+(?:excl\w*|net)[\w. ]{0,12}|zwischensumme|nettobetrag|summe\s+netto|netto|"
    r"(?:total|montant)\s+h\.?t\.?|sous-total|total\s+hors\s+taxes?)(?!\w)",
    re.IGNORECASE,
)
DEBT = re.compile(
    r"задолженност|долг(?!о)|аванс|предоплат|зачет|зачтен|ранее\s+оплач|оплачено|остаток|пен[ия](?!\w)|штраф|перерасч|"
    r"переплат|обеспечительн|депозит|скидк|previous\s+balance|outstanding|prepaid|already\s+paid|advance|deposit|arrears|overdue|"
    r"discount|late\s+fee|anzahlung|vorauszahlung|bereits\s+(?:ge|be)zahlt|offene\s+posten|mahn|skonto|rabatt",
    re.IGNORECASE,
)
OF_AN_ADVANCE = re.compile(r"сч[её]т\w*\s+на\s+предоплату[^\t]*", re.IGNORECASE)
VAT_WORD = re.compile(
    r"(?<!\w)(?:ндс|vat|tva|mwst|ust|umsatzsteuer|mehrwertsteuer|value\s+added\s+tax)(?!\w)", re.IGNORECASE
)
# "Total without VAT" and the headers of columns state nothing about the invoice as a whole.
NO_STATEMENT = re.compile(
    r"(?:итого|всего|сумма|стоимость|цена|ст-ть|начислен\w*|оплачен\w*|тариф)[^\t\d]{0,30}(?:с|без)\s+(?:уч[её]та?о?м?\s+)?(?:ндс|налога)(?:\s*\(?\d{1,2}\s?%\)?)?|"
    r"(?:total|summe|(?:gesamt|end)?betrag|gesamt\w*|amount|price|preis)[^\t\d]{0,20}"
    r"(?:incl\w*|inkl\w*|excl\w*|exkl\w*|ohne|without|with|mit|netto|brutto)\.?\s*(?:\d{1,2}\s?%\s*)?(?:vat|mwst|ust|tax)(?!\w)\.?",
    re.IGNORECASE,
)
VAT_LINE = re.compile(
    r"(?<!\w)(?:(?P<inside>в\s*т\.?\s*ч\.?|в\s+том\s+числе|включая|incl\w*\.?)\s*:?\s*)?(?:сумма\s+)?"
    r"(?:ндс|vat|tva|iva|mwst\.?|ust\.?|umsatzsteuer|mehrwertsteuer)(?!\w)[\s:(@]*"
    r"(?:(?P<rate>\d{1,2}(?:[.,]\d(?=\s?%))?)(?:(?:[.,]0+)?(?:/1\d\d)?\s?%|/1\d\d(?!\d)))?[)\s:=–—-]*"
    rf"(?:von\s+{AMOUNT}[\s:€]*)?(?:{_SIGN}\s*)?(?P<amount>{AMOUNT})?",
    re.IGNORECASE,
)
RATE_FIRST = re.compile(
    rf"(?<![\d.,])(?P<rate>\d{{1,2}})(?:[.,]0+)?\s?%\s*(?:vat|tva|mwst\.?|ust\.?)(?!\w)[\s:(=–—)-]*(?:{_SIGN}\s*)?(?P<amount>{AMOUNT})?",
    re.IGNORECASE,
)
CURRENCIES = re.compile(
    r"(?<![A-Za-zА-Яа-я])(?:RUB|EUR|USD|CHF|GBP|CNY|KZT|BYN|TRY|AED|руб(?:\.|л[а-я]+)?|евро|юан[а-я]+)(?![A-Za-zА-Яа-я])|[₽€£]|US\$|(?<![A-Z])\$"
)
# Equivalents, rates of exchange and accounts name currencies that nothing is paid in.
OTHER_CURRENCY = re.compile(
    r"эквивалент|(?<!\w)курс[аеу]?(?!\w)|equivalent|exchange\s+rate|(?<!\d)\d{20}(?!\d)", re.IGNORECASE
)
