"""The child that the process which reads files has forked in advance."""

import time
from pathlib import Path


def waiting_child(server: int) -> int:
    """The one child that the server has once it works on nothing."""
    listed = Path(f"/proc/{server}/task/{server}/children")
    children: list[str] = []
    for _ in range(500):
        children = listed.read_text(encoding="ascii").split()
        if len(children) == 1:
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError(f"The server has {len(children)} children.")
