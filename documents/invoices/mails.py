"""The files inside a forwarded letter."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

from values.names import safe_name

_MOST_PARTS = 20


def files_of_letter(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Attached files and letters, with their names; the text of the letter itself is not an invoice."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for number, part in enumerate(message.iter_attachments()):
        if number >= _MOST_PARTS:
            return
        name = safe_name(part.get_filename() or "", fallback="letter.eml")
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if isinstance(part.get_payload(), list) else None
            payload = inner.as_bytes() if isinstance(inner, EmailMessage) else payload
            name = name if name.lower().endswith(".eml") else f"{name}.eml"
        if isinstance(payload, bytes) and payload:
            yield name, payload
