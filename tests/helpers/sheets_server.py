"""A local server that speaks as much of Google's Sheets, Drive and token addresses as the registry uses.

Every call is judged by Google's own discovery documents. Failures can be ordered: a status, a connection that is cut
before or after a write was made; `between` is called in the split second before a write is made.
"""

import json
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from helpers.drive_files import DriveFiles, NoRoom, NotThere
from helpers.drive_server import Answer, drive_answer, part_answer, upload_answer
from helpers.sheets_grid import Spreadsheet
from helpers.sheets_schema import Json, Method, Refused, masks_in, method_of, only, parse_mask
from sheets.google import GoogleRegistry, Pace
from sheets.model import Layout

ROBOT = "countersign@project.iam.gserviceaccount.example"
SCOPES = {
    f"https://www.googleapis.com/auth/{name}" for name in ("spreadsheets", "drive.metadata.readonly", "drive")
}  # fmt: skip
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next calls of a method."""

    on: str  # part of a method's id, as batchUpdate
    status: int = 0  # an answer instead of the work; 0: no answer at all
    after: bool = False  # the work is done first
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    times: int = 1
    said: str = "ordered by the test"


@dataclass(slots=True, repr=False)
class SheetsServer:
    """One spreadsheet, its address, and what was asked so far."""

    spreadsheet: Spreadsheet = field(default_factory=lambda: Spreadsheet("1aBcD_spreadsheet-Of-Payments"))
    calls: list[str] = field(default_factory=list)
    batches: list[list[Json]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    between: Callable[[], None] | None = None
    version: int = 1
    editor: str = ROBOT
    there: bool = True
    trashed: bool = False
    lock: tuple[str, str] | None = None  # who, since when
    tokens: set[str] = field(default_factory=set)
    signed: bool = True  # whether calls must carry a token
    drive: DriveFiles = field(default_factory=DriveFiles)
    _http: ThreadingHTTPServer | None = None
    _door: threading.RLock = field(default_factory=threading.RLock)

    # --- life -------------------------------------------------------------------------------------

    def start(self) -> "SheetsServer":
        """Listen on a free port."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"server_side": self}))
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        assert self._http is not None
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The endpoint."""
        assert self._http is not None
        return f"http://127.0.0.1:{self._http.server_port}"

    def key_file(self, folder: Path) -> Path:
        """The key file of a service account that this server knows."""
        facts = {
            "type": "service_account", "client_email": ROBOT, "private_key": _key()[0], "private_key_id": "1",
            "project_id": "project", "token_uri": "https://oauth2.googleapis.com/token",
        }  # fmt: skip
        path = folder / "google.json"
        path.write_text(json.dumps(facts), encoding="utf-8")
        return path

    def renew(self) -> "SheetsServer":
        """Everything as at the start, at the same address."""
        fresh = SheetsServer()
        kept = ("_http", "_door", "tokens")
        for name in (item.name for item in fields(fresh) if item.name not in kept):
            setattr(self, name, getattr(fresh, name))
        return self

    # --- what tests order ---------------------------------------------------------------------------

    def fail(self, on: str, status: int = 0, *, after: bool = False, times: int = 1, reason: str = "",
             said: str = "ordered by the test", **headers: str) -> None:  # fmt: skip
        """Order a failure of the next calls."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append(Fault(on, status, after, named, reason, times, said))

    def edited(self, editor: str) -> None:
        """Somebody has changed the spreadsheet."""
        self.version += 1
        self.editor = editor

    def asked(self, part: str = "") -> int:
        """How many calls of a method there were."""
        return sum(part in call for call in self.calls)

    # --- answering ----------------------------------------------------------------------------------

    def answer(self, verb: str, address: str, headers: Mapping[str, str], raw: bytes) -> Answer | None:
        """Status, body, headers; None cuts the connection."""
        token = headers.get("authorization", "")
        parts = urllib.parse.urlsplit(address)
        query = urllib.parse.parse_qs(parts.query, keep_blank_values=True)
        path = urllib.parse.unquote(parts.path)
        with self._door:
            if path == "/token":
                return self._token(_body(raw))
            if "upload_id" in query:
                return self._called("upload.part", lambda: self._part(query, token, raw, headers))
            uploads = path.startswith("/upload/")
            method = method_of(verb, path.removeprefix("/upload"))
            if method is None:
                return _refusal(404, f"no method {verb} {path}")
            if uploads:
                return self._called(f"upload.{method.id}", lambda: self._upload(method, query, token, raw, headers))
            return self._called(method.id, lambda: self._judged(method, query, token, _body(raw)))

    def _called(self, name: str, work: Callable[[], Answer]) -> Answer | None:
        self.calls.append(name)
        fault = self._fault(name)
        if fault is not None and not fault.after:
            return _failed(fault)
        answered = work()
        return answered if fault is None else _failed(fault)

    def _part(self, query: dict[str, list[str]], token: str, raw: bytes, headers: Mapping[str, str]) -> Answer:
        return self._allowed(token, lambda: part_answer(self.drive, query["upload_id"][0], raw, headers))

    def _upload(
        self, method: Method, query: dict[str, list[str]], token: str, raw: bytes, headers: Mapping[str, str]
    ) -> Answer:
        def work() -> Answer:
            status, shown, more = upload_answer(self.drive, method, query, raw, headers, self.url)
            return status, shown if isinstance(shown, bytes) else _masked(shown, query), more

        return self._allowed(token, work)

    def _allowed(self, token: str, work: Callable[[], Answer]) -> Answer:
        if self.signed and token.removeprefix("Bearer ") not in self.tokens:
            return _refusal(401, "Request had invalid authentication credentials.")
        try:
            return work()
        except Refused as refused:
            return _refusal(400, str(refused))
        except NotThere as missing:
            return _refusal(404, f"File not found: {missing}.", "notFound")
        except NoRoom:
            return _refusal(403, "Service Accounts do not have storage quota.", "storageQuotaExceeded")

    def _fault(self, method: str) -> Fault | None:
        fault = next((fault for fault in self.faults if fault.on in method), None)
        if fault is not None:
            fault.times -= 1
            self.faults = [fault for fault in self.faults if fault.times > 0]
        return fault

    def _token(self, body: Any) -> Answer:
        self.calls.append("token")
        fault = self._fault("token")
        if fault is not None:
            if fault.status >= 500:
                return fault.status, {"error": "internal_failure"}, {}
            return fault.status, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, {}
        if body["grant_type"] == ["refresh_token"]:
            assert body["refresh_token"] == ["of Fiona"]
        else:
            claims = jwt.decode(body["assertion"][0], certs=_key()[1])  # type: ignore[no-untyped-call]
            assert body["grant_type"] == [GRANT]
            assert claims["iss"] == ROBOT
            assert set(claims["scope"].split()) <= SCOPES
        token = f"token-{self.asked('token')}"
        self.tokens.add(token)
        return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}, {}

    def _judged(self, method: Method, query: dict[str, list[str]], token: str, body: Any) -> Answer:
        if method.id.startswith("drive.") and self.spreadsheet.id not in method.path.values():
            return self._allowed(token, lambda: self._on_drive(method, query, body))
        if self.signed and token.removeprefix("Bearer ") not in self.tokens:
            return _refusal(401, "Request had invalid authentication credentials.")
        if not self.there or self.spreadsheet.id not in method.path.values():
            return _refusal(404, "Requested entity was not found.")
        try:
            method.check(query, body)
            answer = self._work(method, query, body)
        except Refused as refused:
            return _refusal(400, str(refused))
        if "PERMISSION_DENIED" in answer:
            return _refusal(403, "The caller does not have permission")
        shown = _masked(answer, query)
        method.check_answer(shown)
        return 200, shown, {}

    def _on_drive(self, method: Method, query: dict[str, list[str]], body: Any) -> Answer:
        method.check(query, body)
        answer = drive_answer(self.drive, method, query, body)
        if isinstance(answer, bytes):
            return 200 if answer or method.facts["httpMethod"] == "GET" else 204, answer, {}
        shown = _masked(answer, query)
        method.check_answer(shown)
        return 200, shown, {}

    def _work(self, method: Method, query: dict[str, list[str]], body: Any) -> Json:
        match method.id:
            case "drive.files.get":
                return self._file()
            case "sheets.spreadsheets.get":
                with_cells = "data" in query.get("fields", [""])[0] or query.get("includeGridData") == ["true"]
                return self.spreadsheet.get(query.get("ranges", []), with_cells=with_cells)
            case "sheets.spreadsheets.batchUpdate":
                return self._batch(method, body)
        raise Refused(f"the local server does not know {method.id}")

    def _file(self) -> Json:
        known: Json = {
            "id": self.spreadsheet.id, "name": self.spreadsheet.title, "version": str(self.version),
            "modifiedTime": "2026-11-24T09:00:00.000Z", "trashed": self.trashed,
            "lastModifyingUser": {"displayName": self.editor.partition("@")[0], "emailAddress": self.editor},
        }  # fmt: skip
        if self.lock is not None:
            who, since = self.lock
            known["contentRestrictions"] = [
                {"readOnly": True, "restrictingUser": {"displayName": who}, "restrictionTime": since}
            ]
        return known

    def _batch(self, method: Method, body: Json) -> Json:
        if self.lock is not None:
            return {"PERMISSION_DENIED": True}
        self.batches.append(body["requests"])
        for mask, schema in masks_in(body["requests"]):
            method.api.check_mask(parse_mask(mask), schema)
        if self.between is not None:
            happening, self.between = self.between, None
            happening()
        replies = self.spreadsheet.batch(body["requests"])
        self.edited(ROBOT)
        answer: Json = {"spreadsheetId": self.spreadsheet.id, "replies": replies}
        if body.get("includeSpreadsheetInResponse"):
            answer["updatedSpreadsheet"] = self.spreadsheet.get(body.get("responseRanges", []), with_cells=True)
        return answer


