"""What systemd wants to hear from a service: a datagram to the socket it names (sd_notify(3))."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Say `READY=1`, `WATCHDOG=1`, `STOPPING=1`; without a socket nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
        try:
            speaker.sendto(state.encode(), address)
        except OSError:  # nobody listens any more; the service goes on
            return


def watchdog_seconds() -> float | None:
    """How often a sign of life is wanted: half of what systemd grants, None when it wants none."""
    micro = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    return int(micro) / 2_000_000 if micro.isdigit() and pid == str(os.getpid()) else None
