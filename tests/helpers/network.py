"""Another host, as a network namespace: joined to this one by two wires that can be cut one by one."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import threading
from types import TracebackType

import pytest

DATABASE, MAIL = "10.77.1.1", "10.77.2.1"


def needs_namespaces() -> pytest.MarkDecorator:
    """A mark that skips the test where this user may not make networks, and says so."""
    return pytest.mark.skipif(not _may_make_networks(), reason="needs network namespaces: root and the program `ip`")


def _may_make_networks() -> bool:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"cs-{secrets.token_hex(3)}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        _ip("netns", "del", name)
    return made


class OtherHost:
    """Programs run there with `before` in front of their command."""

    def __init__(self) -> None:
        self.name = f"cs-{secrets.token_hex(3)}"
        self._wires = {DATABASE: f"{self.name}d"[-12:], MAIL: f"{self.name}m"[-12:]}

    @property
    def before(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)

    def __enter__(self) -> OtherHost:
        _ip("netns", "add", self.name)
        for here, wire in self._wires.items():
            there = here[:-1] + "2"
            _ip("link", "add", wire, "type", "veth", "peer", "name", f"{wire}x", "netns", self.name)
            _ip("addr", "add", f"{here}/30", "dev", wire)
            _ip("link", "set", wire, "up")
            _ip("-n", self.name, "addr", "add", f"{there}/30", "dev", f"{wire}x")
            _ip("-n", self.name, "link", "set", f"{wire}x", "up")
        _ip("-n", self.name, "link", "set", "lo", "up")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for wire in self._wires.values():
            _ip("link", "del", wire)
        _ip("netns", "del", self.name)

    def cut(self, which: str) -> None:
        """From now on nothing passes on this wire; nobody is told."""
        _ip("link", "set", self._wires[which], "down")

    def mend(self, which: str) -> None:
        _ip("link", "set", self._wires[which], "up")


class Forwarder:
    """Gives a server of this machine an address on a wire."""

    def __init__(self, address: str, port: int) -> None:
        self._listener = socket.create_server((address, port))
        self._port = port
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while said := source.recv(65536):
            target.sendall(said)
        target.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # one of the two hung up


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
