"""pymap made fit for a demonstration: whole answers, quick news, few threads, and an end when it is told to end."""

import asyncio
from argparse import Namespace
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from proxyprotocol.sock import SocketInfo
from pymap.backend.maildir import Config, Login
from pymap.concurrent import Event, Subsystem
from pymap.imap import IMAPServer

LOOK_EVERY = 0.1  # seconds; how soon a waiting client hears of new mail
PlainEvent: Any = type(Event.for_asyncio())


class Doorkeeper(IMAPServer):
    """pymap's server, each of its answers in one piece, and with a list of who is connected.

    pymap writes one line in many small pieces; some clients take the first of them for the whole.
    """

    __slots__ = ["open"]

    def __init__(self, login: Login, config: Config) -> None:
        super().__init__(login, config)
        self.open: set[asyncio.StreamWriter] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, info: SocketInfo) -> None:
        self.open.add(writer)
        try:
            with suppress(ConnectionError):
                await super().__call__(reader, Whole(writer), info)  # type: ignore[arg-type]
        finally:
            self.open.discard(writer)


class Whole:
    """A stream writer that keeps what is written until it is told to send."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer, self._kept = writer, bytearray()

    def write(self, piece: bytes) -> None:
        self._kept += piece

    def writelines(self, pieces: Any) -> None:
        for piece in pieces:
            self._kept += piece

    async def drain(self) -> None:
        kept, self._kept = bytes(self._kept), bytearray()
        if kept:
            self._writer.write(kept)
        await self._writer.drain()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


class Watchful(Subsystem):
    """pymap on one event loop, looking at the disk sooner than each second while a client waits for mail."""

    def __init__(self) -> None:
        self._plain = Subsystem.for_asyncio()

    @property
    def subsystem(self) -> str:
        return self._plain.subsystem

    def execute(self, future: Any) -> Any:
        return self._plain.execute(future)

    def new_rwlock(self) -> Any:
        return self._plain.new_rwlock()

    def new_event(self) -> Any:
        return ShortEvent()


class ShortEvent(PlainEvent):  # type: ignore[misc]
    """An event that is never waited for longer than a moment."""

    async def wait(self, *, timeout: float | None = None) -> None:
        await super().wait(timeout=LOOK_EVERY if timeout is None else min(timeout, LOOK_EVERY))


class WatchfulConfig(Config):
    """pymap's settings with our way of waiting."""

    @classmethod
    def parse_args(cls, args: Namespace) -> Mapping[str, Any]:
        return {**super().parse_args(args), "subsystem": Watchful()}
