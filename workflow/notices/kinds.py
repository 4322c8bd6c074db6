"""What each kind of notice says beyond the request itself: the values that its template asks for."""

from __future__ import annotations

from collections.abc import Callable

from workflow.notices.answers import (
    address_values,
    answer_refused,
    in_doubt,
    reply_of_contractor,
    status_values,
    text_read,
)
from workflow.notices.forms import blank_form, correction, form_of_request, receipt
from workflow.notices.overviews import (
    absent,
    alarm,
    ask_approval,
    digest,
    digest_receipt,
    morning_values,
    registry_waiting,
    requests_receipt,
    status_list,
    too_big,
)
from workflow.notices.payments import (
    bank_details,
    contractor_values,
    duplicate,
    held,
    held_approved,
    payment_values,
    stop,
)
from workflow.notices.scene import Params, Scene, Values, common, of_request


def values(scene: Scene) -> Values:
    """Everything that the template of this kind may use."""
    found = common(scene)
    if scene.request is not None:
        found |= of_request(scene, scene.request)
    maker = _OF_KIND.get(scene.kind)
    return found | maker(scene, scene.params) if maker else found


_OF_KIND: dict[str, Callable[[Scene, Params], Values]] = {
    "form": blank_form, "form_needed": blank_form,
    "ask_approval": ask_approval, "ask_complete": form_of_request, "receipt_draft": form_of_request,
    "told_refused": form_of_request,
    "correction_refused": correction, "told_correcting": correction, "receipt_submitted": receipt,
    "told_held": held, "stop": stop, "ask_bank_details": bank_details, "ask_duplicate": duplicate,
    "held_approved": held_approved,
    "told_paid": payment_values, "told_part": payment_values, "ask_confirm": payment_values,
    "told_unapproved_payment": payment_values,
    "contractor_paid": contractor_values, "contractor_part": contractor_values, "contractor_order": contractor_values,
    "contractor_recalled": contractor_values,
    "contractor_reply": reply_of_contractor,
    "answer_refused": answer_refused, "answer_to_nothing": text_read, "told_attempt": text_read,
    "told_bounced": address_values, "told_in_doubt": in_doubt,
    "status": status_values, "status_list": status_list,
    "digest": digest, "digest_receipt": digest_receipt, "told_absent": absent,
    "requests_receipt": requests_receipt,
    "too_big": too_big, "alarm": alarm, "registry_waiting": registry_waiting, "morning": morning_values,
}  # fmt: skip