def _masked(answer: Json, query: dict[str, list[str]]) -> Json:
    shown: Json = only(answer, parse_mask(query["fields"][0]) if "fields" in query else {})
    return shown


def at_google(server: SheetsServer, layout: Layout, folder: Path, **options: Any) -> GoogleRegistry:
    """A registry at that server; it looks each time it is asked unless given a pace."""
    options = {"pace": Pace(timedelta(0), timedelta(0)), "sleep": lambda seconds: None, **options}
    return GoogleRegistry(server.spreadsheet.id, layout, server.key_file(folder), server.url, **options)


class _Handler(BaseHTTPRequestHandler):
    """HTTP around a server."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    disable_nagle_algorithm = True
    server_side: SheetsServer

    def log_message(self, *args: Any) -> None:
        """Silence."""

    def _do(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answered = self.server_side.answer(self.command, self.path, headers, sent)
        if answered is None:
            self.close_connection = True
            return
        status, shown, headers = answered
        content = shown if isinstance(shown, bytes) else json.dumps(shown, ensure_ascii=False).encode()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do


def _body(sent: bytes) -> Any:
    if not sent:
        return None
    return json.loads(sent) if sent[:1] in b"{[" else urllib.parse.parse_qs(sent.decode())


def _refusal(status: int, message: str, reason: str = "") -> Answer:
    domain = "usageLimits" if "Exceeded" in reason or reason == "accessNotConfigured" else "global"
    errors = [{"domain": domain, "reason": reason, "message": message}] if reason else []
    error = {"code": status, "message": message, "status": "FAILED", "errors": errors}
    return status, {"error": error}, {}


def _failed(fault: Fault) -> Answer | None:
    if not fault.status:
        return None
    status, body, _ = _refusal(fault.status, fault.said, fault.reason)
    return status, body, fault.headers


@cache
def _key() -> tuple[str, str]:
    """A private and a public key, made once in a run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
