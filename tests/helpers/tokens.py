"""A server that gives tokens as Microsoft and Google do, and tells a mail server which are good."""

from __future__ import annotations

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from google.auth import jwt

SCOPES = {"microsoft": "https://outlook.office365.com/.default", "google": "https://mail.google.com/"}


class TokenServer:
    """Knows one application with its secret; `users` are those whose mailboxes its tokens open."""

    def __init__(self, user: str, secret: str = "app-secret") -> None:
        self.user, self.secret = user, secret
        self.good: set[str] = set()
        self.asked: list[str] = []
        self.down = False
        self.subjects: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"tokens": self}))
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> TokenServer:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def token(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """What is answered when a token is asked for."""
        self.asked.append(path)
        if self.down:
            return 503, {"error": "temporarily_unavailable"}
        if form.get("grant_type") == "client_credentials":
            if (form.get("client_secret"), form.get("scope")) != (self.secret, SCOPES["microsoft"]):
                why = "AADSTS7000215: Invalid client secret.\r\nTrace ID: 1"
                return 401, {"error": "invalid_client", "error_description": why}
            return 200, self._given()
        claims = jwt.decode(form["assertion"], verify=False)
        self.subjects.append(claims.get("sub", ""))
        if claims.get("sub") != self.user or claims.get("scope") != SCOPES["google"]:
            return 401, {"error": "unauthorized_client", "error_description": "Client is unauthorized"}
        return 200, self._given()

    def _given(self) -> dict[str, object]:
        token = secrets.token_urlsafe(24)
        self.good.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3599}


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_POST(self) -> None:
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        self._answer(*self.tokens.token(urlsplit(self.path).path, form))

    def do_GET(self) -> None:
        """Dovecot asks whether a token is good."""
        token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        good = token in self.tokens.good
        self._answer(200 if good else 401, {"active": good, "username": self.tokens.user} if good else {})

    def _answer(self, status: int, body: Any) -> None:
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""
