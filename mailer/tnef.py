"""The files inside `winmail.dat`, the package in which Outlook sends a letter with formatted text (TNEF, MS-OXTNEF).

Only files and their names are taken; everything else in the package repeats the letter.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x78\x9f\x3e\x22"
_BEGINS, _TITLE, _DATA, _PROPERTIES, _CODEPAGE = 0x9002, 0x8010, 0x800F, 0x9005, 0x9007
_LONG_NAME, _NAME, _OBJECT = 0x3707, 0x3704, 0x3701
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_VARIABLE = (13, 30, 31, 258)
_MULTIPLE = 0x1000
_MOST, _MOST_PROPERTIES, _DEPTH = 50, 500, 3


class Broken(Exception):
    """The package cannot be taken apart."""


@dataclass(slots=True)
class _Attachment:
    title: bytes = b""
    name: str = ""
    content: bytes | None = None
    letter: bytes = b""


def files_in(package: bytes, depth: int = 0) -> list[tuple[str, bytes]]:
    """Names and contents; none for a package that only holds formatted text. Raises `Broken`."""
    codepage, attachments = "cp1252", list[_Attachment]()
    for identity, data in _attributes(package):
        if identity == _CODEPAGE and len(data) >= 4:
            codepage = f"cp{struct.unpack_from('<I', data)[0]}"
        elif identity == _BEGINS:
            attachments.append(_Attachment())
        elif attachments and identity == _TITLE:
            attachments[-1].title = data.rstrip(b"\x00")
        elif attachments and identity == _DATA:
            attachments[-1].content = data
        elif attachments and identity == _PROPERTIES:
            _read_properties(data, attachments[-1])
    if len(attachments) > _MOST:
        raise Broken
    return [file for one in attachments for file in _files_of(one, codepage, depth)]


def _files_of(one: _Attachment, codepage: str, depth: int) -> Iterator[tuple[str, bytes]]:
    if one.letter.startswith(SIGNATURE) and depth < _DEPTH:
        yield from files_in(one.letter, depth + 1)
    elif one.content:
        yield one.name or _text(one.title, codepage) or "attachment", one.content


def _attributes(package: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each attribute; every one has to be there as long as it says it is."""
    if not package.startswith(SIGNATURE):
        raise Broken
    place = 6
    while place < len(package):
        if place + 9 > len(package):
            raise Broken
        level, number, length = struct.unpack_from("<BII", package, place)
        end = place + 9 + length
        if level not in (1, 2) or end + 2 > len(package):
            raise Broken
        yield number & 0xFFFF, package[place + 9 : end]
        place = end + 2


def _read_properties(data: bytes, attachment: _Attachment) -> None:
    """Take the long name and a letter inside; what cannot be followed is left, the short name is there."""
    try:
        for kind, number, value in _properties(data):
            if number in (_LONG_NAME, _NAME) and kind in (30, 31) and (number == _LONG_NAME or not attachment.name):
                attachment.name = _text(value, "utf-16-le") if kind == 31 else ""
            elif number == _OBJECT and kind == 13:
                attachment.letter = value[16:]
    except struct.error:
        return


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _ in range(min(count, _MOST_PROPERTIES)):
        kind, number = struct.unpack_from("<HH", data, place)
        place += 4
        if number >= 0x8000:
            place = _after_its_name(data, place)
        values = 1
        if kind & _MULTIPLE or kind in _VARIABLE:
            (values,) = struct.unpack_from("<I", data, place)
            place += 4
        for _ in range(min(values, _MOST_PROPERTIES)):
            plain = kind & ~_MULTIPLE
            if plain in _VARIABLE:
                (length,) = struct.unpack_from("<I", data, place)
                place += 4
            elif plain in _FIXED:
                length = _FIXED[plain]
            else:
                return
            yield kind, number, data[place : place + length]
            place += length + -length % 4


def _after_its_name(data: bytes, place: int) -> int:
    """A property of one's own brings its family, and a number or a name in it."""
    (named,) = struct.unpack_from("<I", data, place + 16)
    if not named:
        return place + 24
    (length,) = struct.unpack_from("<I", data, place + 20)
    return place + 24 + int(length) + -int(length) % 4


def _text(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding).rstrip("\x00")
    except (UnicodeDecodeError, LookupError):
        return raw.decode("latin-1").rstrip("\x00")
