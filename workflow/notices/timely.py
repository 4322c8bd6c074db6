"""Whether a notice still says something true when its turn comes: questions that are closed are not asked."""

from __future__ import annotations

from workflow.core.model import AskKind, HoldKind, Request, Status
from workflow.journal.queue import Claimed

WITHOUT_REQUEST = frozenset({
    "form", "form_needed", "refusal", "sender_failed", "too_big", "unreadable", "unverified_operator", "alarm",
    "registry_waiting", "morning", "status_list", "answer_to_nothing", "contractor_reply",
    "digest", "digest_receipt", "requests_receipt", "probe",
})  # fmt: skip


def why_not(deed: Claimed, request: Request | None) -> str:
    """Why this notice should not go out any more, or nothing."""
    if "@" not in deed.person:
        return "nobody to write to"
    if request is None:
        return "" if deed.kind in WITHOUT_REQUEST else "no such request"
    return "superseded" if _superseded(deed, request) else ""


def _superseded(deed: Claimed, request: Request) -> bool:
    version = int(deed.params.get("version", request.version))
    match deed.kind:
        case "ask_approval":
            step = int(deed.params.get("step", request.step))
            return not any(
                (ask.person, ask.step, ask.version) == (deed.person, step, version) and version == request.version
                for ask in request.open_asks(AskKind.APPROVE)
            )
        case "ask_pay":
            return not request.payable or version != request.version
        case "ask_complete":
            return not request.problems or _is_complete(request, version)
        case "receipt_draft":
            return bool(request.problems) or _is_complete(request, version)
        case "told_correcting":
            return not request.payable or version != request.version
        case "ask_confirm":
            return not any(ask.person == deed.person for ask in request.open_asks(AskKind.CONFIRM))
        case "ask_bank_details":
            return request.hold(HoldKind.BANK_DETAILS) is None or version != request.version
        case "ask_duplicate":
            return request.hold(HoldKind.DUPLICATE) is None or version != request.version
        case "held_approved":
            return request.status is not Status.APPROVED or not request.holds
        case _:
            return False


def _is_complete(request: Request, version: int) -> bool:
    return request.status not in (Status.DRAFT, Status.RETURNED) or version != request.version
