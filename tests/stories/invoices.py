"""Invoices that suppliers send in the stories."""

from __future__ import annotations

import io

import segno
from fpdf import FPDF

CODE = (
    "ST00012|Name=ООО «Ромашка»|PersonalAcc=40702810604162316352|BankName=БАНК|BIC=049805746|CorrespAcc=0|"
    "PayeeINN=9652407405|KPP=770701001|Sum=1200050|Purpose=Оплата по счету № 118 за канцелярию, НДС не облагается"
)


def invoice_with_code(code: str = CODE) -> bytes:
    """A page with a payment code on it."""
    picture = io.BytesIO()
    segno.make(code, encoding="utf-8", error="m", micro=False).save(picture, kind="png", scale=4)
    page = FPDF()
    page.add_page()
    page.image(picture, x=20, y=20, w=60)
    return bytes(page.output())


def invoice_of_text(*, amount: bool = True) -> bytes:
    """A code without a sum: the bank details are sure, what is to be paid is not said."""
    return invoice_with_code(CODE if amount else CODE.replace("Sum=1200050|", ""))
