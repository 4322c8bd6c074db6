"""Plain text made safe to show: no invisible characters, one line, a bounded length."""

import re
import unicodedata

# Zero-width signs, bidirectional controls, soft hyphens and the BOM are all in Cf; Cs are halves of characters.
_INVISIBLE = {"Cf", "Cs"}
# Letters and marks that are drawn as nothing.
_DRAWN_AS_NOTHING = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_NOTHING_SEEN = re.compile(f"[{_DRAWN_AS_NOTHING}]")
_KEPT_CONTROLS = "\t\n\r"
_BLANKS = re.compile(r"\s+")


def strip_invisible(text: str) -> str:
    """Remove characters that cannot be seen; line breaks and tabs stay."""
    if text.isprintable() and not _NOTHING_SEEN.search(text):
        return text
    return "".join(c for c in text if not _is_invisible(c))


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    is_control = category == "Cc" and character not in _KEPT_CONTROLS
    return category in _INVISIBLE or is_control or character in _DRAWN_AS_NOTHING


def one_line(text: str) -> str:
    """Bring text onto one line: every run of white space becomes one blank."""
    # Blanks come first: some of them are control characters, and words must not run together.
    return " ".join(strip_invisible(_BLANKS.sub(" ", text)).split())


def shorten(text: str, n: int) -> str:
    """Cut text to at most `n` characters, at a word where possible, with an ellipsis in place of the rest."""
    if len(text) <= n:
        return text
    if n <= 1:
        return text[: max(n, 0)]
    cut = text[: n - 1]
    at_word = cut if text[n - 1].isspace() else re.sub(r"\S+$", "", cut)
    return (at_word if len(at_word) > n // 2 else cut).rstrip() + "…"
