"""Structured payment references: RF (ISO 11649) and the 27 digits of Switzerland."""

import re

_RF = re.compile(r"RF\d{2}[0-9A-Z]{1,21}")
_QRR = re.compile(r"\d{27}")
_RECURSIVE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def rf_reference_ok(reference: str) -> bool:
    """Check an ISO 11649 reference written without blanks: the remainder of 97 is one."""
    if not reference.isascii() or not _RF.fullmatch(reference):
        return False
    moved = reference[4:] + reference[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def qr_reference_ok(reference: str) -> bool:
    """Check a Swiss QR reference: modulo 10, recursive; zeros alone are no reference."""
    if not reference.isascii() or not _QRR.fullmatch(reference) or not reference.strip("0"):
        return False
    carry = 0
    for digit in reference[:-1]:
        carry = _RECURSIVE[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(reference[-1])
