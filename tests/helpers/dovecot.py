"""A real Dovecot in a folder of its own, run without privileges: the mail server that the tests read from."""

import atexit
import grp
import itertools
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

BINARY = "/usr/sbin/dovecot"

CONFIGURATION = """
base_dir = {run}
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{home}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
auth_failure_delay = 0
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


class ServerMissing(Exception):
    """The server is not installed on this machine."""


_PORTS = itertools.cycle(range(10_000, 32_000))
"""Below those that systems take for outgoing connections: such a one could take a port before its server does."""


def free_port() -> int:
    """A port that nobody has; each process looks from a place of its own, and never gives the same one twice."""
    if not _STARTED:
        _STARTED.append(os.getpid())
        for _ in range(random.Random(os.getpid()).randrange(22_000)):
            next(_PORTS)
    for port in itertools.islice(_PORTS, 22_000):
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("There is no free port.")


_STARTED: list[int] = []


class DovecotServer:
    """Start it, point an Inbox at `port`, put mail into it with `append`."""

    def __init__(self, folder: Path, users: Mapping[str, str], introspect: str = "") -> None:
        """`introspect`: the address that tells whether a token is good; then XOAUTH2 is offered too."""
        if not Path(BINARY).exists():
            raise ServerMissing(f"There is no {BINARY}; install it with: apt-get install dovecot-imapd")
        self.folder, self.users, self.port = _home(folder), dict(users), free_port()
        self._introspect = introspect
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        root = os.getuid() == 0
        self._account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        self._as = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []} if root else {}
        self._prepare()

    def __enter__(self) -> "DovecotServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "DovecotServer":
        atexit.register(self.stop)
        command = [BINARY, "-F", "-c", str(self.folder / "dovecot.conf")]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            **self._as,  # type: ignore[call-overload]
        )  # fmt: skip
        deadline = time.monotonic() + 30  # on a busy machine its login takes a while to come up
        while time.monotonic() < deadline:
            if self._lets_in():
                return self
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"Dovecot did not start: {self.log()[-800:]}")

    def _lets_in(self) -> bool:
        """Somebody can log in: the greeting alone comes before the server can tell who anybody is."""
        user, password = next(iter(self.users.items()))
        try:
            with socket.create_connection(("127.0.0.1", self.port), 10) as sock, sock.makefile("rb") as lines:
                sock.sendall(f'a LOGIN "{user}" "{password}"\r\nb LOGOUT\r\n'.encode())
                return any(line.startswith(b"a OK") for line in lines)
        except OSError:
            return False

    def stop(self) -> None:
        """Ends the server; every connection to it is cut."""
        process, self._process = self._process, None
        if process is not None:
            # its children live on otherwise, and with them the connections
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
            atexit.unregister(self.stop)
        shutil.rmtree(self._run, ignore_errors=True)

    def restart(self) -> None:
        self.stop()
        self._run.mkdir(parents=True, exist_ok=True)
        self._own([self._run])
        self.start()

    def append(self, user: str, raw: bytes) -> Path:
        """Delivers a message: written beside and renamed into the mailbox, as a delivery agent does."""
        box = self.maildir(user)
        name = f"{int(time.time())}.M{next(self._numbers)}P{os.getpid()}.tests"
        written, delivered = box / "tmp" / name, box / "new" / name
        written.write_bytes(raw.replace(b"\r\n", b"\n"))
        self._own([written])
        written.rename(delivered)
        return delivered

    def change_uidvalidity(self, user: str) -> None:
        """Forgets all uids, as a server does that was moved or mended; stop and start it to make this certain."""
        box = self.maildir(user)
        value = box / "dovecot-uidlist"
        before = int(value.read_text().split("V", 1)[1].split()[0]) if value.exists() else int(time.time())
        for stale in [*box.glob("dovecot.index*"), *box.glob("dovecot-uidvalidity*"), value]:
            stale.unlink(missing_ok=True)
        value.write_text(f"3 V{before + 1000} N1 G{uuid.uuid4().hex}\n")
        self._own([value])

    def put_back(self, user: str, copy: Path) -> None:
        """The mailbox as it was copied before; stop the server first."""
        box = self.maildir(user)
        shutil.rmtree(box)
        shutil.copytree(copy, box)
        self._own([box, *box.rglob("*")])

    def maildir(self, user: str) -> Path:
        return self.folder / "mail" / user

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _prepare(self) -> None:
        # sockets have short paths, and the folders of tests are long
        self._run = Path(f"/tmp/countersign-dovecot-{os.getpid()}-{self.port}")
        for path in (self.folder, self.folder / "state", self.folder / "home", self._run):
            path.mkdir(parents=True, exist_ok=True)
        for user in self.users:
            for part in ("cur", "new", "tmp"):
                (self.maildir(user) / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "users").write_text("".join(f"{u}:{{PLAIN}}{p}\n" for u, p in self.users.items()))
        account = self._account
        (self.folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                run=self._run, home=self.folder, user=account.pw_name, group=grp.getgrgid(account.pw_gid).gr_name,
                uid=account.pw_uid, gid=account.pw_gid, port=self.port,
            )
        )  # fmt: skip
        if self._introspect:
            self._take_tokens()
        self._own([self.folder, *self.folder.rglob("*"), self._run])

    def _take_tokens(self) -> None:
        rules = self.folder / "oauth2"
        address = f"introspection_mode = get\nintrospection_url = {self._introspect}\n"
        rules.write_text(f"{address}username_attribute = username\n")
        with (self.folder / "dovecot.conf").open("a") as configuration:
            configuration.write(
                "auth_mechanisms = plain login xoauth2 oauthbearer\n"
                f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {rules}\n}}\n"
            )

    def _own(self, paths: Iterable[Path]) -> None:
        for path in paths if os.getuid() == 0 else ():
            os.chown(path, self._account.pw_uid, self._account.pw_gid)


def _home(folder: Path) -> Path:
    """Where the server keeps its files. Run by root it is another user's process, whom pytest keeps out of its folders
    (and shuts out again when a second test run begins): then it gets a folder of its own."""
    if os.getuid() != 0:
        return folder
    home = Path(tempfile.mkdtemp(prefix="countersign-dovecot-home-"))
    home.chmod(0o755)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home
