"""`redact`: every string of a JSON-like value is searched, also keys, JSON inside strings and escaped characters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.privacy.checks import card_number
from core.privacy.detect import SHORTEST
from core.privacy.nested import JSON_OPENERS, decoded_json, encoded_json, unescaped
from core.privacy.rules import RuleSet
from core.privacy.surrogates import SurrogateKey, is_surrogate, surrogate
from core.privacy.texts import Replacement, located, redact_text

MAX_DEPTH = 96
MAX_NESTED_JSON = 6
_SMALLEST_CARD = 10**11
_KNOWN_KEYS = 8192

Path = tuple[Any, ...]


class RedactionFailed(Exception):
    """Redaction could not finish. Carries a code and a place, never the value or the cause's text."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"redaction failed: {code}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a surrogate stands: JSON pointer of the string, offsets in the redacted text, and the rule that put it there."""

    kind: str
    path: str
    start: int
    end: int
    rule_id: str
    in_key: bool = False

    def as_data(self) -> dict[str, Any]:
        """The JSON form stored beside a body."""
        data: dict[str, Any] = {
            "kind": self.kind,
            "path": self.path,
            "start": self.start,
            "end": self.end,
            "rule": self.rule_id,
        }
        return {**data, "in_key": True} if self.in_key else data


@dataclass(slots=True)
class Redacted:
    """The value that may be stored, where it was changed, how often by kind, and under which rules."""

    value: Any
    marks: list[Mark] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    rules: str = ""


def redact(value: Any, *, keys: SurrogateKey, rules: RuleSet) -> Redacted:
    """Redact a JSON-like value of str, int, float, bool, None, list, tuple and dict with string keys.

    The input is not changed. Idempotent: a redacted value comes back equal, without marks. Raises RedactionFailed on
    anything else, and on any inner error: the caller must then store no body.
    """
    walk = _Walk(keys, rules)
    try:
        clean = walk.value(value, (), False, 0)
    except RedactionFailed:
        raise
    except RecursionError:
        raise RedactionFailed("too_deep", "") from None
    except Exception as error:
        raise RedactionFailed(f"inner_{type(error).__name__}", "") from None
    counts = Counter(mark.kind for mark in walk.marks)
    return Redacted(clean, walk.marks, dict(counts), rules.label)


def pointer(path: Path) -> str:
    """RFC 6901 JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class _Walk:
    """One pass over one value, collecting marks."""

    __slots__ = ("keys", "made", "marks", "rules")

    def __init__(self, keys: SurrogateKey, rules: RuleSet) -> None:
        self.keys = keys
        self.rules = rules
        self.marks: list[Mark] = []
        self.made: list[Replacement] = []

    def value(self, value: Any, path: Path, secret: bool, nested: int) -> Any:
        if isinstance(value, str):
            return (
                value if len(value) < SHORTEST and not secret else self._string(value, path, secret, nested)
            )
        if value is None or isinstance(value, bool):
            return value
        if secret and isinstance(value, (int, float)):
            return self._one("secret", "sensitive_key", str(value), path)
        if isinstance(value, float):
            return value
        if isinstance(value, int):
            return self._integer(value, path)
        if len(path) > MAX_DEPTH:
            raise RedactionFailed("too_deep", pointer(path[:8]))
        if isinstance(value, dict):
            return self._mapping(value, path, secret, nested)
        if isinstance(value, (list, tuple)):
            return [self.value(item, (*path, place), secret, nested) for place, item in enumerate(value)]
        raise RedactionFailed("unsupported_type", pointer(path))

    def _mapping(self, value: dict[Any, Any], path: Path, secret: bool, nested: int) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        named = value.get("key") if "value" in value and "key" in value else None
        for key, item in value.items():
            if not isinstance(key, str):
                raise RedactionFailed("unsupported_key", pointer(path))
            known = self._key(key, path)
            while known in clean:
                known += "_"
            hidden = self._is_secret(key) or (
                key == "value" and isinstance(named, str) and self._is_secret(named)
            )
            hidden = hidden or (secret and key in ("value", "stringValue", "values", "arrayValue"))
            clean[known] = self.value(item, (*path, known), hidden, nested)
        return clean

    def _is_secret(self, key: str) -> bool:
        known = self.rules.key_names.get(key)
        if known is None:
            known = self.rules.secret_names.search(key) is not None
            if len(self.rules.key_names) < _KNOWN_KEYS:
                self.rules.key_names[key] = known
        return known

    def _key(self, key: str, path: Path) -> str:
        if len(key) < SHORTEST or key in self.rules.clean_keys:
            return key
        clean, replaced = self._flat(key)
        if not replaced:
            if len(self.rules.clean_keys) < _KNOWN_KEYS and len(key) < 80:
                self.rules.clean_keys.add(key)
            return key
        self._mark(replaced, (*path, clean), in_key=True)
        return clean

    def _integer(self, value: int, path: Path) -> int | str:
        if -_SMALLEST_CARD < value < _SMALLEST_CARD or value >= 10**19:
            return value
        digits = str(abs(value))
        if not card_number(digits):
            return value
        return self._one("card", "card", digits, path)

    def _string(self, text: str, path: Path, secret: bool, nested: int) -> str:
        if secret and text.strip() and not is_surrogate(text):
            return self._one("secret", "sensitive_key", text, path)
        if len(text) < SHORTEST:
            return text
        if nested < MAX_NESTED_JSON and text[0] in JSON_OPENERS:
            inner = self._nested(text, path, nested)
            if inner is not None:
                return inner
        clean, replaced = self._flat(text)
        if replaced:
            self._mark(replaced, path)
        return clean

    def _flat(self, text: str) -> tuple[str, list[Replacement]]:
        """As plain text, and once more with escapes made plain where that reveals something."""
        clean, replaced = redact_text(text, self.keys, self.rules)
        if "\\u00" in clean:
            plain, more = redact_text(unescaped(clean), self.keys, self.rules)
            if more:
                return plain, located(plain, [*replaced, *more])
        return clean, replaced

    def _nested(self, text: str, path: Path, nested: int) -> str | None:
        """The text re-encoded if it is JSON with something to hide inside, else None."""
        found, decoded = decoded_json(text)
        if not found:
            return None
        inner = _Walk(self.keys, self.rules)
        clean = inner.value(decoded, (), False, nested + 1)
        if not inner.marks:
            return None
        encoded, more = self._flat(encoded_json(clean, like=text))
        self._mark(located(encoded, [*inner.made, *more]), path)
        return encoded

    def _one(self, kind: str, rule_id: str, normal: str, path: Path) -> str:
        """Replace a whole value by one surrogate."""
        text = surrogate(kind, normal, self.keys)
        self._mark([Replacement(0, len(text), kind, rule_id, text)], path)
        return text

    def _mark(self, replaced: list[Replacement], path: Path, in_key: bool = False) -> None:
        place = pointer(path)
        self.made.extend(replaced)
        self.marks.extend(Mark(one.kind, place, one.start, one.end, one.rule_id, in_key) for one in replaced)
