"""Which files can hold an invoice at all, and which are named as not opened: told without parsing them."""

import re
from importlib.util import find_spec
from typing import Literal

from documents.attachments import OLE, Refused, inspect

Readable = Literal["pdf", "image", "xml", "eml", "zip", "book", "xml_book", "page", "docx", "odt", "rtf"]
_IMAGES = ("png", "jpeg", "tiff")
_TNEF = b"\x78\x9f\x3e\x22"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:CrossIndustryInvoice|CrossIndustryDocument|Invoice|CreditNote)[\s>]")
_XML_BOOK = re.compile(rb"<(?:[\w.-]+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet")
_RUSSIAN_ROOTS = tuple("<Файл".encode(encoding) for encoding in ("cp1251", "utf-8"))
_HEAD = 16_384
_READS_HEIC = find_spec("pi_heif") is not None  # the extra "heic"
_WHY = {"empty": None, "zip_locked": "encrypted", "office_locked": "encrypted"}


def readable_kind(name: str, content: bytes, size: int) -> Readable | tuple[None, str | None]:
    """The kind of a file that can hold an invoice, else why it is not opened, if there was anything to open."""
    if content.startswith(_TNEF) or name.lower().endswith("winmail.dat"):
        return None, "winmail"
    if len(content) > size:
        return None, "too_big"
    verdict = inspect(name, content, size)
    if isinstance(verdict, Refused):
        return None, _WHY.get(verdict.reason, "refused")
    if "encrypted" in verdict.notes:
        return None, "encrypted"
    match verdict.kind:
        case "png" | "jpeg" | "tiff":
            return "image"
        case "pdf" | "docx" | "odt" | "rtf" | "eml" | "zip":
            return verdict.kind
        case "xlsx" | "ods":
            return "book"
        case "xml":
            return "xml_book" if _XML_BOOK.search(content[:_HEAD]) else "xml" if _is_einvoice(content) else (None, None)
        case "doc" | "xls" if not content.startswith(OLE):
            return "xml_book" if _XML_BOOK.search(content[:_HEAD]) else "page"
        case "xls":
            return "book"
        case "doc":
            return None, "old_office"
        case "heic":
            return "image" if _READS_HEIC else (None, "heic")
        case "txt" | "csv":
            return None, None


def _is_einvoice(content: bytes) -> bool:
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return _ROOT.search(head) is not None or any(root in head for root in _RUSSIAN_ROOTS)
