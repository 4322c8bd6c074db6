"""`winmail.dat` as Outlook packs it."""

from __future__ import annotations

import struct


def winmail(*files: tuple[str, bytes], inside: bytes = b"") -> bytes:
    """A package with a formatted text and files; `inside` is the package of a letter that is attached too."""
    out = b"\x78\x9f\x3e\x22" + b"\x01\x00" + _attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += _attribute(1, 0x00069007, struct.pack("<II", 1251, 0))
    out += _attribute(1, 0x00069003, _properties((258, 0x1009, b"LZFu formatted text")))
    for name, content in files:
        out += _attribute(2, 0x00069002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 0, 0, 0))
        out += _attribute(2, 0x00018010, name[:8].encode("cp1251", "replace") + b"\x00")
        out += _attribute(2, 0x0006800F, content)
        out += _attribute(2, 0x00069005, _properties((3, 0x3705, 1), (31, 0x3707, name.encode("utf-16-le") + b"\0\0")))
    if inside:
        out += _attribute(2, 0x00069002, struct.pack("<HIHHI", 2, 0xFFFFFFFF, 0, 0, 0))
        out += _attribute(2, 0x00069005, _properties((3, 0x3705, 5), (13, 0x3701, bytes(16) + inside)))
    return out


def _attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _properties(*properties: tuple[int, int, int | bytes]) -> bytes:
    out = struct.pack("<I", len(properties))
    for kind, number, value in properties:
        out += struct.pack("<HH", kind, number)
        if isinstance(value, int):
            out += struct.pack("<I", value)
        else:
            out += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    return out
