"""The letters themselves: each is on disk, whole, before anything is decided from it."""

from __future__ import annotations

import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from documents.disk import flush, make_folders, sync_names
from mailer.letter import Letter

DRAFT, LEFT_OVER = ".countersign-", 3600.0
KEPT_BYTES = 8 * 1024 * 1024
"""Letters just read are kept up to this size: the notices that carry their files are written a moment later."""


class LetterStore:
    """`data_dir/letters/YYYY/MM/KEY.eml`; the name is the letter's key, so a repeat writes the same file."""

    def __init__(self, root: Path, read: Callable[[bytes], Letter]) -> None:
        self.root, self._read = root, read
        self._recent: OrderedDict[str, Letter] = OrderedDict()
        self._bytes = 0
        self._draft = f"{DRAFT}{secrets.token_hex(4)}.tmp"
        """Ours alone: another daemon may be keeping the same letter."""
        self._sure: set[Path] = set()
        """Folders whose names are on the disk for certain."""

    def save(self, key: str, raw: bytes, received: datetime) -> str:
        """Store a letter durably; its path relative to the root."""
        relative = f"{received:%Y/%m}/{key}.eml"
        path = self.root / relative
        if path.parent not in self._sure or not path.parent.is_dir():
            self._make_sure_of(path.parent)
        if not path.exists() or path.stat().st_size != len(raw):
            self._write(path, raw)
        flush(path.parent)  # whoever gave it its name may have been killed before this
        return relative

    def _write(self, path: Path, raw: bytes) -> None:
        """Whole or not at all; a draft that the disk has no room for goes again."""
        draft = path.with_name(self._draft)
        try:
            with open(draft, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def _make_sure_of(self, folder: Path) -> None:
        """The folder is there after a power cut; drafts that killed processes left in it go."""
        make_folders(folder)
        sync_names(folder, self.root)
        for draft in folder.glob(f"{DRAFT}*.tmp"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > LEFT_OVER:
                    draft.unlink()
        self._sure.add(folder)

    def raw(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def erase(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)

    def keep(self, letter: Letter) -> None:
        """Remember a letter just read: its files are wanted again in a moment."""
        if letter.key in self._recent:
            return
        self._recent[letter.key] = letter
        self._bytes += letter.size
        while self._bytes > KEPT_BYTES and len(self._recent) > 1:
            self._bytes -= self._recent.popitem(last=False)[1].size

    def letter(self, key: str, path: str) -> Letter:
        """A stored letter, read again; raises `FileNotFoundError` when its bytes are gone."""
        found = self._recent.get(key)
        if found is None:
            found = self._read(self.raw(path))
            self.keep(found)
        return found

    def file(self, key: str, path: str, sha256: str) -> bytes | None:
        """The bytes of one file of a letter."""
        letter = self.letter(key, path)
        return next((file.content for file in letter.files if file.sha256 == sha256), None)
