"""Small files of each kind, made where they are needed."""

import io
import struct
import zipfile

from pypdf import PdfWriter


def pdf(password: str = "", owner_password: str = "") -> bytes:
    """A PDF of one empty page, locked when a password is given."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password or owner_password:
        writer.encrypt(password, owner_password or None, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def office(folder: str, extra: dict[str, bytes] | None = None, types: bytes = b"<Types/>") -> bytes:
    """The least that passes for a workbook (`xl`) or a document (`word`)."""
    parts = {"[Content_Types].xml": types, f"{folder}/main.xml": b"<x/>"} | (extra or {})
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def lying_about_size(archive: bytes, name: str, declared: int) -> bytes:
    """The archive with another unpacked size written for one part, in both of its headers."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        member = opened.getinfo(name)
        directory = opened.start_dir
    changed = bytearray(archive)
    changed[member.header_offset + 22 : member.header_offset + 26] = struct.pack("<I", declared)
    central = archive.index(name.encode(), directory) - 46
    changed[central + 24 : central + 28] = struct.pack("<I", declared)
    return bytes(changed)


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20
TIFF = b"II*\x00" + b"\x00" * 20
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EXE = b"MZ\x90\x00" + b"\x00" * 200
