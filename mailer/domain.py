"""Addresses in the form that every mail server takes: domains in other alphabets written as their A-labels."""

import re

from mailer.errors import DeliveryError

CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029<>,;:\"()\\]")
LONGEST = 320


def ascii_address(email: str) -> str:
    """`pay@счета.рф` as `pay@xn--80aj7acp.xn--p1ai`; DeliveryError when no server could take the address."""
    local, at, domain = email.strip().rpartition("@")
    if not at or not local or not domain or len(email) > LONGEST or CONTROLS.search(email.strip()):
        raise DeliveryError(f"{email[:LONGEST]!r} is not an e-mail address.", permanent=True)
    try:
        host = domain.encode("ascii" if domain.isascii() else "idna").decode("ascii")
        return f"{local.encode('ascii').decode('ascii')}@{host}"
    except UnicodeError as error:
        raise DeliveryError(
            f"The address {email!r} has letters that mail servers do not take in an address.", permanent=True
        ) from error
