"""A wire to PostgreSQL that breaks in a chosen moment: after the server did what it was told, before anybody hears."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from helpers.postgres import PostgresServer


class Proxy:
    """Takes connections on a socket of its own and hands everything through, until told to cut."""

    def __init__(self, server: PostgresServer) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="countersign-proxy-"))
        self._target = str(server.home / f".s.PGSQL.{server.port}")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.home / f".s.PGSQL.{server.port}"))
        self._listener.listen()
        self._words: bytes | None = None

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def cut_after(self, words: bytes) -> None:
        """The next connection that says these words is cut once the server has answered them."""
        self._words = words

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._target)
            wire = _Wire(self, client, server)
            for work in (wire.to_server, wire.to_client):
                threading.Thread(target=work, daemon=True).start()


class _Wire:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.cut = False

    def to_server(self) -> None:
        while said := _receive(self.client):
            words = self.proxy._words
            if words and words in said:
                self.proxy._words, self.cut = None, True
            self.server.sendall(said)
        _close(self.server)

    def to_client(self) -> None:
        while answer := _receive(self.server):
            if self.cut:
                break
            self.client.sendall(answer)
        _close(self.client)
        _close(self.server)


def _receive(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65536)
    except OSError:
        return b""


def _close(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other thread was first
