"""Scans, read by Tesseract where it is installed; what it reads is never proven."""

import csv
import io
import shutil
import subprocess
from functools import cache

from PIL import Image

from documents.invoices.layout import Line, Piece, lines_of_pieces

_WANTED = ("rus", "eng", "deu")
_LEAST_SURE = 35.0
# Words of a scan stand further apart than their letters are drawn.
_BOUNDARY = 0.85


@cache
def languages() -> str:
    """The languages to read with, as Tesseract names them; empty when it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    run = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=5, check=False)
    return "+".join(language for language in _WANTED[:2] if language in run.stdout.split())


def read_scan(picture: Image.Image, page: int, seconds: float) -> list[Line]:
    """The lines of a scanned page; nothing when there is no Tesseract or no time."""
    program = shutil.which("tesseract")
    if program is None or seconds < 1 or not languages():
        return []
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    command = [program, "stdin", "stdout", "-l", languages(), "--psm", "4", "--dpi", "300", "tsv"]
    try:
        run = subprocess.run(
            command,
            input=out.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return []
    return lines_of_pieces(_pieces(run.stdout.decode("utf-8", "replace")), page, _BOUNDARY)


def _pieces(table: str) -> list[Piece]:
    pieces = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if text and float(row.get("conf") or -1) >= _LEAST_SURE:
            left, top = float(row["left"]), float(row["top"])
            pieces.append(Piece(text, left, left + float(row["width"]), top, top + float(row["height"])))
    return _even(pieces)


def _even(pieces: list[Piece]) -> list[Piece]:
    """Give words one height around their middle: boxes of scans end with the ink, and dots are low."""
    if not pieces:
        return []
    height = sorted(piece.bottom - piece.top for piece in pieces)[len(pieces) // 2] * 1.3
    return [
        Piece(one.text, one.left, one.right, (one.top + one.bottom - height) / 2, (one.top + one.bottom + height) / 2)
        for one in pieces
    ]
