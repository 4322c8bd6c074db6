"""A mail server that takes everything, in a process of its own: it prints when it took which letter.

Each line is the system-wide monotonic clock, the recipient, the subject's tag and where an answer goes, as JSON.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAG = re.compile(rb"^Subject:.*?\[?([A-Z]+-\d{4}-\d{5,}(?:/\d+)?)", re.MULTILINE | re.DOTALL)


def _field(name: bytes, content: bytes) -> str:
    found = re.search(rb"^" + name + rb":\s*(.*?)\r?$", content[:4000], re.MULTILINE)
    return found[1].decode() if found else ""


class Sink:
    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        found = TAG.search(content[:4000])
        line = {"at": time.monotonic(), "to": envelope.rcpt_tos[0], "tag": found[1].decode() if found else "",
                "size": len(content), "reply_to": _field(b"Reply-To", content),
                "message_id": _field(b"Message-ID", content)}  # fmt: skip
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return "250 2.0.0 taken"


def main() -> None:
    controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    print(json.dumps({"at": time.monotonic(), "to": "ready", "tag": "", "size": 0}), flush=True)
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main()
