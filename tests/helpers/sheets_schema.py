"""Google's published discovery documents as a judge: is this a call, a body, a field mask that the API has?"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = Path(__file__).parent.parent / "discovery"
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "object": (dict,),
    "array": (list,), "any": (object,),
}  # fmt: skip


class Refused(Exception):
    """Google would answer 400."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of an API, and the values of its path."""

    id: str
    api: "Api"
    facts: Mapping[str, Any]
    path: Mapping[str, str]

    def check(self, query: Mapping[str, list[str]], body: object) -> None:
        """Raise when a parameter, the body or the mask of the answer is not what the document says."""
        known = {**self.api.document["parameters"], **self.facts.get("parameters", {})}
        for name in query:
            if name not in known:
                raise Refused(f"unknown parameter {name}")
        request = self.facts.get("request")
        if request is not None:
            self.api.check(body, {"$ref": request["$ref"]}, "body")
        for mask in query.get("fields", ()):
            self.api.check_mask(parse_mask(mask), self.facts["response"]["$ref"])

    def check_answer(self, answer: object) -> None:
        """The local server must not answer what Google cannot."""
        self.api.check(answer, {"$ref": self.facts["response"]["$ref"]}, "answer")


class Api:
    """One discovery document."""

    def __init__(self, name: str) -> None:
        self.document: Json = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        self.schemas: Json = self.document["schemas"]
        base = self.document["servicePath"]
        self.routes = [
            (method["httpMethod"], _pattern(base + method.get("flatPath", method["path"])), method)
            for method in _methods(self.document["resources"])
        ]

    def method(self, verb: str, path: str) -> Method | None:
        """The method that answers a path."""
        for known, pattern, facts in self.routes:
            match = pattern.fullmatch(path.lstrip("/")) if known == verb else None
            if match is not None:
                return Method(facts["id"], self, facts, match.groupdict())
        return None

    def check(self, value: object, schema: Mapping[str, Any], where: str) -> None:
        """Raise unless a value fits a schema. A field without value is null, as proto3's JSON has it."""
        if "$ref" in schema:
            self._check_object(value, self.schemas[schema["$ref"]], where)
            return
        kind = schema["type"]
        if kind == "string" and schema.get("format") in ("int64", "uint64") and isinstance(value, int):
            return
        if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind in ("integer", "number")):
            raise Refused(f"{where} is no {kind}: {value!r}")
        if kind == "array":
            assert isinstance(value, list)
            for at, item in enumerate(value):
                self.check(item, schema["items"], f"{where}[{at}]")
        elif kind == "object":
            self._check_object(value, schema, where)
        elif "enum" in schema and value not in schema["enum"]:
            raise Refused(f"{where}: {value!r} is none of {schema['enum']}")
        elif schema.get("format") == "int32" and not -(2**31) <= int(str(value)) < 2**31:
            raise Refused(f"{where}: {value} is no int32")

    def _check_object(self, value: object, schema: Mapping[str, Any], where: str) -> None:
        if not isinstance(value, dict):
            raise Refused(f"{where} is no object: {value!r}")
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, item in value.items():
            if item is None:
                continue
            if name in properties:
                self.check(item, properties[name], f"{where}.{name}")
            elif others is not None:
                self.check(item, others, f"{where}.{name}")
            else:
                raise Refused(f'Invalid JSON payload received. Unknown name "{name}" at {where}')

    def check_mask(self, mask: Json, name: str) -> None:
        """Raise unless every field of a mask is in a schema."""
        self._check_mask(mask, {"$ref": name}, name)

    def _check_mask(self, mask: Json, schema: Mapping[str, Any], where: str) -> None:
        while "$ref" in schema or "items" in schema:
            schema = self.schemas[schema["$ref"]] if "$ref" in schema else schema["items"]
        for field, inner in mask.items():
            if field == "*" or "additionalProperties" in schema:
                continue
            if field not in schema.get("properties", {}):
                raise Refused(f"Invalid field selection {field} in {where}")
            if inner:
                self._check_mask(inner, schema["properties"][field], f"{where}.{field}")


@cache
def apis() -> tuple[Api, Api]:
    """Sheets and Drive."""
    return Api("sheets.v4"), Api("drive.v3")


def method_of(verb: str, path: str) -> Method | None:
    """Which method of either API a call is meant for."""
    return next((found for api in apis() if (found := api.method(verb, path)) is not None), None)


def _methods(resources: Mapping[str, Any]) -> Iterator[Json]:
    for resource in resources.values():
        yield from resource.get("methods", {}).values()
        yield from _methods(resource.get("resources", {}))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{\+?(\w+)\}", template)
    return re.compile("".join(re.escape(p) if at % 2 == 0 else f"(?P<{p}>[^/:]+)" for at, p in enumerate(parts)))


# --- field masks ------------------------------------------------------------------------------------


def parse_mask(text: str) -> Json:
    """`a,b(c,d.e)` as a tree."""
    tokens = re.findall(r"[\w*]+|[(),./]", text)
    if "".join(tokens) != text.replace(" ", ""):
        raise Refused(f"Invalid field mask {text}")
    tree, rest = _fields(tokens)
    if rest:
        raise Refused(f"Invalid field mask {text}")
    return tree


def _fields(tokens: list[str]) -> tuple[Json, list[str]]:
    tree: Json = {}
    while tokens:
        place = tree
        name, *tokens = tokens
        while tokens and tokens[0] in "./":
            place = place.setdefault(name, {})
            name, *tokens = tokens[1:]
        inner: Json = {}
        if tokens and tokens[0] == "(":
            inner, tokens = _fields(tokens[1:])
            if not tokens or tokens[0] != ")":
                raise Refused("Invalid field mask: a bracket is not closed")
            tokens = tokens[1:]
        place.setdefault(name, {}).update(inner)
        if not tokens or tokens[0] != ",":
            break
        tokens = tokens[1:]
    return tree, tokens


def only(value: Any, mask: Json) -> Any:
    """What a mask lets through."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [only(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: only(value[name], inner) for name, inner in mask.items() if name in value}


def put_by_mask(old: Json, new: Mapping[str, Any], mask: Json) -> Json:
    """The old value with the masked fields of the new one; a masked field that is not given is cleared."""
    result = dict(old)
    for name, inner in mask.items():
        if name == "*":
            return dict(new)
        if inner:
            changed = put_by_mask(result.get(name, {}), new.get(name, {}), inner)
            result[name] = changed
        elif name in new:
            result[name] = new[name]
        else:
            result.pop(name, None)
        if result.get(name) == {}:
            del result[name]
    return result


def masks_in(requests: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """The field masks inside the requests of a batch, and the schema each is of."""
    schemas = {
        "updateCells": "CellData", "repeatCell": "CellData", "updateDimensionProperties": "DimensionProperties",
        "updateSheetProperties": "SheetProperties", "updateDeveloperMetadata": "DeveloperMetadata",
    }  # fmt: skip
    for request in requests:
        for name, what in request.items():
            if name in schemas:
                yield what.get("fields", ""), schemas[name]
