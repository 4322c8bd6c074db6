"""What daemons of two versions read of one another: its shape is written down, so that nobody changes it unawares.

An older daemon that goes on during an upgrade reads events, states and deeds that a newer one wrote. It would stumble
over a kind that it does not know, and a field that it does not know would be lost when it writes the state again.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from workflow.core.contractors import Card
from workflow.core.events import KINDS
from workflow.core.model import Request
from workflow.journal.tables import COMPATIBLE_FROM, HEAD

FILE = Path(__file__).with_name("shapes.json")
WHAT_TO_DO = (
    f"What is written in the journal has changed. Older daemons must not go on beside it: raise HEAD (now {HEAD}) with "
    "a migration, which may be empty, add it to KNOWN, set COMPATIBLE_FROM to it, and write the shapes down: "
    "COUNTERSIGN_WRITE_SHAPES=1 python -m pytest tests/workflow/journal/test_shapes.py"
)


def shapes() -> dict[str, str]:
    """Each thing that is stored as JSON, by a short hash of its schema."""
    found: dict[str, Any] = {f"event {name}": kind for name, kind in KINDS.items()}
    found |= {"state Request": Request, "state Card": Card}
    notices = (files("templates") / "en").iterdir()
    return {name: _hash(TypeAdapter(kind).json_schema()) for name, kind in found.items()} | {
        f"notice {file.name.partition('.')[0]}": "" for file in notices if file.name.endswith(".j2")
    }


def _hash(schema: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(_bare(schema), sort_keys=True).encode()).hexdigest()[:12]


def _bare(part: Any) -> Any:
    """Without words for readers."""
    if isinstance(part, dict):
        return {key: _bare(value) for key, value in part.items() if key not in ("description", "title")}
    return [_bare(one) for one in part] if isinstance(part, list) else part


def test_what_is_written_is_what_every_program_that_may_go_on_can_read() -> None:
    ours: dict[str, Any] = {"compatible_from": COMPATIBLE_FROM, "shapes": shapes()}
    if os.environ.get("COUNTERSIGN_WRITE_SHAPES"):
        FILE.write_text(json.dumps(ours, indent=1, sort_keys=True) + "\n")
    written = json.loads(FILE.read_text())
    if written["compatible_from"] == COMPATIBLE_FROM:
        changed = sorted(set(ours["shapes"].items()) ^ set(written["shapes"].items()))
        assert not changed, f"{WHAT_TO_DO}. Changed: {', '.join(dict(changed))}"
    assert written == ours, f"COMPATIBLE_FROM was raised: write the shapes down. {WHAT_TO_DO}"
