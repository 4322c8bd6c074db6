"""Invoices drawn as PDF, each the way some program or supplier lays them out."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import segno
from fpdf import FPDF
from PIL import Image, ImageFilter

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
BOLD = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
TODAY = date(2026, 11, 24)
OUR_INN = "9603123457"
OUR_NAME = 'ООО "Заказчик"'


@dataclass(frozen=True)
class Seller:
    """Who is paid, with requisites whose keys fit."""

    name: str = 'ООО "Ромашка"'
    inn: str = "9601123451"
    kpp: str = "960101001"
    account: str = "40702810300000010001"
    bank: str = 'АО "ТЕСТБАНК" г. Москва'
    bic: str = "049600111"
    corr: str = "30101810100000000111"


ROMASHKA = Seller()
PETROV = Seller(
    "ИП Петров Пётр Петрович", "960212345698", "", "40802810900000020002", 'ПАО "ПРОБНЫЙ БАНК"', "049600222",
    "30101810400000000222",
)  # fmt: skip
CENTRE = Seller(
    'АНО "Центр Развития"', "9603123457", "", "40703810000000030003", 'КБ "ОБРАЗЕЦ" (ООО)', "049600333",
    "30101810700000000333",
)  # fmt: skip


class Sheet:
    """A PDF page with cells, tables and codes; `ln` counts millimetres from the top."""

    def __init__(self, size: float = 9, **kwargs: str) -> None:
        self.pdf = FPDF(**kwargs)
        self.pdf.set_auto_page_break(True, 12)
        self.pdf.add_font("D", "", FONT)
        self.pdf.add_font("D", "B", BOLD)
        self.pdf.add_page()
        self.size = size
        self.pdf.set_font("D", size=size)

    def say(self, text: str = "", size: float | None = None, bold: bool = False, align: str = "L") -> Sheet:
        """One line of text over the whole width."""
        self.pdf.set_font("D", "B" if bold else "", size or self.size)
        self.pdf.cell(0, (size or self.size) * 0.55, text, align=align)
        self.pdf.ln()
        self.pdf.set_font("D", size=self.size)
        return self

    def wrap(self, text: str) -> Sheet:
        """A paragraph."""
        self.pdf.multi_cell(0, self.size * 0.55, text)
        self.pdf.ln(1)
        return self

    def row(self, widths: Sequence[float], *cells: str, border: int = 0, align: str = "L") -> Sheet:
        """Cells side by side; an align letter for each, or one for all."""
        for number, (width, text) in enumerate(zip(widths, cells, strict=False)):
            side = align[number] if len(align) > 1 else align
            self.pdf.cell(width, self.size * 0.62, text, border=border, align=side)
        self.pdf.ln()
        return self

    def gap(self, height: float = 3) -> Sheet:
        """Empty paper."""
        self.pdf.ln(height)
        return self

    def at(self, x: float, y: float, text: str, size: float | None = None, bold: bool = False) -> Sheet:
        """Text anywhere on the page."""
        self.pdf.set_font("D", "B" if bold else "", size or self.size)
        self.pdf.text(x, y, text)
        self.pdf.set_font("D", size=self.size)
        return self

    def code(self, content: str | bytes, x: float, y: float, width: float = 35, encoding: str = "utf-8") -> Sheet:
        """A QR code as a picture."""
        self.pdf.image(qr(content, encoding), x=x, y=y, w=width)
        return self

    def bytes(self) -> bytes:
        """The finished file."""
        return bytes(self.pdf.output())


def qr(content: str | bytes, encoding: str = "utf-8", scale: int = 4) -> io.BytesIO:
    """A QR code as PNG."""
    out = io.BytesIO()
    raw = content.encode(encoding) if isinstance(content, str) else content
    segno.make(raw, error="m", micro=False, boost_error=False).save(out, kind="png", scale=scale, border=4)
    out.seek(0)
    return out


def drawn_code(sheet: Sheet, content: str, how: str, module: float = 0.7) -> bytes:
    """The page with a code that is no picture: squares, runs of squares, or one path."""
    code = segno.make(content.encode(), error="m", micro=False, boost_error=False)
    if how == "drawn as one path":
        out = io.BytesIO()
        code.save(out, kind="svg", omitsize=True)
        sheet.pdf.image(out, x=150, y=180, w=35)
        return sheet.bytes()
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            end = x + 1
            while how == "drawn in runs" and end < len(row) and row[end] == row[x]:
                end += 1
            if row[x]:
                sheet.pdf.rect(150 + x * module, 180 + y * module, (end - x) * module, module, style="F")
            x = end
    return sheet.bytes()


def st00012(seller: Seller = ROMASHKA, kopecks: int = 12345678, purpose: str = "", header: str = "ST00012") -> str:
    """The payment code of a seller."""
    parts = [
        header, f"Name={seller.name}", f"PersonalAcc={seller.account}", f"BankName={seller.bank}", f"BIC={seller.bic}",
        f"CorrespAcc={seller.corr}", f"PayeeINN={seller.inn}",
    ]  # fmt: skip
    parts += [f"KPP={seller.kpp}"] if seller.kpp else []
    parts += [f"Sum={kopecks}"] if kopecks else []
    return "|".join(parts + ([f"Purpose={purpose}"] if purpose else []))


def box(sheet: Sheet, seller: Seller, bordered: int = 1) -> Sheet:
    """The box of payment details at the head of a Russian invoice."""
    wide = (95, 15, 70)
    sheet.row(wide, seller.bank, "БИК", seller.bic, border=bordered)
    sheet.row(wide, "Банк получателя", "Сч. №", seller.corr, border=bordered)
    tax = (47.5, 47.5, 15, 70)
    kpp = f"КПП {seller.kpp}" if seller.kpp else "КПП"
    sheet.row(tax, f"ИНН {seller.inn}", kpp, "Сч. №", seller.account, border=bordered)
    sheet.row(wide, seller.name, "", "", border=bordered)
    return sheet.row(wide, "Получатель", "", "", border=bordered)


def parties(sheet: Sheet, seller: Seller = ROMASHKA, buyer_inn: str = OUR_INN) -> Sheet:
    """Supplier and customer, each on a line of his own."""
    kpp = f", КПП {seller.kpp}" if seller.kpp else ""
    sheet.row((35, 150), "Поставщик:", f"{seller.name}, ИНН {seller.inn}{kpp}, 101000, г. Москва, ул. Примерная, д. 1")
    return sheet.row((35, 150), "Покупатель:", f"{OUR_NAME}, ИНН {buyer_inn}, КПП 960301001, 101000, г. Москва")


GOODS = ("1", "Услуги монтажа", "1", "шт", "101 194,08", "101 194,08")
WIDTHS = (8, 80, 15, 12, 35, 35)


def goods(sheet: Sheet, *rows: tuple[str, ...]) -> Sheet:
    """The table of what was sold."""
    sheet.row(WIDTHS, "№", "Товары (работы, услуги)", "Кол-во", "Ед.", "Цена", "Сумма", border=1)
    for row in rows or (GOODS,):
        sheet.row(WIDTHS, *row, border=1, align="CLRCRR")
    return sheet


def totals(sheet: Sheet, *rows: tuple[str, str]) -> Sheet:
    """Labels and sums under the table, on the right."""
    for label, amount in rows:
        sheet.row((150, 35), label, amount, align="RR")
    return sheet


USUAL_TOTALS = (("Итого:", "101 194,08"), ("В том числе НДС 22%:", "22 262,70"), ("Всего к оплате:", "123 456,78"))


def usual(seller: Seller = ROMASHKA, number: str = "118", day: str = "20 ноября 2026 г.") -> Sheet:
    """An invoice as the most used accounting program prints it."""
    sheet = box(Sheet(), seller).gap()
    sheet.say(f"Счет на оплату № {number} от {day}", 14, bold=True).gap()
    parties(sheet, seller).gap()
    totals(goods(sheet), *USUAL_TOTALS)
    return sheet.say("Всего наименований 1, на сумму 123 456,78 руб.").say(
        "Сто двадцать три тысячи четыреста пятьдесят шесть рублей 78 копеек", bold=True
    )


def picture(pdf: bytes, dpi: int = 200, change: Callable[[Image.Image], Image.Image] | None = None) -> Image.Image:
    """The first page as a grey picture, as a scanner or a camera would have it."""
    import pypdfium2

    image = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72, grayscale=True).to_pil()
    return change(image) if change else image


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scanned(pdf: bytes, dpi: int = 200, angle: float = 0.0, blur: float = 0.0) -> bytes:
    """A PDF that holds only a picture of the page."""
    image = picture(pdf, dpi)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    if angle:
        image = image.rotate(angle, expand=True, fillcolor="white")
    out = FPDF()
    out.add_page()
    out.image(io.BytesIO(saved(image, "JPEG", quality=75)), x=0, y=0, w=210)
    return bytes(out.output())


def other(seller: Seller, **changes: str) -> Seller:
    """The same seller with other requisites."""
    return replace(seller, **changes)
