"""Invoices put together at random from the spellings and layouts in use, each beside what is right to read from it."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from helpers.invoice_layouts import Truth
from helpers.invoice_pages import CENTRE, OUR_INN, OUR_NAME, PETROV, ROMASHKA, Seller, Sheet, box, other

MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
TITLES = (
    "Счет на оплату № {n} от {d}",
    "СЧЕТ № {n} от {d}",
    "Счёт №{n} от {d}",
    "Счет-договор № {n} от {d}",
    "Счет-оферта №{n} от {d}",
    "СЧЁТ НА ОПЛАТУ №{n} ОТ {d}",
    "Счет N {n} от {d}",
    "Счет на предоплату № {n} от {d}",
    "Счет № {n} на оплату от {d}",
    "Счет на оплату покупателю № {n} от {d}",
)
SELLERS = ("Поставщик", "Исполнитель", "Продавец", "Получатель", "Поставщик (Исполнитель)", "Подрядчик", "Арендодатель")
BUYERS = ("Покупатель", "Заказчик", "Плательщик", "Покупатель (Заказчик)", "Клиент", "Арендатор")
ACCOUNTS = (
    "р/с",
    "Р/с",
    "Расчетный счет",
    "Расчётный счёт №",
    "Р/счет",
    "Счет получателя",
    "Сч. №",
    "расч. счет",
    "р/сч",
)
CORRS = ("к/с", "К/с", "Корр. счет", "Корреспондентский счет", "кор. счёт", "К/счет", "корр/с")
PAYABLE = (
    "Всего к оплате",
    "Итого к оплате",
    "К оплате",
    "Итого с НДС",
    "ИТОГО К ОПЛАТЕ",
    "Всего с НДС",
    "Сумма к оплате",
    "Итого к перечислению",
    "Всего к оплате с учетом НДС",
    "Сумма счета",
    "Итого по счету",
)
INSIDE = (
    "В том числе НДС {r}%",
    "в т.ч. НДС ({r}%)",
    "Сумма НДС {r}%",
    "НДС {r}%",
    "Включая НДС {r}%",
    "В т. ч. НДС {r} %",
)
NO_VAT = ("Без НДС", "НДС не облагается", "Без налога (НДС)", "НДС: не облагается", "Без НДС (УСН)")
NUMBERS = ("118", "А-118", "УТ-000118", "2026/118", "118-11", "ЦБ-118/26", "0000-000118", "118/К")


class Mix:
    """One invoice made from a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.seller: Seller = self.dice.choice((ROMASHKA, PETROV, other(CENTRE, inn="7707083893", kpp="770701001")))
        cents = self.dice.choice((0, 0, self.dice.randrange(100)))
        self.amount = Decimal(self.dice.choice((950, 12000, 123456, 1234567))) + Decimal(cents) / 100
        self.rate = self.dice.choice((22, 10, 5, None))
        self.number = self.dice.choice(NUMBERS)
        self.day = (self.dice.randint(1, 28), self.dice.randint(1, 11), 2026)
        self.sheet = Sheet(size=self.dice.choice((7.5, 9, 10)))
        self.colon = self.dice.choice((":", "", ":"))

    def drawn(self) -> tuple[bytes, Truth]:
        """The file and the truth."""
        parts = [self._title, self._requisites]
        if self.dice.random() < 0.4:
            parts.reverse()
        for part in parts:
            part()
            self.sheet.gap()
        self._goods()
        self._totals()
        if self.dice.random() < 0.3:
            self.sheet.gap().say("Счет действителен в течение 5 банковских дней. Тел. +7 (495) 123-45-67")
        return self.sheet.bytes(), self._truth()

    def _truth(self) -> Truth:
        truth = {
            "inn": self.seller.inn,
            "account": self.seller.account,
            "bic": self.seller.bic,
            "bank_name": self.seller.bank,
            "corr_account": self.seller.corr,
            "contractor": self.seller.name,
            "amount": f"{self.amount:.2f}",
            "currency": "RUB",
            "invoice_number": self.number,
            "invoice_date": f"{self.day[2]}-{self.day[1]:02}-{self.day[0]:02}",
        }
        truth |= {"kpp": self.seller.kpp} if self.seller.kpp else {}
        if self.rate is None:
            return truth | {"vat_rate": "none"}
        return truth | {"vat_rate": str(self.rate), "vat_amount": f"{self._vat():.2f}"}

    def _vat(self) -> Decimal:
        return (self.amount * (self.rate or 0) / (100 + (self.rate or 0))).quantize(Decimal("0.01"))

    def _date(self) -> str:
        day, month, year = self.day
        return self.dice.choice(
            (
                f"{day:02}.{month:02}.{year}",
                f"{day} {MONTHS[month - 1]} {year} г.",
                f"«{day:02}» {MONTHS[month - 1]} {year} г.",
                f"{day:02}.{month:02}.{year} г.",
                f"{day} {MONTHS[month - 1]} {year} года",
            )
        )

    def _money(self, amount: Decimal) -> str:
        whole, _, cents = f"{amount:.2f}".partition(".")
        blank = self.dice.choice((" ", "\u00a0", " "))
        grouped = f"{int(whole):,}".replace(",", blank)
        sign = self.dice.choice(("", " руб.", " ₽", " рублей", " р."))
        return f"{grouped}{self.dice.choice((',', ',', '.'))}{cents}{sign}"

    def _title(self) -> None:
        title = self.dice.choice(TITLES).format(n=self.number, d=self._date())
        self.sheet.say(title, self.dice.choice((11, 12, 14)), bold=True, align=self.dice.choice("LC"))

    def _requisites(self) -> None:
        self.dice.choice((self._box, self._paragraphs, self._lines, self._columns, self._table))()

    def _tax(self, seller: bool, joined: bool = False) -> list[tuple[str, str]]:
        inn, kpp = (self.seller.inn, self.seller.kpp) if seller else (OUR_INN, "960301001")
        if joined and kpp:
            return [(self.dice.choice(("ИНН/КПП", "ИНН / КПП")), f"{inn}{self.dice.choice(('/', ' / '))}{kpp}")]
        return [("ИНН", inn), *([("КПП", kpp)] if kpp else [])]

    def _bank(self) -> list[tuple[str, str]]:
        pairs = [
            (self.dice.choice(ACCOUNTS), self.seller.account),
            (self.dice.choice(("Банк", "Банк получателя")), self.seller.bank),
            (self.dice.choice(("БИК", "БИК банка", "Бик")), self.seller.bic),
            (self.dice.choice(CORRS), self.seller.corr),
        ]
        return pairs if self.dice.random() < 0.6 else [pairs[0], pairs[2], pairs[3]]

    def _box(self) -> None:
        box(self.sheet, self.seller, self.dice.randrange(2)).gap()
        label, buyer = self.dice.choice(SELLERS[:3]), self.dice.choice(BUYERS)
        tax = ", ".join(f"{name} {value}" for name, value in self._tax(True))
        self.sheet.row((40, 150), f"{label}{self.colon}", f"{self.seller.name}, {tax}, 101000, г. Москва")
        self.sheet.row((40, 150), f"{buyer}{self.colon}", f"{OUR_NAME}, ИНН {OUR_INN}, КПП 960301001, г. Москва")

    def _paragraphs(self) -> None:
        pairs = [*self._tax(True), *self._bank()]
        text = ", ".join(f"{name} {value}" for name, value in pairs)
        self.sheet.wrap(f"{self.dice.choice(SELLERS)}: {self.seller.name}, {text}")
        self.sheet.wrap(f"{self.dice.choice(BUYERS)}: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001")

    def _lines(self) -> None:
        mark = self.dice.choice((": ", " ", ":"))
        self.sheet.say(f"{self.dice.choice(SELLERS)}: {self.seller.name}")
        for name, value in (*self._tax(True, self.dice.random() < 0.4), *self._bank()):
            self.sheet.say(f"{name}{mark}{value}")
        self.sheet.gap().say(f"{self.dice.choice(BUYERS)}: {OUR_NAME}")
        for name, value in self._tax(False, self.dice.random() < 0.4):
            self.sheet.say(f"{name}{mark}{value}")

    def _columns(self) -> None:
        ours = [f"{name} {value}" for name, value in self._tax(False)] + ["р/с 40702810700000077777", "БИК 049600111"]
        theirs = [f"{name} {value}" for name, value in (*self._tax(True), *self._bank())]
        left = [self.dice.choice(SELLERS), self.seller.name, *theirs]
        right = [self.dice.choice(BUYERS), OUR_NAME, *ours]
        columns = (left, right) if self.dice.random() < 0.6 else (right, left)
        for number in range(max(len(left), len(right))):
            self.sheet.row((95, 95), *(column[number] if number < len(column) else "" for column in columns))

    def _table(self) -> None:
        buyer_first = self.dice.random() < 0.3
        theirs = [
            (self.dice.choice(SELLERS), self.seller.name),
            *self._tax(True, self.dice.random() < 0.5),
            *self._bank(),
        ]
        ours = [(self.dice.choice(BUYERS), OUR_NAME), *self._tax(False, self.dice.random() < 0.5)]
        for name, value in (*ours, *theirs) if buyer_first else (*theirs, *ours):
            self.sheet.row((55, 130), f"{name}{self.colon}", value, border=self.dice.randrange(2))

    def _goods(self) -> None:
        net = self.amount - (self._vat() if self.rate else 0)
        plain = f"{net:,.2f}".replace(",", " ").replace(".", ",")
        wide = (10, 80, 15, 15, 32, 33)
        self.sheet.row(wide, "№", "Товары (работы, услуги)", "Кол-во", "Ед.", "Цена", "Сумма", border=1)
        self.sheet.row(wide, "1", "Услуги по монтажу", "1", "шт", plain, plain, border=1, align="CLRCRR")

    def _totals(self) -> None:
        net, total = self.amount - (self._vat() if self.rate else 0), self.amount
        label = self.dice.choice(PAYABLE)
        rows = [(f"{label}{self.colon}", self._money(total))]
        if self.rate is None:
            vat = (self.dice.choice(NO_VAT), self.dice.choice(("", "-", "—")))
        else:
            vat = (self.dice.choice(INSIDE).format(r=self.rate) + self.colon, self._money(self._vat()))
        before = [(f"Итого{self.colon}", self._money(net))] if self.dice.random() < 0.6 else []
        rows = [*before, vat, *rows] if self.dice.random() < 0.7 else [*before, *rows, vat]
        self.dice.choice((self._right, self._in_text))(rows)
        if self.dice.random() < 0.4:
            self.sheet.say(f"Всего наименований 1, на сумму {self._money(total)}")

    def _right(self, rows: list[tuple[str, str]]) -> None:
        for label, money in rows:
            self.sheet.row((150, 38), label, money, align="RR")

    def _in_text(self, rows: list[tuple[str, str]]) -> None:
        for label, money in rows:
            self.sheet.say(f"{label} {money}".strip())


