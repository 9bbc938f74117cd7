"""One row, one sequence of bytes: what a leaf hashes must not depend on who wrote it or when.

Rows are sorted-key JSON in UTF-8 (Python's shortest round-trip floats, integers of any size). RFC 8785
refuses integers above 2**53 and lone surrogates, and production traces hold both; so rows use the encoding
below, and only the manifest, which we compose ourselves, is RFC 8785.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """The value has no single canonical form (NaN, infinity, a non-string key, an unknown type)."""


def canonical_row(row: Mapping[str, Any]) -> bytes:
    """Bytes of a row. A lone surrogate becomes its JSON escape, so the mapping stays one to one."""
    _refuse_ambiguous(row, "row")
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def read_row(data: bytes) -> dict[str, Any]:
    """The row that `canonical_row` wrote."""
    row = json.loads(data)
    if not isinstance(row, dict):
        raise NotCanonical("a row is a JSON object")
    return row


def canonical_manifest(manifest: Mapping[str, Any]) -> bytes:
    """RFC 8785 (JCS) bytes of a manifest, reproducible by any other implementation of the standard."""
    try:
        return rfc8785.dumps(dict(manifest))
    except rfc8785.CanonicalizationError as error:
        raise NotCanonical(str(error)) from error


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """Hex sha256 of the canonical manifest: the identity of a snapshot with everything said about it."""
    return hashlib.sha256(canonical_manifest(manifest)).hexdigest()


def _refuse_ambiguous(value: Any, where: str) -> None:
    if value is None or isinstance(value, (str, bool, int)):
        return
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise NotCanonical(f"{where}: {value} is not a JSON number")
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"{where}: key {key!r} is not a string")
            _refuse_ambiguous(item, f"{where}.{key}")
        return
    if isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            _refuse_ambiguous(item, f"{where}[{place}]")
        return
    raise NotCanonical(f"{where}: {type(value).__name__} has no canonical form")
