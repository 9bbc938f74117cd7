"""The parts of a request of logs or metrics, one by one: what is broken costs one part, not its request.

Every OTLP request nests alike: resource groups (field 1) hold a resource (1) and scope groups (2), which hold a
scope (1) and the parts (2). OTLP/JSON spells the same names in camel case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from curation.formats.otlp import Malformed
from curation.formats.otlp_json import json_resource, wrong_resource
from curation.formats.otlp_values import WrongType, dict_of, get, list_of, pairs
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.texts import parse_json
from curation.formats.wire import fields, joined


@dataclass(frozen=True, slots=True)
class Signal:
    """What a request of this kind is made of: its protobuf classes and the names of its three levels."""

    request: type[Message]
    part: type[Message]
    groups: str
    scopes: str
    parts: str


@dataclass(slots=True)
class Given:
    """One part as it came: a protobuf message, or an object of OTLP/JSON; `number` counts from 1 over the request."""

    number: int
    value: Any
    resource: dict[str, Any]
    scope: str

    def raw(self) -> bytes:
        """Its bytes, for a refusal; nothing for a value nested too deeply to be written down again."""
        if isinstance(self.value, Message):
            return bytes(self.value.SerializeToString())
        try:
            return json.dumps(self.value).encode()
        except RecursionError:
            return b""


def read_parts(body: bytes, signal: Signal, *, as_json: bool, place: str) -> Iterator[Given | BrokenRow]:
    """Every part in order; raises Malformed when the body as a whole is no such request."""
    return _of_json(body, signal, place) if as_json else _of_protobuf(body, signal, place)


def _of_protobuf(body: bytes, signal: Signal, place: str) -> Iterator[Given | BrokenRow]:
    request = signal.request()
    try:
        request.ParseFromString(body)
    except DecodeError:
        yield from _salvage(body, signal, place)
        return
    number = 0
    for group in getattr(request, signal.groups):
        resource = pairs(group.resource.attributes)
        for scoped in getattr(group, signal.scopes):
            for part in getattr(scoped, signal.parts):
                number += 1
                yield Given(number, part, resource, scoped.scope.name)


def _salvage(body: bytes, signal: Signal, place: str) -> Iterator[Given | BrokenRow]:
    """Part by part, so that one string that is not UTF-8 costs one part."""
    broken = f"the body is not a protobuf {signal.request.DESCRIPTOR.name}"
    number = 0
    try:
        for _, group in (one for one in fields(body) if one[0] == 1):
            inside = list(fields(group))
            resource = joined(inside, 1)
            for scoped in (list(fields(raw)) for field, raw in inside if field == 2):
                for raw in (part for field, part in scoped if field == 2):
                    number += 1
                    yield _salvaged(raw, (resource, joined(scoped, 1)), signal, place, number)
    except ValueError as error:
        raise Malformed(broken) from error
    if not number:
        raise Malformed(broken)


def _salvaged(
    raw: bytes, around: tuple[bytes, bytes], signal: Signal, place: str, number: int
) -> Given | BrokenRow:
    part, resource, scope = signal.part(), Resource(), InstrumentationScope()
    try:
        resource.ParseFromString(around[0])
        scope.ParseFromString(around[1])
        part.ParseFromString(raw)
    except DecodeError:
        problem = RowProblem(
            place, number, "", "invalid_utf8", "it cannot be decoded: a string in it is not UTF-8",
            "Encode every protobuf string as UTF-8; send raw bytes as bytes_value.",
        )  # fmt: skip
        return BrokenRow(problem, raw)
    return Given(number, part, pairs(resource.attributes), scope.name)


def _of_json(body: bytes, signal: Signal, place: str) -> Iterator[Given | BrokenRow]:
    try:
        request, _ = parse_json(body)
    except ValueError as error:
        raise Malformed("the body is not JSON") from error
    groups, scopes, parts = (_camel(name) for name in (signal.groups, signal.scopes, signal.parts))
    if not isinstance(request, dict):
        raise Malformed(f"the body is not a JSON object with {groups}")
    if not isinstance(get(request, groups, signal.groups), list | None):
        raise Malformed(f"{groups} is not a list")
    number = 0
    for group in list_of(request, groups, signal.groups):
        if not isinstance(group, dict):
            raise Malformed(f"{groups} holds something that is not an object")
        resource, wrong = _json_resource(group)
        for scoped in list_of(group, scopes, signal.scopes):
            if not isinstance(scoped, dict):
                raise Malformed(f"{scopes} holds something that is not an object")
            scope = str(dict_of(scoped, "scope").get("name", ""))
            for part in list_of(scoped, parts, signal.parts):
                number += 1
                given = Given(number, part, resource, scope)
                yield BrokenRow(wrong_resource(wrong, place, number), given.raw()) if wrong else given


def _json_resource(group: dict[str, Any]) -> tuple[dict[str, Any], WrongType | None]:
    try:
        return json_resource(group)
    except RecursionError as error:
        raise Malformed("a value in the body is nested too deeply") from error


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
