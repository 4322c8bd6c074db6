"""IMAP IDLE (RFC 2177) that misses nothing and can be woken from another thread.

Python's imaplib reads whole lines from a buffered file, and three things go wrong when one waits on the socket beside
it: news that came in the same packet as the server's "go ahead" is already in the buffer and the wait sleeps through
it; a line cut in two by the network is lost or breaks the session; a closed connection looks like silence. So here the
bytes are read as they come, buffered ones first, and a half line is kept until its end arrives.
"""

import re
import selectors
import socket
import ssl
import time
from imaplib import IMAP4
from typing import Any

NEWS = re.compile(rb"\* \d+ EXISTS\b", re.IGNORECASE)
BYE = re.compile(rb"\* BYE\b", re.IGNORECASE)


class Bell:
    """A bell that one thread rings and another waits for; a ring before the wait is not lost."""

    def __init__(self) -> None:
        self._ear, self._button = socket.socketpair()
        self._ear.setblocking(False)
        self._button.setblocking(False)

    def ring(self) -> None:
        """Ends the wait that is going on, or else the next one; safe in a signal handler."""
        try:
            self._button.send(b"!")
        except BlockingIOError:
            return  # full of rings already

    def wait(self, timeout: float, sock: socket.socket | None = None) -> bool:
        """True when it rang; False when the time is over or, with a socket, something can be read from it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ, "bell")
            if sock is not None:
                selector.register(sock, selectors.EVENT_READ, "socket")
            rang = any(key.data == "bell" for key, _ in selector.select(max(0.0, timeout)))
        return rang and self._drain()

    def _drain(self) -> bool:
        try:
            while self._ear.recv(64):
                pass
        except BlockingIOError:
            return True
        return True

    def __del__(self) -> None:
        self._ear.close()
        self._button.close()


def announced(client: Any) -> bool:
    """Whether the server told of mail since the last look (whoever looks takes the word EXISTS away first)."""
    return "EXISTS" in client.untagged_responses


class Idle:
    """One IDLE on one connection: begin, wait, end."""

    def __init__(self, client: IMAP4, bell: Bell) -> None:
        self._client: Any = client  # its inner workings are needed, and they have no types
        self._bell = bell
        self._half = b""
        self._tag = b""

    def wait(self, timeout: float) -> tuple[bool, bool]:
        """(news, woken): whether new mail was announced, and whether the bell ended the wait."""
        self._begin()
        news, woken = announced(self._client), False
        until = time.monotonic() + timeout
        while not news and not woken:
            news = self._read_news()
            left = until - time.monotonic()
            if news or left <= 0:
                break
            woken = self._bell.wait(left, self._client.sock)
        return self._end() or news, woken

    def _begin(self) -> None:
        self._tag = self._client._command("IDLE")
        while self._client._get_response() is not None:
            if self._client.tagged_commands[self._tag]:
                kind, words = self._client.tagged_commands.pop(self._tag)
                raise IMAP4.error(f"IDLE was refused: {kind} {words}")

    def _end(self) -> bool:
        """Ends the IDLE; True when news came with its last lines."""
        self._client.send(b"DONE\r\n")
        news = False
        if self._half:
            news = bool(NEWS.match(self._half + self._client.readline()))
            self._half = b""
        self._client._command_complete("IDLE", self._tag)
        return announced(self._client) or news

    def _read_news(self) -> bool:
        """Reads all that has come; True when a whole line of it announces mail."""
        news = False
        while part := self._read():
            *lines, self._half = (self._half + part).split(b"\r\n")
            for line in lines:
                if BYE.match(line) or line.startswith(self._tag):
                    raise IMAP4.abort(f"the server ended the wait: {line.decode('utf-8', 'replace')}")
                news = news or bool(NEWS.match(line))
        return news

    def _read(self) -> bytes:
        """What can be had without waiting; b"" when that is nothing, an abort when the connection has ended."""
        client, sock = self._client, self._client.sock
        patience = sock.gettimeout()
        sock.settimeout(0)
        try:
            part: bytes = client.file.read1(65536) or b""
            # On TLS an empty read is the end; on a plain socket it may also mean that nothing has come yet.
            if not part and (isinstance(sock, ssl.SSLSocket) or sock.recv(1, socket.MSG_PEEK) == b""):
                raise IMAP4.abort("the server closed the connection")
            return part
        except (ssl.SSLWantReadError, BlockingIOError):
            return b""
        finally:
            sock.settimeout(patience)