STRANGERS = (
    'Перевозчик: ООО "Дорога", ИНН 7736207543, КПП 773601001, р/с 40702810700000077777, БИК 049600111',
    'Грузоотправитель: ООО "Склад", ИНН 7736207543, КПП 773601001',
    'Грузополучатель: ООО "Склад", ИНН 7736207543, КПП 773601001, р/с 40702810700000077777',
    'Принципал: ООО "Владелец", ИНН 7736207543',
    "Банк плательщика: ПАО Сбербанк, ИНН 7736207543, БИК 049600222",
    'Оператор ЭДО: АО "Связь", ИНН 7736207543',
    "Задолженность на начало месяца: 5 000,00 руб.",
    "Ранее оплачено: 1 000,00 руб.",
    "К оплате до 30.11.2026: 777,00 руб.",
    "р/с в долларах: 40702840600000010001",
    "Реквизиты для оплаты прошлых счетов: р/с 40702810700000077777 БИК 049600111",
)
"""Lines about somebody or something else, which make a reader err."""


def misleading(seed: int) -> tuple[bytes, Truth]:
    """A mixed invoice with one or two such lines in the middle or at the end."""
    mix = Mix(seed)
    for method in mix.dice.sample(("_requisites", "_goods", "_totals"), mix.dice.randint(1, 2)):
        _add_behind(mix, method, mix.dice.choice(STRANGERS))
    return mix.drawn()


def _add_behind(mix: Mix, method: str, line: str) -> None:
    draw: Callable[[], None] = getattr(mix, method)

    def both() -> None:
        draw()
        mix.sheet.gap().say(line)

    setattr(mix, method, both)
