"""Tool calls that do not fit what was offered: an unknown tool, arguments that are no JSON, or not of their schema.

Schemas come with the traffic, so nothing in them is fetched from elsewhere, and none of their regular expressions is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import orjson
from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from curation.conversation import Conversation, Tool
from curation.validators.finding import Finding

UNKNOWN_TOOL, NO_JSON, AGAINST_SCHEMA = "unknown_tool", "no_json", "against_schema"
MOST_ERRORS = 3
MOST_REFERENCES = 32
"""Each of a few dozen that is named twice doubles the work: a schema with more is not looked through."""
_REFERENCES = (b'"$ref"', b'"$dynamicRef"')
_BY_NAME = frozenset({"properties", "$defs", "definitions"})
"""What holds schemas under names of the sender's choice: "pattern" is a property there, no keyword."""
_PYTHON_TYPES = {"dict": "object", "list": "array", "tuple": "array", "str": "string", "int": "integer", "float": "number",
                 "bool": "boolean", "any": None}  # fmt: skip


def tool_arguments(conversation: Conversation) -> Iterator[Finding]:
    """Every call against the tools offered; where no tool was offered, nothing can be said."""
    tools = {tool["name"]: tool for tool in conversation["tools"]}
    if not tools:
        return
    for at, one in enumerate(conversation["messages"]):
        for place, part in enumerate(one["parts"]):
            if part.get("type") == "tool_call":
                for what, evidence in _checked(part.get("name") or "", part.get("arguments"), tools):
                    yield Finding(at, place, what, evidence=evidence)


def _checked(name: str, given: Any, tools: dict[str, Tool]) -> Iterator[tuple[str, dict[str, Any]]]:
    if name not in tools:
        yield UNKNOWN_TOOL, {"tool": name[:80]}
    elif isinstance(given, str):
        yield NO_JSON, {"tool": name[:80]}
    else:
        checker = _checker(orjson.dumps(tools[name]["parameters"] or {}, option=orjson.OPT_SORT_KEYS))
        if checker is not None:
            for error in islice(_errors(checker, {} if given is None else given), MOST_ERRORS):
                path = "/".join(map(str, error.absolute_path))[:120]
                yield AGAINST_SCHEMA, {"tool": name[:80], "path": path, "rule": str(error.validator)}


def _errors(checker: Draft202012Validator, given: Any) -> Iterator[ValidationError]:
    """Errors in order; a schema that points to what is not there can say nothing."""
    try:
        yield from checker.iter_errors(given)
    except (Unresolvable, RecursionError):
        return


@lru_cache(maxsize=2048)
def _checker(schema: bytes) -> Draft202012Validator | None:
    """The checker of a schema, None for one that is no schema itself, or endless work: then the call is not at fault."""
    if sum(map(schema.count, _REFERENCES)) > MOST_REFERENCES:
        return None
    read = _in_json_terms(orjson.loads(schema))
    kind = validator_for(read, default=Draft202012Validator)
    try:
        kind.check_schema(read)
    except SchemaError:
        return None
    return kind(read, registry=Registry())


def _in_json_terms(schema: Any) -> Any:
    """Types named as Python does (`dict`, `float`), which many senders write, in those of JSON schema; no patterns."""
    if isinstance(schema, list):
        return [_in_json_terms(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    read = {
        name: _named(value) if name in _BY_NAME else _in_json_terms(value) for name, value in schema.items()
    }
    read.pop("pattern", None)
    if read.pop("patternProperties", None) is not None:
        read.pop("additionalProperties", None)
        read.pop("unevaluatedProperties", None)
    kind = read.get("type")
    if isinstance(kind, str) and kind in _PYTHON_TYPES:
        if _PYTHON_TYPES[kind] is None:
            del read["type"]
        else:
            read["type"] = _PYTHON_TYPES[kind]
    return read


def _named(schemas: Any) -> Any:
    if not isinstance(schemas, dict):
        return schemas
    return {name: _in_json_terms(one) for name, one in schemas.items()}
