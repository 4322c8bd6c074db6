"""Scans, read by Tesseract where it is installed; what it reads is never proven."""

import csv
import io
import re
import shutil
import subprocess
from functools import cache
from time import monotonic

from PIL import Image

from documents.invoices.layout import Line, Piece, lines_of_pieces
from documents.invoices.straight import fit_for_reading

_WANTED = ("rus", "eng", "deu")
_LEAST_SURE, _UPRIGHT, _FEW_WORDS = 35.0, 75.0, 12
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
    if shutil.which("tesseract") is None or seconds < 1 or not languages():
        return []
    deadline = monotonic() + seconds
    level = fit_for_reading(picture)
    pieces = _read(level, deadline)
    if len(pieces) < _FEW_WORDS or _is_rubbish(pieces):
        quarter = _quarter(level, deadline)
        pieces = _read(level.rotate(-quarter, expand=True), deadline) if quarter else pieces
    return lines_of_pieces(_even([piece for piece, _ in pieces]), page, _BOUNDARY)


Word = tuple[Piece, float]


def _read(picture: Image.Image, deadline: float) -> list[Word]:
    """The words of a picture, each with how sure it is."""
    table = _tesseract(picture, ["-l", languages(), "--psm", "4", "--dpi", "300", "tsv"], deadline)
    words = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text, sure = (row.get("text") or "").strip(), float(row.get("conf") or -1)
        if text and sure >= _LEAST_SURE:
            left, top = float(row["left"]), float(row["top"])
            words.append((Piece(text, left, left + float(row["width"]), top, top + float(row["height"])), sure))
    return words


def _is_rubbish(words: list[Word]) -> bool:
    """Say whether the page seems to lie on its side: such words are short and unsure."""
    return sum(sure for _, sure in words) / len(words) < _UPRIGHT


def _quarter(picture: Image.Image, deadline: float) -> int:
    """How far to turn the page clockwise for it to stand upright: 0, 90, 180 or 270 degrees."""
    told = re.search(r"^Rotate: (\d+)", _tesseract(picture, ["--psm", "0", "-l", "osd"], deadline), re.MULTILINE)
    return int(told[1]) if told else 0


def _tesseract(picture: Image.Image, options: list[str], deadline: float) -> str:
    seconds = deadline - monotonic()
    program = shutil.which("tesseract")
    if program is None or seconds < 0.5:
        return ""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    try:
        run = subprocess.run(
            [program, "stdin", "stdout", *options],
            input=out.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return ""
    return run.stdout.decode("utf-8", "replace")


def _even(pieces: list[Piece]) -> list[Piece]:
    """Give words one height around their middle: boxes of scans end with the ink, and dots are low."""
    if not pieces:
        return []
    height = sorted(piece.bottom - piece.top for piece in pieces)[len(pieces) // 2] * 1.3
    return [
        Piece(one.text, one.left, one.right, (one.top + one.bottom - height) / 2, (one.top + one.bottom + height) / 2)
        for one in pieces
    ]
