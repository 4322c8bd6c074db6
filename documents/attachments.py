"""What an attached file is, judged by its content against a short list; the name only has to agree.

Nothing is parsed here but the first bytes and the parts of an archive. The rare PDF that looks locked or cut off is
looked at more closely in a limited child process.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from documents.archives import office_kind
from documents.packets import Locked, is_packet
from documents.sandbox import UNREADABLE, run_limited
from values.names import safe_name

MAX_SIZE = 25_000_000

Kind = Literal[
    "pdf", "png", "jpeg", "tiff", "heic", "xml", "xlsx", "docx", "doc", "xls", "ods", "odt", "rtf", "eml", "txt", "csv",
    "zip",
]  # fmt: skip
RefusalReason = Literal[
    "empty", "too_big", "forbidden_type", "name_mismatch", "zip_bomb", "zip_locked", "office_locked", "winmail"
]  # fmt: skip

MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "xml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "eml": "message/rfc822",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
}
HOLD_INVOICES: frozenset[Kind] = frozenset(
    {"pdf", "png", "jpeg", "tiff", "heic", "xml", "xlsx", "xls", "ods", "docx", "doc", "odt", "rtf", "eml"}
)
"""Kinds that may stand in an archive."""
_EXTENSIONS: dict[Kind, tuple[str, ...]] = {kind: (f".{kind}",) for kind in MEDIA_TYPES} | {
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "tiff": (".tif", ".tiff"),
    "heic": (".heic", ".heif"),
    "xml": (".xml", ".xsd", ".cii", ".ubl"),
}

_KNOWN_EXTENSIONS = frozenset(extension for extensions in _EXTENSIONS.values() for extension in extensions)

# Endings a computer would run or open as a page: with harmless content behind them they still mislead.
_RUN_OR_OPENED = (
    "exe com scr pif bat cmd ps1 psm1 vbs vbe js jse jar msi msp cpl dll hta lnk url reg wsf wsh sh bash py app apk "
    "deb rpm iso img vhd html htm xhtml mht svg swf xlsm xlsb xltm docm dotm pptm ppam xlam rar 7z gz tar cab ace"
)
_MISLEADING = frozenset(f".{extension}" for extension in _RUN_OR_OPENED.split())

# Only the name tells these apart: old office files share their format with installers, tables are text.
_OLD_OFFICE: dict[str, Kind] = {".doc": "doc", ".xls": "xls"}
_PLAIN: dict[str, Kind] = {".txt": "txt", ".csv": "csv"}

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")
# A page under the name of a sheet opens in a spreadsheet, which runs nothing of it; with programs in it, it is refused.
_SHEET_PAGE = re.compile(r"\s*(?:<!doctype html[^>]*>\s*)?<(?:html|table|head|meta|body|div)(?=[\s>])", re.IGNORECASE)
_PROGRAM_IN_PAGE = re.compile(
    r"<\s*(?:script|iframe|object|embed|applet|frame|link|base|form|svg)(?![\w-])|\son\w+\s*=|javascript:|http-equiv\s*=\s*.?refresh",
    re.IGNORECASE,
)
_TNEF = b"\x78\x9f\x3e\x22"
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_XML_PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?![?!])(?:[\w.-]+:)?([^\W\d][\w.-]*)", re.DOTALL)
_PAGES = ("html", "svg", "script", "xsl", "stylesheet", "hta", "package", "job")
_MAIL_HEADER = re.compile(rb"(?:^|\n)(?:from|to|date|received|subject|message-id|return-path|mime-version):", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that is kept; notes are of `encrypted`, `broken`, `renamed`."""

    name: str
    kind: Kind
    media_type: str
    sha256: str
    size: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not kept, and why."""

    name: str
    reason: RefusalReason


def inspect(name: str, content: bytes, max_size: int = MAX_SIZE) -> Accepted | Refused:
    """Judge one attached file by its content and see whether its name agrees."""
    safe = safe_name(name)
    if not content:
        return Refused(safe, "empty")
    if len(content) > max_size:
        return Refused(safe, "too_big")
    if content.startswith(_TNEF):
        return Refused(safe, "winmail")
    found = _kind_of(content, _extension(safe))
    if found == "locked":
        return Refused(safe, "zip_locked")
    if found is None and content.startswith(OLE) and _LOCKED_OFFICE in content:
        return Refused(safe, "office_locked")
    if found is None:
        return Refused(safe, "name_mismatch" if _claims_a_kind(safe) else "forbidden_type")
    if found == "bomb":
        return Refused(safe, "zip_bomb")
    if _extension(safe) in _MISLEADING:
        return Refused(safe, "name_mismatch")
    fitting = _fitting_name(safe, found)
    notes = (("renamed",) if fitting != safe else ()) + (_pdf_notes(content) if found == "pdf" else ())
    return Accepted(fitting, found, MEDIA_TYPES[found], hashlib.sha256(content).hexdigest(), len(content), notes)


def _extension(name: str) -> str:
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def _claims_a_kind(name: str) -> bool:
    return _extension(name) in _KNOWN_EXTENSIONS - {".zip"}


def _kind_of(content: bytes, extension: str) -> Kind | Literal["bomb", "locked"] | None:
    """Sniff the content; the extension only tells text files and old office files apart."""
    if content.startswith(b"PK\x03\x04"):
        office = office_kind(content)
        if office == "forbidden" and extension in (".zip", ""):
            return _packet_kind(content)
        return None if office == "forbidden" else office
    if content.startswith((b"MZ", b"\x7fELF", b"#!", b"Rar!", b"7z\xbc\xaf", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")):
        return None
    return _binary_kind(content, extension) or _text_kind(content, extension)


def _packet_kind(content: bytes) -> Literal["zip", "locked"] | None:
    try:
        return "zip" if is_packet(content, _can_hold_invoice) else None
    except Locked:
        return "locked"


def _can_hold_invoice(name: str, content: bytes) -> bool:
    """Say whether a member of an archive may be there; archives inside archives may not."""
    judged = inspect(name, content) if not content.startswith(b"PK") or office_kind(content) != "forbidden" else None
    return isinstance(judged, Accepted) and judged.kind in HOLD_INVOICES


def _binary_kind(content: bytes, extension: str) -> Kind | None:
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return "tiff"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "heic"
    if content.startswith(OLE):
        return _OLD_OFFICE.get(extension)
    if content.startswith(b"{\\rtf"):
        return "rtf"
    return None


def _text_kind(content: bytes, extension: str) -> Kind | None:
    is_unnamed = extension not in _KNOWN_EXTENSIONS | _MISLEADING
    if (extension == ".eml" or is_unnamed) and _is_message(content):
        return "eml"
    text = _decoded(content)
    if text is None:
        return None
    # A document type may bring entities that grow without end, so XML with one is left to the plain texts.
    if extension in _OLD_OFFICE and _SHEET_PAGE.match(text):
        return None if _PROGRAM_IN_PAGE.search(text) else _OLD_OFFICE[extension]
    root = _XML_PROLOG.match(text[:8192])
    if root:
        if extension == ".xls" and root[1] == "Workbook":
            return "xls"  # the XML of Excel 2003, which opens under this name
        return None if root[1].lower() in _PAGES else "xml"
    return _PLAIN.get(extension)


def _is_message(content: bytes) -> bool:
    """Say whether it begins with the header of a mail: a forwarded message often has its subject for a name."""
    head = content[:4096]
    begins_with_field = re.match(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]", head) is not None
    return begins_with_field and len(_MAIL_HEADER.findall(head)) >= 2 and b"\x00" not in content


def _decoded(content: bytes) -> str | None:
    """The text of a file in one of the encodings in use here; None when it is no text."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for candidate in (encoding, "cp1251"):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS.search(text) else text
    return None


def _fitting_name(name: str, kind: Kind) -> str:
    """Give the file an ending that opens it: right as it is, exchanged between kinds we know, or added."""
    extension = _extension(name)
    if extension in _EXTENSIONS[kind]:
        return name
    stem = name[: -len(extension)] if extension in _KNOWN_EXTENSIONS else name
    return safe_name(stem + _EXTENSIONS[kind][0])


def _pdf_notes(content: bytes) -> tuple[str, ...]:
    """Look closer at a PDF only when it seems locked or cut off: starting a child costs far more than this look."""
    if b"/Encrypt" not in content and b"%%EOF" in content:
        return ()
    state = run_limited("pdf_state", content)
    if state == "ok":
        return ()
    return ("broken",) if state == UNREADABLE else (state,)
