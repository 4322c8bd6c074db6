"""Header values as people wrote them: unfolding, RFC 2047 encoded words, RFC 2231 parameters.

Encoded words of one charset that stand side by side are joined as bytes first: many clients cut a letter in two.
"""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from mailer.charset import decode

_FOLD = re.compile(r"\r?\n[ \t]*")
_ENCODED = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([BbQq])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?\Z")


def unfold(value: str) -> str:
    """One line out of a folded field."""
    return _FOLD.sub(" ", value).strip() if "\n" in value or "\r" in value else value.strip()


def decode_words(value: str) -> str:
    """The value with its encoded words decoded; what cannot be decoded stays as it was."""
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    end = 0
    for match in _ENCODED.finditer(value):
        between = value[end : match.start()]
        piece = _bytes(match[2], match[3])
        if piece is None:
            continue
        if pending and not between.strip() and pending[0] == match[1].lower():
            pending = (pending[0], pending[1] + piece)
        else:
            out.append(_flush(pending))
            out.append(between if between.strip() or not pending else "")
            pending = (match[1].lower(), piece)
        end = match.end()
    return "".join([*out, _flush(pending), value[end:]])


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value (lower case) and the parameters of a structured field, continued ones put together."""
    main = value.partition(";")[0].strip().lower()
    found = _PARAMETER.findall(value[len(value.partition(";")[0]) :][:20_000])
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for key, raw in found:
        parts = _CONTINUED.match(key.lower())
        if parts is None or (parts[2] is None and parts[3] is None):
            plain.setdefault(key.lower(), decode_words(_plain(raw)))
        else:
            pieces.setdefault(parts[1], []).append((int(parts[2] or 0), bool(parts[3]), _plain(raw)))
    return main, plain | {key: _joined(parts_) for key, parts_ in pieces.items()}


def _plain(raw: str) -> str:
    raw = raw.strip()
    if not raw.startswith('"'):
        return raw
    inner = raw[1:-1] if raw.endswith('"') and len(raw) > 1 else raw[1:]
    return re.sub(r'\\(["\\])', r"\1", inner)


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    charset: str | None = None
    whole = b""
    for number, (_, extended, text) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        whole += unquote_to_bytes(text) if extended else text.encode("utf-8", "surrogateescape")
    return decode(whole, charset or "utf-8").text


def _bytes(coding: str, text: str) -> bytes | None:
    if coding in "Qq":
        return binascii.a2b_qp(text.replace("_", "=20").encode("utf-8", "replace"))
    compact = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return binascii.a2b_base64(compact + "=" * (-len(compact) % 4))
    except binascii.Error:
        return None


def _flush(pending: tuple[str, bytes] | None) -> str:
    return decode(pending[1], pending[0]).text if pending else ""
