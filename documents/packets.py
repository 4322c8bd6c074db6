"""Archives in which people send invoices: a few files of kinds that can hold one, and nothing else.

Members are judged like files on their own. Their names are names only: no path of an archive is ever used on a disk.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

MOST_MEMBERS = 20
MAX_UNPACKED = 25_000_000

_ENCRYPTED, _UTF8 = 0x1, 0x800
_OF_SYSTEMS = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


class Locked(Exception):
    """The archive needs a password."""


def members_of(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents; nothing behind a member that cannot be unpacked or goes over the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            left = MAX_UNPACKED
            for member in _files(archive)[:MOST_MEMBERS]:
                if member.flag_bits & _ENCRYPTED:
                    raise Locked
                with archive.open(member) as part:
                    unpacked = part.read(left + 1)
                left -= len(unpacked)
                if left < 0:
                    return
                yield _name_of(member), unpacked
    except _BROKEN:
        return


def is_packet(content: bytes, fits: Callable[[str, bytes], bool]) -> bool:
    """Say whether every file of the archive can be an invoice; `Locked` when that cannot be seen."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = len(_files(archive))
    except _BROKEN:
        return False
    found = list(members_of(content)) if 0 < wanted <= MOST_MEMBERS else []
    return bool(found) and len(found) == wanted and all(fits(name, inner) for name, inner in found)


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        member
        for member in archive.infolist()
        if not member.is_dir() and not any(part in f"{member.filename.lower()}" for part in _OF_SYSTEMS)
    ]


def _name_of(member: zipfile.ZipInfo) -> str:
    """The bare name; Russian Windows writes names in its old console encoding and does not say so."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("cp866")
        except UnicodeError:
            name = member.filename
    return name.replace("\\", "/").rsplit("/", 1)[-1]
