"""What notices say of several requests, or of none: daily lists, receipts of lists, alarms."""

from __future__ import annotations

from datetime import datetime

from values.text import one_line, shorten
from workflow.core.model import Status
from workflow.notices.forms import check_lines, kept_lines, problem_lines, unproposed
from workflow.notices.lists import by_status, charts, decision_lines, payable_sections, request_line
from workflow.notices.scene import (
    Params,
    Scene,
    Values,
    line_of,
)
from workflow.words import Words


def status_list(scene: Scene, params: Params) -> Values:
    return {"sections": by_status(scene.requests_of(scene.person), scene.reader, scene.url_of)}


def morning_values(scene: Scene, params: Params) -> Values:
    sections = payable_sections(params, scene.find, scene.reader)
    today = str(params.get("day") or scene.reader.today.isoformat())
    words = scene.words
    counts = ((words.text(f"morning_{section.place}"), section) for section in sections)
    chips = tuple((label, str(section.number), section.total, section.place) for label, section in counts)
    return {
        "sections": sections, "chips": chips, "charts": charts(params, scene.reader), "today": words.day(today),
        "summary": ", ".join(f"{label} {number}" for label, number, *_ in chips),
    }  # fmt: skip


def digest(scene: Scene, params: Params) -> Values:
    lines = decision_lines(params, scene.person, scene.find, scene.reader, scene.url_of)
    return {"lines": lines, "count": len(lines)}


def digest_receipt(scene: Scene, params: Params) -> Values:
    """Every line decided, or why not; what was not understood; what stays open."""
    words, reader = scene.words, scene.reader
    decided: list[str] = []
    failed: list[str] = []
    for number, reference, action, reason, comment in params.get("results", ()):
        line = f"{number}. {request_line(scene.find(str(reference)), str(reference), reader)}"
        said = f" ({reader.tame(shorten(one_line(str(comment)), 200))})" if comment else ""
        if reason:
            failed.append(f"{line}: {words.reason(str(reason))}")
        else:
            decided.append(f"{line}: {words.choice(str(action))}{said}")
    unclear = [
        words.text("unclear_line", read=shorten(one_line(str(read)), 200), why=words.reason(f"unclear_{doubt}"))
        for read, doubt in params.get("unclear", ())
    ]
    still = [
        f"{number}. {request_line(scene.find(str(reference)), str(reference), reader)}"
        for number, reference in params.get("open", ())
    ]
    return {
        "decided": decided, "failed": failed, "unclear": unclear, "still": still, "count": len(decided),
        "unknown": ", ".join(str(number) for number in params.get("unknown", ())),
    }  # fmt: skip


def requests_receipt(scene: Scene, params: Params) -> Values:
    """Every request of a letter that held several: what became of it, and its own problems."""
    words, reader, rule = scene.words, scene.reader, str(params.get("rule", "blocks"))
    sent: list[str] = []
    waiting: list[str] = []
    for _, label, reference in params.get("rows", ()):
        place = words.text(f"part.{rule}", label=shorten(one_line(str(label)), 80))
        request = scene.find(str(reference))
        line = f"{place}: {request_line(request, str(reference), reader)}"
        if request is not None and request.status is Status.DRAFT:
            asked = [*problem_lines(scene, unproposed(request)), *check_lines(scene, request)]
            waiting.append(f"{line}. {' '.join([*asked, *kept_lines(scene, request)])}")
        else:
            sent.append(line)
    return {
        "sent": [reader.tame(line) for line in sent], "waiting": [reader.tame(line) for line in waiting],
        "count": len(sent) + len(waiting), "why": words.text(f"part.why_{rule}"), "left_out": params.get("left_out", 0),
        "example": next((str(reference) for _, _, reference in params.get("rows", ())), ""),
    }  # fmt: skip


def registry_waiting(scene: Scene, params: Params) -> Values:
    words = scene.words
    references = [str(reference) for reference in params.get("rows", ())]
    rows = [request_line(scene.find(reference), reference, scene.reader) for reference in references]
    since = datetime.fromisoformat(str(params.get("since", scene.reader.now.isoformat())))
    return {
        "rows": rows, "rows_count": words.count("rows", len(rows)), "owner": line_of(params.get("owner", "")),
        "registry": line_of(params.get("registry", "")),
        "since": words.text("waiting_since", date=f"{since.astimezone(scene.reader.zone):%H:%M}"),
    }  # fmt: skip


def alarm(scene: Scene, params: Params) -> Values:
    key, words = str(params.get("key", "")), scene.words
    known = key if words.has(f"alarm.{key}") else "other"
    details = scene.reader.tame(line_of(params.get("details", ""))).rstrip(".")
    sentence = words.text(f"alarm.{known}", key=key, details=details, sender=one_line(str(params.get("sender", ""))))
    return {"key": key, "headline": words.text(f"alarm_title.{known}"), "sentence": sentence.strip()}


def too_big(scene: Scene, params: Params) -> Values:
    return {name: size_text(int(params.get(name) or 0), scene.words) for name in ("size", "limit")}


def size_text(size: int, words: Words) -> str:
    """Bytes as people say them; nothing for none."""
    if size <= 0:
        return ""
    kilo = max(1, round(size / 1024))  # as the settings count them
    return words.text("size_kb", n=kilo) if kilo < 1024 else words.text("size_mb", n=f"{size / 1024**2:.0f}")


def absent(scene: Scene, params: Params) -> Values:
    return {"returns_on": scene.words.day(str(params.get("returns_on") or ""))}


def ask_approval(scene: Scene, params: Params) -> Values:
    """A reminder says since when it waits."""
    since = str(params.get("since") or "")
    at = datetime.fromisoformat(since).astimezone(scene.reader.zone) if since else None
    return {"waiting_since": scene.words.day(at.date().isoformat()) if at else ""}
