"""`/healthz` and `/metrics` on a local port, read from the journal when they are asked for."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from workflow.report import Report

log = logging.getLogger("countersign.health")
TEXT = "text/plain; charset=utf-8"


class NoMetrics(Exception):
    """The package that writes metrics is not installed."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What the two addresses answer: (status, type, body)."""

    report: Report
    now: Callable[[], datetime]

    def page(self, path: str) -> tuple[int, str, bytes]:
        match path.partition("?")[0]:
            case "/healthz":
                return self._healthz()
            case "/metrics":
                return self._metrics()
            case _:
                return 404, TEXT, b"There is /healthz and /metrics.\n"

    def _healthz(self) -> tuple[int, str, bytes]:
        said = self.report.health(self.now())
        return 200 if said["ok"] else 503, "application/json", json.dumps(said, ensure_ascii=False).encode()

    def _metrics(self) -> tuple[int, str, bytes]:
        try:
            from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        except ImportError:
            return 501, TEXT, b'Metrics need the extra "web": pip install "countersign[web]".\n'
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Figures(self))
        return 200, CONTENT_TYPE_LATEST, generate_latest(registry)


@dataclass(frozen=True, slots=True, eq=False)  # the client keeps its collectors in a dictionary
class _Figures:
    """The figures as Prometheus wants them; no names or amounts of people among them."""

    pages: Pages

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        now, status = self.pages.now(), self.pages.report.status(self.pages.now())
        yield GaugeMetricFamily("countersign_ok", "1 while no trouble is seen.", value=float(status["health"]["ok"]))
        age = GaugeMetricFamily("countersign_leg_age_seconds", "Seconds since it last worked.", labels=["leg"])
        daemons = GaugeMetricFamily(
            "countersign_leg_failing_daemons", "Daemons that cannot do it, of several.", labels=["leg"]
        )
        failing = GaugeMetricFamily("countersign_leg_failing", "1 while it fails.", labels=["leg"])
        for name, leg in status["legs"].items():
            if leg["last_success"]:
                last = datetime.fromisoformat(leg["last_success"])
                age.add_metric([name], max((now - last).total_seconds(), 0.0))
            failing.add_metric([name], float(leg["error"] is not None))
            daemons.add_metric([name], len(leg["failing"]))
        yield age
        yield failing
        yield daemons
        deeds = GaugeMetricFamily("countersign_deeds", "Things to do, by state.", labels=["state"])
        for state in ("due", "postponed"):
            deeds.add_metric([state], status["deeds"][state])
        deeds.add_metric(["dead"], len(status["deeds"]["dead"]))
        yield deeds
        letters = GaugeMetricFamily("countersign_letters", "Letters read, by what they were.", labels=["verdict"])
        for verdict, count in status["letters"].items():
            if verdict != "read":
                letters.add_metric([verdict], count)
        yield letters
        yield GaugeMetricFamily("countersign_waiting", "Open questions to people.", value=len(status["waiting"]))


class Web:
    """The server, in a thread of its own; it ends with the daemon."""

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(pages))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="web", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(pages: Pages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            try:
                status, kind, body = pages.page(self.path)
            except Exception:  # a journal that fails is itself the answer
                log.exception("the page %s could not be made", self.path)
                status, kind, body = 500, TEXT, b"The journal cannot be read.\n"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            log.debug(format, *args)

    return Handler
