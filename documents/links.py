"""The link from a row of the registry to the card page in the folder of its materials."""

import os
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import quote

CARD_PAGE = "index.html"


def link_to(folder: PurePosixPath, url_prefix: str, workbook_dir: Path, materials_root: Path) -> str:
    """Address the card page of a folder: behind the configured prefix, else relative to the workbook."""
    page = folder / CARD_PAGE
    if url_prefix:
        return f"{url_prefix.rstrip('/')}/{quote(str(page))}"
    try:
        relative = os.path.relpath(materials_root / page, workbook_dir)
    except ValueError:  # another drive on Windows
        return (materials_root / page).absolute().as_uri()
    return quote(PurePath(relative).as_posix())
