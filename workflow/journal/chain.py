"""Events of a request are chained by hash over payload hashes: one altered byte is found, an erased payload is not."""

from __future__ import annotations

import hashlib

START = "0" * 64


def payload_hash(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def link(previous: str, reference: str, seq: int, kind: str, at: str, actor: str, cause: str, payload: str) -> str:
    """The hash of one event: `payload` is the payload's hash, `previous` the hash of the event before."""
    parts = (previous, reference, str(seq), kind, at, actor, cause, payload)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
