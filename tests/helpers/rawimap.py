"""A bare IMAP server on a socket that says exactly what a test tells it to say, also what no proper server would."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from types import TracebackType

Connection = socket.socket
Reply = Callable[[Connection, bytes, bytes], None]  # connection, tag, the whole command line

GREETING = b"* OK ready\r\n"
CAPABILITIES = b"IMAP4rev1 IDLE"


class RawIMAP:
    """Answers each command with what `replies` holds under its name (FETCH for UID FETCH), else with a plain OK."""

    def __init__(
        self, replies: Mapping[str, Reply], capabilities: bytes = CAPABILITIES, tls: ssl.SSLContext | None = None
    ) -> None:
        self._replies, self._capabilities, self._tls = replies, capabilities, tls
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.commands: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "RawIMAP":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: Connection) -> None:
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                return
        with connection, connection.makefile("rb") as lines:
            try:
                connection.sendall(GREETING)
                for line in lines:
                    self._answer(connection, line.strip())
            except OSError:
                return

    def _answer(self, connection: Connection, line: bytes) -> None:
        words = line.decode("ascii", "replace").split()
        if not words:
            return
        tag = words[0].encode()
        name = words[2 if len(words) > 2 and words[1].upper() == "UID" else 1].upper() if len(words) > 1 else words[0]
        self.commands.append(" ".join(words[1:]))
        if name in self._replies:
            self._replies[name](connection, tag, line)
        elif name == "CAPABILITY":
            connection.sendall(b"* CAPABILITY " + self._capabilities + b"\r\n" + tag + b" OK done\r\n")
        elif name == "SELECT":
            connection.sendall(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + tag + b" OK [READ-WRITE] done\r\n")
        else:
            connection.sendall(tag + b" OK done\r\n")


def literal(text: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(text), text)


def saying(*lines: bytes) -> Reply:
    """A reply of these untagged lines and an OK."""

    def reply(connection: Connection, tag: bytes, line: bytes) -> None:
        connection.sendall(b"".join(one + b"\r\n" for one in lines) + tag + b" OK done\r\n")

    return reply
