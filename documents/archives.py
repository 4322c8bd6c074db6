"""Office files are zip archives: told apart by their parts, and refused when they would burst or bring programs.

The sizes that an archive declares may lie, so every part is also unpacked, in pieces and with a cap.
"""

import io
import zipfile
import zlib
from typing import Literal

MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_MEMBERS = 5_000
_RATIO_MATTERS_FROM = 10_000_000
_PIECE = 1 << 16

_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".jar", ".cab", ".iso")
_PROGRAMS = (".exe", ".dll", ".scr", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".com", ".msi", ".lnk", ".hta")

Office = Literal["xlsx", "docx", "ods", "odt", "locked", "bomb", "forbidden"]
_OPEN_DOCUMENTS: dict[bytes, Literal["ods", "odt"]] = {
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.text": "odt",
}


def office_kind(content: bytes) -> Office:
    """Tell what a zip archive is: a workbook, a document, a bomb, or something that is not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            return "bomb" if _declares_too_much(members, len(content)) else _kind(archive, members)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        # Encrypted, truncated or made by no office program.
        return "forbidden"


def _declares_too_much(members: list[zipfile.ZipInfo], packed: int) -> bool:
    unpacked = sum(member.file_size for member in members)
    too_dense = unpacked > _RATIO_MATTERS_FROM and unpacked > MAX_RATIO * packed
    return unpacked > MAX_UNPACKED or len(members) > MAX_MEMBERS or too_dense


def _kind(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Office:
    names = [member.filename.lower() for member in members]
    if names[:1] == ["mimetype"]:
        return _open_document(archive, members, names)
    if "[content_types].xml" not in names or any(_is_forbidden(name) for name in names):
        return "forbidden"
    if not _unpacks_as_declared(archive, members):
        return "bomb"
    if b"macroenabled" in archive.read(members[names.index("[content_types].xml")]).lower():
        return "forbidden"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "docx" if any(name.startswith("word/") for name in names) else "forbidden"


def _open_document(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], names: list[str]) -> Office:
    """A file of LibreOffice: its first member says what it is; macros lie in folders of their own."""
    if any(_is_forbidden(name) or name.startswith(("basic/", "scripts/")) for name in names):
        return "forbidden"
    if not _unpacks_as_declared(archive, members):
        return "bomb"
    manifest = "meta-inf/manifest.xml"
    if manifest in names and b"encryption-data" in archive.read(members[names.index(manifest)]):
        return "locked"
    return _OPEN_DOCUMENTS.get(archive.read(members[0])[:100].strip(), "forbidden")


def _is_forbidden(name: str) -> bool:
    """Macros, programs and archives inside an archive."""
    return name.endswith((*_ARCHIVES, *_PROGRAMS)) or name.rsplit("/", 1)[-1] == "vbaproject.bin"


def _unpacks_as_declared(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    total = 0
    for member in members:
        try:
            with archive.open(member) as part:
                while piece := part.read(_PIECE):
                    total += len(piece)
                    if total > MAX_UNPACKED:
                        return False
        except zipfile.BadZipFile:
            # A checksum that does not fit: more comes out than was declared, or parts overlap.
            return False
    return True
