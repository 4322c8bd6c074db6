"""Invoices as they come off scanners and out of telephones: pictures of pages, worse and worse."""

from __future__ import annotations

import io
from collections.abc import Callable

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from helpers.invoice_pages import picture, saved

Change = Callable[[Image.Image], Image.Image]


def _turned(angle: float) -> Change:
    return lambda image: image.rotate(angle, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def _photographed(image: Image.Image) -> Image.Image:
    """From an angle: the far edge is shorter, one side lies in the shade."""
    width, height = image.size
    near, far = (-0.03 * width, -0.02 * height, 0.04 * width, 1.03 * height), (0.97, 1.05, 1.05, 0.0)
    corners = (*near, far[0] * width, far[1] * height, far[2] * width, far[3] * height)
    seen = image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="white")
    shade = Image.linear_gradient("L").resize(image.size).point(lambda value: 150 + value * 0.4)
    return Image.composite(seen, Image.new("L", image.size, 60), shade)


def _stamped(image: Image.Image) -> Image.Image:
    """A round stamp and a signature across the upper half, as grey as blue ink is on a grey scan."""
    drawn = image.copy()
    pen = ImageDraw.Draw(drawn)
    middle_x, middle_y, size = image.width * 0.6, image.height * 0.3, image.width * 0.12
    for radius in (size, size * 0.8):
        pen.ellipse(
            (middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius), outline=110, width=5
        )  # fmt: skip
    pen.line([(middle_x - size + 30 * n, middle_y + (25 if n % 2 else -25)) for n in range(9)], fill=90, width=4)
    return drawn


CHANGES: dict[str, Change] = {
    "scanned": lambda image: image,
    "turned by 2 degrees": _turned(2),
    "lying on its side": _turned(90),
    "upside down": _turned(180),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(1.1)),
    "low contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.35),
    "dark paper": lambda image: ImageOps.autocontrast(image).point(lambda value: value * 0.55),
    "stamped": _stamped,
    "photographed at an angle": _photographed,
}


def paper(content: bytes, change: str, kind: str = "pdf", dpi: int = 200) -> bytes:
    """The first page of a PDF as a picture, inside a PDF or on its own (`jpeg`, `png`)."""
    image = picture(content, dpi, CHANGES[change])
    if kind != "pdf":
        return saved(image, kind.upper(), **({"quality": 70} if kind == "jpeg" else {}))
    out = FPDF(orientation="landscape" if image.width > image.height else "portrait")
    out.add_page()
    out.image(io.BytesIO(saved(image, "JPEG", quality=70)), x=0, y=0, w=out.w)
    return bytes(out.output())
