"""Signs that somebody has a workbook open, and copies that a sync client made when two people saved at once.

Both kinds of lock files are hints: a crash leaves them behind, co-authoring makes none on our side.
"""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

EXCEL, LIBREOFFICE = "Excel", "LibreOffice"
OWNER_FILE_BYTES = 4096  # more is no lock file


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds a workbook open, in which program, since when, by which file."""

    owner: str
    program: str
    since: datetime
    path: Path


def locks_of(workbook: Path) -> tuple[LockInfo, ...]:
    """The lock files beside a workbook."""
    found = [_libreoffice(workbook), *(_excel(path) for path in _excel_names(workbook))]
    return tuple(lock for lock in found if lock is not None)


def _libreoffice(workbook: Path) -> LockInfo | None:
    """`.~lock.name.xlsx#` holds one line: `full name,user,host,date time,profile;`."""
    path = workbook.with_name(f".~lock.{workbook.name}#")
    content = _content(path)
    if content is None:
        return None
    fields = [field.strip() for field in content[0].decode("utf-8", "replace").split(",")]
    owner = next((field for field in fields[:3] if field), "")
    return LockInfo(owner, LIBREOFFICE, content[1], path)


def _excel_names(workbook: Path) -> tuple[Path, ...]:
    """`~$name.xlsx`; of a long name the first two letters give way."""
    names = [f"~${workbook.name}"]
    if len(workbook.stem) > 6:
        names.append(f"~${workbook.name[2:]}")
    return tuple(workbook.with_name(name) for name in names)


def _excel(path: Path) -> LockInfo | None:
    content = _content(path)
    if content is None:
        return None
    return LockInfo(_excel_owner(content[0]), EXCEL, content[1], path)


def _excel_owner(content: bytes) -> str:
    """The first byte is the length of the user's name, which follows; the same again in UTF-16 from byte 55 on."""
    wide_length = int.from_bytes(content[55:57], "little") if len(content) >= 165 else 0
    if 0 < wide_length <= 54:
        return content[57 : 57 + 2 * wide_length].decode("utf-16-le", "replace").strip("\0 ")
    length = content[0] if content else 0
    return content[1 : 1 + length].decode("cp1251", "replace").strip("\0 ")


def _content(path: Path) -> tuple[bytes, datetime] | None:
    """What a lock file holds (nothing where it is denied, as Windows does) and its age."""
    try:
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    try:
        with path.open("rb") as file:
            return file.read(OWNER_FILE_BYTES), since
    except FileNotFoundError:
        return None
    except OSError:
        return b"", since


CONFLICT_WORDS = r"conflict|конфликт|копия|copy|version|версия"


def conflict_copies(workbook: Path) -> tuple[Path, ...]:
    """Files beside the workbook that a sync client or a person seems to have made of it; the same book in another
    format too, for whoever goes on there types where nobody looks."""
    stem, suffix = re.escape(workbook.stem), re.escape(workbook.suffix)
    marked = rf"{stem}\s*[ _-]*[\[(].*(?:{CONFLICT_WORDS}).*[\])]{suffix}"  # name (conflicted copy 2026-11-25).xlsx
    synced = rf"{stem}[ _.-]+(?:sync-)?(?:{CONFLICT_WORDS}).*{suffix}"  # name.sync-conflict-20261125.xlsx
    machine = rf"{stem}-(?!\d{{4}}\b)[A-ZА-ЯЁ0-9][\w’' -]*{suffix}"  # OneDrive: name-PC.xlsx, name-Fiona’s MacBook.xlsx
    numbered = rf"{stem} (?:\(\d+\)|[2-9]){suffix}"  # Google Drive: name (1).xlsx, iCloud: name 2.xlsx
    converted = rf"{stem}\.(?:ods|fods|xls|xlsb|xlsm|xlsx)"
    pattern = re.compile(f"(?:{marked}|{synced}|{numbered}|{converted})", re.IGNORECASE)
    try:
        names = sorted(entry.name for entry in os.scandir(workbook.parent) if entry.is_file())
    except OSError:
        return ()
    copies = [name for name in names if pattern.fullmatch(name) or re.fullmatch(machine, name)]
    return tuple(workbook.with_name(name) for name in copies if name.casefold() != workbook.name.casefold())
