"""Another implementation of the Sheets API: it answers rightly and yet not as Google does, and it can less."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.drive_server import Answer
from helpers.sheets_schema import Json, Method, Refused
from helpers.sheets_server import SheetsServer

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
METADATA = frozenset({"createDeveloperMetadata", "deleteDeveloperMetadata"})


@dataclass
class OtherServer(SheetsServer):
    """`lacks` are requests it does not know, and `manner` how it says so: named, opaque, 501, text, or forgets."""

    lacks: set[str] = field(default_factory=set)
    manner: str = "named"
    has_drive: bool = False
    tells_version: bool = True
    version_stands: bool = False  # the same for ever, whatever happens
    mirrors: bool = True  # whether a write's answer shows the sheet afterwards
    compressed: bool = False

    def answer(self, verb: str, address: str, headers: Mapping[str, str], raw: bytes) -> Answer | None:
        if "/drive/" in address and not self.has_drive:
            self.calls.append("drive")
            return 404, b"Not Found", {}
        answered = super().answer(verb, address, headers, raw)
        if answered is None:
            return None
        status, shown, more = answered
        if status == 502:
            return status, PAGE, {"Content-Type": "text/html"}
        if status == 400 and self.manner in ("opaque", "text") and isinstance(shown, dict):
            return 400, ({"error": "bad request"} if self.manner == "opaque" else b"bad request"), {}
        if status == 400 and self.manner == "501" and "does not know" in str(shown):
            return 501, {"message": "not implemented"}, {}
        if isinstance(shown, bytes):
            return answered
        body = json.dumps(_otherwise(shown)).encode()
        if self.compressed:
            return status, gzip.compress(body), {**more, "Content-Encoding": "gzip"}
        return status, body, more

    def _work(self, method: Method, query: dict[str, list[str]], body: Any) -> Json:
        answer = super()._work(method, query, body)
        if method.id == "drive.files.get" and not self.tells_version:
            del answer["version"], answer["modifiedTime"]
        if method.id == "drive.files.get" and self.version_stands:
            answer["version"] = "1"
        return answer

    def _batch(self, method: Method, body: Json) -> Json:
        for at, request in enumerate(body["requests"]):
            for kind in self.lacks.intersection(request):
                if self.manner != "forgets":
                    raise Refused(f"Invalid requests[{at}].{kind}: the server does not know it")
        kept = [request for request in body["requests"] if not self.lacks.intersection(request)]
        answer = super()._batch(method, {**body, "requests": kept})
        answer["replies"] = []
        if not self.mirrors:
            answer.pop("updatedSpreadsheet", None)
        return answer


def _otherwise(value: Any, name: str = "") -> Any:
    """The same said in another way: whole numbers as numbers with a point, fields that nobody asked for, no empty
    lists, blank cells at the ends, sheets in another order."""
    match value:
        case dict():
            told = {key: _otherwise(item, key) for key, item in value.items() if item not in ([], None)}
            return {"kind": "other", **told} if name in ("", "properties") else told
        case list():
            told = [_otherwise(item) for item in value]
            if name == "sheets":
                told = sorted(told, key=lambda sheet: -sheet["properties"].get("index", 0))
            return [*told, {}, {"values": []}] if name == "rowData" else [*told, {}] if name == "values" else told
        case float() if value.is_integer():
            return int(value)
        case int() if name == "numberValue" and not isinstance(value, bool):
            return float(value)
        case _:
            return value
