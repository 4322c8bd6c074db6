"""An .xlsx file as a set of parts: untouched parts travel as the packed bytes they are, only changed ones are packed.

That keeps everything a program wrote byte for byte, and makes a write cost little more than its changed parts.
"""

import copy
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO

from sheets.errors import RegistryBroken

LOCAL_HEADER = 30
MOST_BYTES = 1 << 30  # of one part, unpacked: a workbook that swells beyond is no registry
LEVEL = 6
PIECE = 1 << 20
OLE = bytes.fromhex("D0CF11E0A1B11AE1")

Chunks = Sequence[bytes | memoryview]


class Package:
    """The parts of one workbook, with the changes that are to be saved."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        if content.startswith(OLE):
            raise RegistryBroken("The file is protected by a password, or an old .xls; it must be a plain .xlsx.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, struct.error) as error:
            raise RegistryBroken(f"The file is not an .xlsx workbook: {error}.") from error
        self._infos = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        self._changed: dict[str, Chunks] = {}
        self._removed: set[str] = set()

    def __contains__(self, part: str) -> bool:
        return part not in self._removed and (part in self._changed or part in self._infos)

    def parts(self, prefix: str) -> list[str]:
        """The names of all parts that begin so."""
        names = dict.fromkeys((*self._infos, *self._changed))
        return [name for name in names if name.startswith(prefix) and name not in self._removed]

    def read(self, part: str) -> bytes:
        """A part's content, as changed so far."""
        if part in self._changed:
            return b"".join(self._changed[part])
        info = self._infos.get(part)
        if info is None or part in self._removed:
            raise RegistryBroken(f"The workbook has no part {part}.")
        if info.file_size > MOST_BYTES:
            raise RegistryBroken(f"The part {part} is too big to be a registry.")
        try:
            return self._unpacked(info)
        except (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, NotImplementedError) as error:
            raise RegistryBroken(f"The part {part} cannot be unpacked: {error}.") from error

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes:
        """A big part takes its size in memory once (zipfile would take it three times)."""
        if info.compress_type != zipfile.ZIP_DEFLATED or info.flag_bits & 0x01:
            return self._zip.read(info)
        raw = self._raw(info)
        content = zlib.decompress(raw[_data_start(raw) :], -zlib.MAX_WBITS, max(info.file_size, 1))
        if zlib.crc32(content) != info.CRC:
            raise zipfile.BadZipFile("its checksum is wrong")
        return content

    def stream(self, part: str) -> Iterator[bytes]:
        """The content of an unchanged part in pieces, for a look through it."""
        try:
            with self._zip.open(self._infos[part]) as member:
                while piece := member.read(PIECE):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
            raise RegistryBroken(f"The part {part} cannot be unpacked: {error}.") from error

    def replace(self, part: str, content: bytes | Chunks) -> None:
        """Put another content (or a new part) in."""
        self._removed.discard(part)
        self._changed[part] = [content] if isinstance(content, bytes) else content

    def remove(self, part: str) -> None:
        """Leave a part out."""
        self._removed.add(part)
        self._changed.pop(part, None)

    def save(self, target: IO[bytes]) -> None:
        """Write the workbook with all changes."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as out:
            for part, info in self._infos.items():
                if part in self._removed:
                    continue
                if part in self._changed:
                    _pack(out, info.filename, self._changed[part])
                else:
                    _copy(out, info, self._raw(info))
            for part in self._changed.keys() - self._infos.keys():
                _pack(out, part, self._changed[part])

    def _raw(self, info: zipfile.ZipInfo) -> memoryview:
        """Local header and packed bytes of a member; its sizes in the directory make a data descriptor needless."""
        start = info.header_offset
        name, extra = struct.unpack_from("<HH", self.content, start + 26)
        return memoryview(self.content)[start : start + LOCAL_HEADER + name + extra + info.compress_size]


def _copy(out: zipfile.ZipFile, info: zipfile.ZipInfo, raw: memoryview) -> None:
    """Append a member as it stands; the sizes move from a data descriptor into the header."""
    assert out.fp is not None
    moved = copy.copy(info)
    moved.header_offset = out.fp.tell()
    out.fp.write(_plain_header(info, raw))
    out.fp.write(raw[_data_start(raw) :])
    moved.flag_bits = info.flag_bits & ~0x08
    out.filelist.append(moved)
    out.NameToInfo[moved.filename] = moved
    out.start_dir = out.fp.tell()


def _data_start(raw: memoryview) -> int:
    name, extra = struct.unpack_from("<HH", raw, 26)
    return LOCAL_HEADER + int(name) + int(extra)


def _plain_header(info: zipfile.ZipInfo, raw: memoryview) -> bytes:
    head = bytearray(raw[: _data_start(raw)])
    flags = struct.unpack_from("<H", head, 6)[0]
    if flags & 0x08:
        struct.pack_into("<H", head, 6, flags & ~0x08)
        struct.pack_into("<LLL", head, 14, info.CRC, info.compress_size, info.file_size)
    return bytes(head)


def _pack(out: zipfile.ZipFile, name: str, chunks: Chunks) -> None:
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.file_size = sum(len(chunk) for chunk in chunks)  # tells zipfile that no zip64 header is needed
    with out.open(info, "w") as member:
        for chunk in chunks:
            member.write(chunk)
