"""Writes every notice in both languages to look at: `python -m workflow.notices.gallery FOLDER`."""

from __future__ import annotations

import sys
from email import message_from_bytes, policy
from pathlib import Path

from mailer.render import Renderer
from workflow.notices.compose import Skip
from workflow.notices.samples import office, prepare, sample_card, samples

LANGUAGES = ("ru", "en")


def write(folder: Path) -> int:
    """Write each notice as .html, .txt and .eml; the number of notices."""
    renderer, count = Renderer(), 0
    for language in LANGUAGES:
        notices = office(language, renderer)
        place = folder / language
        place.mkdir(parents=True, exist_ok=True)
        for sample in samples(language):
            prepared = prepare(sample, notices)
            if isinstance(prepared, Skip):
                raise RuntimeError(f"The sample {sample.name} would not be sent: {prepared.reason}.")
            _write(place / sample.name, prepared.message)
            count += 1
        (place / "card.html").write_text(sample_card(language), encoding="utf-8")
    return count


def _write(path: Path, raw: bytes) -> None:
    message = message_from_bytes(raw, policy=policy.default)
    path.with_suffix(".eml").write_bytes(raw)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    subject = f"Subject: {message['Subject']}\n\n"
    path.with_suffix(".txt").write_text(subject + (text.get_content() if text else ""), encoding="utf-8")
    path.with_suffix(".html").write_text(html.get_content() if html else "", encoding="utf-8")


if __name__ == "__main__":
    print(write(Path(sys.argv[1])), "notices written")
