"""The values of OTLP requests as plain JSON: attributes and any-values of protobuf, fields of OTLP/JSON.

OTLP/JSON writes ids as hex, 64-bit integers as strings or numbers, enums as numbers; unknown fields are ignored.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def pairs(attributes: Any) -> dict[str, Any]:
    """Protobuf attributes as a mapping."""
    return {pair.key: value(pair.value) for pair in attributes}


def value(given: AnyValue) -> Any:
    """A protobuf any-value; bytes become the text they are or base64, nothing becomes None."""
    which = given.WhichOneof("value")
    if which is None:
        return None
    if which == "array_value":
        return [value(inner) for inner in given.array_value.values]
    if which == "kvlist_value":
        return pairs(given.kvlist_value.values)
    if which == "bytes_value":
        return text_of(given.bytes_value)
    return getattr(given, which)


def text_of(data: bytes) -> str:
    """Bytes that are a text, as that text, so that redaction can read it; any other as base64."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()
    return base64.b64encode(data).decode() if CONTROL.search(text) else text


class WrongType(ValueError):
    """A field that has another type than OTLP/JSON gives it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def get(raw: dict[str, Any], *names: str) -> Any:
    """The first of these spellings of a field."""
    return next((raw[name] for name in names if name in raw), None)


def list_of(raw: dict[str, Any], *names: str) -> list[Any]:
    """A list field, [] when it is none."""
    value = get(raw, *names)
    return value if isinstance(value, list) else []


def dict_of(raw: dict[str, Any], name: str) -> dict[str, Any]:
    """An object field, {} when it is none."""
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def id_of(raw: dict[str, Any], *names: str) -> str:
    """An id as lower-case hex, "" when it is no text."""
    value = get(raw, *names)
    return value.lower() if isinstance(value, str) else ""


def integer(value: Any, field: str) -> int:
    """A 64-bit integer, written as number or text; raises WrongType."""
    if value is None:
        return 0
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    raise WrongType(field, f"{field} is not a 64-bit integer")


def enum(value: Any, names: tuple[str, ...], prefix: str) -> str:
    """The name of an enum value given by number or by name."""
    if isinstance(value, str) and value.removeprefix(prefix).lower() in names:
        return value.removeprefix(prefix).lower()
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else names[0]


def json_pairs(pairs: Any) -> dict[str, Any]:
    """OTLP/JSON attributes as a mapping."""
    if not isinstance(pairs, list):
        return {}
    return {
        str(pair.get("key", "")): json_value(pair.get("value")) for pair in pairs if isinstance(pair, dict)
    }


def json_value(value: Any) -> Any:
    """An OTLP/JSON any-value."""
    if not isinstance(value, dict):
        return None
    if "intValue" in value:
        return integer(value["intValue"], "attributes.intValue")
    if "arrayValue" in value:
        return [json_value(inner) for inner in list_of(dict_of(value, "arrayValue"), "values")]
    if "kvlistValue" in value:
        return json_pairs(dict_of(value, "kvlistValue").get("values"))
    if "doubleValue" in value:
        return _double(value["doubleValue"])
    if "bytesValue" in value:
        return _bytes(value["bytesValue"])
    return next((value[name] for name in ("stringValue", "boolValue") if name in value), None)


def _double(value: Any) -> Any:
    """The number that protobuf would carry: a whole one too is a double, and NaN comes as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    try:
        return float(value)
    except (OverflowError, ValueError):
        return value


def _bytes(value: Any) -> Any:
    """What protobuf's bytes would become; text that is no base64 stays as it is."""
    try:
        return text_of(base64.b64decode(value, validate=True))
    except (TypeError, ValueError):
        return value
