"""A registry's layout as the payment process uses it, and rows to fill it with; for tests and the benchmark."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from sheets.model import Cell, Change, Column, Kind, Layout, Owner, View, ViewSpec

TODAY = date(2026, 11, 24)

_TABLE: tuple[tuple[str, str, str, Owner, Kind, float], ...] = (
    ("reference", "Reference", "Номер", "journal", "text", 18),
    ("status", "Status", "Статус", "both", "status", 16),
    ("contractor", "Contractor", "Подрядчик", "journal", "text", 26),
    ("subject", "Subject", "За что платим", "journal", "text", 32),
    ("amount", "Amount", "Сумма счета", "journal", "money", 15),
    ("currency", "Currency", "Тип валюты", "journal", "text", 8),
    ("pay_by", "Pay by", "Оплатить до", "journal", "date", 12),
    ("paid_on", "Paid on", "Дата оплаты", "both", "date", 12),
    ("paid_amount", "Paid amount", "Оплачено", "both", "money", 15),
    ("payment_order", "Payment order", "Платежка", "both", "text", 14),
    ("comment", "Accountant's comment", "Комментарий бухгалтерии", "people", "text", 28),
    ("message", "Message", "Сообщение", "journal", "text", 28),
    ("warnings", "Warnings", "Внимание", "journal", "text", 28),
    ("materials", "Materials", "Материалы", "journal", "link", 12),
    ("invoice", "Invoice", "Счет", "journal", "text", 20),
    ("purpose", "Payment purpose", "Назначение платежа", "journal", "text", 36),
    ("inn", "INN", "ИНН", "journal", "text", 14),
    ("kpp", "KPP", "КПП", "journal", "text", 12),
    ("bic", "BIC", "БИК Банка", "journal", "text", 12),
    ("account", "Account", "Р/С", "journal", "text", 24),
    ("corr_account", "Corr. account", "К/С", "journal", "text", 24),
    ("iban", "IBAN", "IBAN", "journal", "text", 28),
    ("swift", "SWIFT", "SWIFT", "journal", "text", 14),
    ("bank_details", "Bank details", "Реквизиты", "journal", "longtext", 40),
    ("contractor_email", "Contractor's e-mail", "E-mail подрядчика", "journal", "text", 26),
    ("requested_by", "Requested by", "Заявитель", "journal", "text", 18),
    ("approved_by", "Approved by", "Согласовал", "journal", "text", 18),
    ("decision_comment", "Decision comment", "Комментарий руководителя", "journal", "text", 28),
    ("version", "Version", "Версия", "journal", "text", 8),
    ("updated", "Updated", "Обновлено", "journal", "text", 17),
    ("history", "History", "История", "journal", "longtext", 50),
)

STATUSES = {
    "en": ("Draft", "Awaiting approval", "Returned for rework", "Approved for payment", "On hold", "Paid", "Rejected",
           "Withdrawn"),
    "ru": ("Черновик", "На согласовании", "На доработке", "Согласован к оплате", "Приостановлен", "Оплачен", "Отказано",
           "Отозван"),
}  # fmt: skip
APPROVED = {"en": "Approved for payment", "ru": "Согласован к оплате"}
HOLD = {"en": "On hold", "ru": "Приостановлен"}
PAID = {"en": "Paid", "ru": "Оплачен"}
VIEW_TITLES = {"en": ("Today", "Week", "Month"), "ru": ("Сегодня", "Неделя", "Месяц")}
CAPTIONS = {
    "en": ("To be paid today", "To be paid this week", "To be paid this month"),
    "ru": ("К оплате сегодня", "К оплате на этой неделе", "К оплате в этом месяце"),
}


def layout(language: str = "en", worksheet: str = "") -> Layout:
    """The registry of the payment process."""
    tones = {"go": 3, "wait": 4, "done": 5}
    return Layout(
        worksheet=worksheet or {"en": "Registry", "ru": "Реестр"}[language],
        language=language,
        columns=tuple(
            Column(key, {"en": en, "ru": ru}, (), owner, kind, width) for key, en, ru, owner, kind, width in _TABLE
        ),
        status_words=STATUSES[language],
        approved_words=(APPROVED[language], *(word for code, word in APPROVED.items() if code != language)),
        due_words=(*APPROVED.values(), *HOLD.values()),
        shown_words=(APPROVED[language],),
        tones={STATUSES[code][at]: tone for code in ("en", "ru") for tone, at in tones.items()},  # type: ignore[misc]
        input_title={"en": "Kept by Countersign", "ru": "Ведёт Countersign"}[language],
        input_message={
            "en": "This cell is filled in by itself. What you type here is put back; write a comment instead.",
            "ru": "Эта ячейка заполняется сама. Если изменить её, значение вернётся; напишите лучше комментарий.",
        }[language],
        views=tuple(
            ViewSpec(key, title, caption, {"en": "Total", "ru": "Итого"}[language],
                     {"en": "Nothing to pay.", "ru": "Платить нечего."}[language])
            for key, title, caption in zip(
                ("today", "week", "month"), VIEW_TITLES[language], CAPTIONS[language], strict=True
            )
        ),
        view_columns=("reference", "status", "contractor", "subject", "amount", "currency", "pay_by", "purpose",
                      "account", "bic", "materials"),
    )  # fmt: skip


def reference(number: int) -> str:
    """PAY-2026-00042."""
    return f"PAY-2026-{number:05}"


def cells(number: int, language: str = "en", status: int = 3) -> dict[str, Cell]:
    """The journal's cells of a plausible request."""
    english = language == "en"
    return {
        "reference": reference(number),
        "status": STATUSES[language][status],
        "contractor": f"Northern Wind {number} Ltd" if english else f"ООО «Северный ветер {number}»",
        "subject": "Rent of the office, November" if english else "Аренда офиса за ноябрь 2026 года",
        "amount": Decimal(1000 * number) + Decimal("0.50"),
        "currency": "EUR" if number % 5 == 0 else "RUB",
        "pay_by": TODAY + timedelta(days=number % 9 - 2),
        "materials": "Open" if english else "Открыть",
        "invoice": f"No. {number} of 20 Nov 2026" if english else f"№ {number} от 20.11.2026",
        "purpose": f"Invoice {number}, VAT included" if english else f"Оплата по счету № {number}, в т.ч. НДС 20%",
        "inn": "7707083893",
        "kpp": "773601001",
        "bic": "044525225",
        "account": "40702810900000000001",
        "corr_account": "30101810400000000225",
        "bank_details": "40702810900000000001, 044525225",
        "contractor_email": "pay@northern.example.test",
        "requested_by": "Rita" if english else "Рита Орлова",
        "approved_by": "Adam" if english else "Антон Головин",
        "version": "1",
        "updated": "24.11.2026 09:15",
        "history": "24.11 submitted; 24.11 approved by Adam" if english else "24.11 подана; 24.11 согласована",
    }


def added(number: int, language: str = "en", status: int = 3) -> Change:
    """The change that adds that request's row."""
    return Change(
        reference(number),
        cells(number, language, status),
        links={"materials": f"materials/2026/11/northern-wind/{reference(number)}/index.html"},
        add=True,
    )


def view(key: str, numbers: range, language: str = "en") -> View:
    """A view of these requests with its sums."""
    rows = tuple(cells(number, language) for number in numbers)
    totals: dict[str, Decimal] = {}
    for row in rows:
        amount, currency = row["amount"], row["currency"]
        assert isinstance(amount, Decimal)
        assert isinstance(currency, str)
        totals[currency] = totals.get(currency, Decimal(0)) + amount
    links: tuple[Mapping[str, str], ...] = tuple(added(number).links for number in numbers)
    return View(key, rows, tuple(totals.items()), links)
