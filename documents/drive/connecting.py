"""A folder on Drive from what the settings say of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from cloud.client import TIMEOUT, PatientClient
from cloud.errors import LoginError
from cloud.login import DRIVE, log_in
from documents.drive.account import Drive
from documents.drive.materials import DriveMaterials
from documents.errors import DocumentsError

_IN_ADDRESS = re.compile(r"/folders/([\w-]+)|[?&]id=([\w-]+)")
_ID = re.compile(r"[\w-]+")


def connected(
    folder: str, key_file: Path | None, endpoint: str = "", *, sleep: Callable[[float], None] = time.sleep,
    timeout: tuple[float, float] = TIMEOUT,
) -> DriveMaterials:  # fmt: skip
    """The materials in that folder (an id or its address in the browser); nothing is asked before the first use."""

    def connect() -> Drive:
        try:
            login = log_in(key_file, endpoint, (DRIVE,))
        except LoginError as error:
            raise DocumentsError(str(error)) from error
        return Drive(PatientClient(login.session, endpoint=endpoint, sleep=sleep, timeout=timeout), login)

    return DriveMaterials(folder_id(folder), connect)


def folder_id(folder: str) -> str:
    """The id of a folder from its address, or the id itself; an empty text when it is neither."""
    match = _IN_ADDRESS.search(folder)
    if match:
        return match[1] or match[2]
    return folder.strip() if _ID.fullmatch(folder.strip()) else ""
