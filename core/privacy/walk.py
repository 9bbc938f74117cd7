"""The walk of `redact` over one value: what is searched how, and the marks it leaves."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from typing import Any

from core.privacy.checks import card_number
from core.privacy.detect import SHORTEST, find_hits
from core.privacy.folds import without_unseen
from core.privacy.leads import lead_of
from core.privacy.marks import Mark, Path, RedactionFailed, pointer
from core.privacy.nested import (
    JSON_OPENERS,
    decoded_json,
    encoded_json,
    encoded_runs,
    encoded_texts,
    encoded_whole,
    hides,
    unescaped,
)
from core.privacy.rules import PHONE_KEY, PIN_KEY, RuleSet
from core.privacy.screening import Met
from core.privacy.screens import GATES, spelled
from core.privacy.surrogates import SurrogateKey, is_surrogate, surrogate
from core.privacy.texts import MAX_PASSES, NotSettled, Replacement, followed, located, redact_text
from core.privacy.tokens import without_tokens

MAX_DEPTH = 96
MAX_NESTED_JSON = 6
MAX_ENCODED = 4
"""How often a text may be encoded in base64 on top of base64 and is still read."""
LONGEST_ENCODED_VALUE = 4096
_SMALLEST_CARD = 10**11
_EXACT = 2**53
_KNOWN_KEYS = 8192
_PHONE_TEXT = re.compile(r"[+(]?[0-9][0-9 ().\-/]{5,22}[0-9]")
_LIST_FORM = ("value", "stringValue", "intValue", "doubleValue", "values", "arrayValue")
_SECRET, _SECRETS, _PHONE, _PIN, _ORDINARY = "secret", "secrets", "phone", "pin", ""
_NO_LEAD = (_SECRET, _SECRETS, _PHONE, _PIN)
_BY_KEY_ALONE = (_PHONE, _PIN)
"""What stands under such a key is no rule's to see: a text that is JSON is opened whatever the screen says."""
_PIN_TEXT = re.compile(r"[0-9]{4,8}")
_PART_OF_SECRET = re.compile(
    r"(?ai)(?:new|old|current|previous|value|confirm(?:ed|ation)?|repeat(?:ed)?|plain|text|data)"
)


class Walk:
    """One pass over one value, collecting marks."""

    __slots__ = ("behind", "keys", "layers", "left_out", "made", "marks", "rules")

    def __init__(self, keys: SurrogateKey, rules: RuleSet, behind: Collection[str], layers: int = 0) -> None:
        """`behind` are the gates of the rules' screen behind which something was seen in the whole value.

        `layers` is how often this value was encoded in base64 where it was found.
        """
        self.layers = layers
        self.keys = keys
        self.rules = rules
        self.behind = behind
        self.marks: list[Mark] = []
        self.made: list[Replacement] = []
        self.left_out = False

    def value(
        self, value: Any, path: Path = (), under: str = _ORDINARY, nested: int = 0, depth: int = 0
    ) -> Any:
        """The value as it may be stored; `under` says what its key makes of it, `nested` how many JSON strings it is in."""
        if isinstance(value, str):
            return value if len(value) < SHORTEST and not under else self._string(value, path, under, nested)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return self._number(value, path, under)
        if depth > MAX_DEPTH:
            raise RedactionFailed("too_deep", "")
        if isinstance(value, dict):
            return self._mapping(value, path, under, nested, depth + 1)
        if isinstance(value, (list, tuple)):
            return [
                self.value(item, (path, place), under, nested, depth + 1) for place, item in enumerate(value)
            ]
        raise RedactionFailed("unsupported_type", pointer(path))

    def _mapping(
        self, value: dict[Any, Any], path: Path, under: str, nested: int, depth: int
    ) -> dict[str, Any]:
        given, value = value, without_tokens(value)
        self.left_out = self.left_out or value is not given
        clean: dict[str, Any] = {}
        meanings = self.rules.key_names
        named = self._named(value, under)
        for key, item in value.items():
            means = meanings.get(key)
            known = key
            if means is None:
                if not isinstance(key, str):
                    raise RedactionFailed("unsupported_key", pointer(path))
                known = self._key(key, path)
                means = self._meaning(key)
            while known in clean:
                known += "_"
            if not means:
                means = (named if key == "value" else "") or (self._inherited(key, under) if under else "")
            if type(item) is str and len(item) < SHORTEST and not means:
                clean[known] = item
            else:
                clean[known] = self.value(item, (path, known), means, nested, depth)
        return clean

    def _named(self, value: dict[str, Any], under: str) -> str:
        """What `key` makes of the `value` beside it, as in a list of attributes."""
        key = value.get("key")
        if not isinstance(key, str) or "value" not in value:
            return _ORDINARY
        return self._meaning(key) or (_SECRET if under == _SECRETS and _PART_OF_SECRET.fullmatch(key) else "")

    @staticmethod
    def _inherited(key: str, under: str) -> str:
        """What a key hands down to its value: a secret to its parts, so that the schema of a password stays readable."""
        if under == _SECRETS:
            return under if key == "values" else _ORDINARY
        if key in _LIST_FORM:
            return under
        if under == _SECRET:
            if key == "kvlistValue":
                return _SECRETS
            return under if _PART_OF_SECRET.fullmatch(key) else _ORDINARY
        return _ORDINARY

    def _meaning(self, key: str) -> str:
        """What a key makes of its value: a secret, a phone number, what the tagger reads before it, or nothing in particular."""
        key = without_unseen(key)
        if self.rules.secret_names.search(key):
            return _SECRET
        if PHONE_KEY.search(key):
            return _PHONE
        if PIN_KEY.fullmatch(key):
            return _PIN
        return lead_of(key) if self.rules.tagger else _ORDINARY

    def _key(self, key: str, path: Path) -> str:
        clean, replaced = self._flat(key) if len(key) >= SHORTEST else (key, [])
        if replaced:
            self._mark(replaced, (path, clean), in_key=True)
        elif len(self.rules.key_names) < _KNOWN_KEYS and len(key) < 80:
            self.rules.key_names[key] = self._meaning(key)
        return clean

    def _number(self, value: int | float, path: Path, under: str) -> int | float | str:
        if under == _SECRET:
            return self._one("secret", "sensitive_key", str(value), path)
        if under == _PIN and isinstance(value, int) and _PIN_TEXT.fullmatch(str(value)):
            return self._one("secret", "sensitive_key", str(value), path)
        if isinstance(value, float) and not (value.is_integer() and abs(value) < _EXACT):
            return value
        digits = str(abs(int(value)))
        if is_surrogate(digits):
            return value
        if under == _PHONE and 7 <= len(digits) <= 15:
            return type(value)(self._one("phone", "phone_key", digits, path, like=digits))
        if _SMALLEST_CARD <= abs(value) < 10**19 and card_number(digits):
            return int(self._one("card", "card", digits, path, like=digits))
        return value

    def _string(self, text: str, path: Path, under: str, nested: int) -> str:
        if under == _SECRET and text.strip() and not is_surrogate(text):
            return self._one("secret", "sensitive_key", text, path, like=text)
        if under == _PIN and _PIN_TEXT.fullmatch(text):
            return self._one("secret", "sensitive_key", text, path)
        lead: str | None = _ORDINARY if under in _NO_LEAD else under
        if len(text) < (2 if lead else SHORTEST):
            return text
        if under == _PHONE and _PHONE_TEXT.fullmatch(text) and self._is_phone(text):
            return self._one("phone", "phone_key", re.sub("[^0-9]", "", text), path, like=text)
        met = None
        if not self.rules.reads_everything:
            met = self.rules.screen.met(spelled(text), self.behind)
            if not met and not (under in _BY_KEY_ALONE and text[0] in JSON_OPENERS):
                return text
        elif not under and text in self.rules.unchanged:
            return text
        if nested < MAX_NESTED_JSON and text[0] in JSON_OPENERS:
            found, decoded = decoded_json(text)
            if found:
                lead = None
                inner = self._nested(decoded, text, path, under, nested)
                if inner is not None:
                    return inner
        if self.layers < MAX_ENCODED and (hidden := encoded_whole(text)):
            opened = self._opened(hidden, self.layers + 1)
            if opened is not None:
                return self._encoded(text, opened, path)
        clean, replaced = self._flat(text, met, lead)
        if replaced:
            self._mark(replaced, path)
        elif met is None and not (under or self.rules.spared or (nested and text[0] in JSON_OPENERS)):
            self.rules.unchanged.add(text)
        return clean

    def _is_phone(self, text: str) -> bool:
        """Digits that only their key makes a number; one that a rule knows is left to the rule, and to its spelling."""
        digits = sum(character.isdigit() for character in text)
        return 7 <= digits <= 15 and not is_surrogate(text) and not find_hits(text, self.rules, lead=None)

    def _flat(
        self, text: str, met: Met | None = None, lead: str | None = "", layers: int | None = None
    ) -> tuple[str, list[Replacement]]:
        """As plain text with what is encoded in it, and once more with escapes made plain where that reveals something."""
        layers = self.layers if layers is None else layers
        hidden, first = text, list[Replacement]()
        if ";base64," in text:
            hidden, first = self._without_encoded(text, "data_url", layers)
        clean, replaced = redact_text(hidden, self.keys, self.rules, met if hidden is text else None, lead)
        replaced = followed(first, replaced) if first else replaced
        if layers < MAX_ENCODED and (met is None or "base64" in met.others):
            clean, replaced = self._without_runs(clean, replaced, layers)
        if hides(clean):
            plain, more = redact_text(unescaped(clean), self.keys, self.rules, lead=None)
            if more:
                return plain, located(plain, [*replaced, *more], len(text))
        return clean, replaced

    def _without_runs(
        self, text: str, replaced: list[Replacement], layers: int
    ) -> tuple[str, list[Replacement]]:
        """Runs of base64 in a redacted text that hide something give way, until none is left: `[ENCODED:…]`."""
        for _ in range(MAX_PASSES):
            shorter, made = self._without_encoded(text, "base64", layers)
            if not made:
                return text, replaced
            text, more = redact_text(shorter, self.keys, self.rules, lead=None)
            replaced = followed(followed(replaced, made), more)
        raise NotSettled

    def _without_encoded(self, text: str, rule_id: str, layers: int) -> tuple[str, list[Replacement]]:
        """Base64 payloads that decode to a text with something in it give way whole."""
        made: list[Replacement] = []
        pieces: list[str] = []
        at = length = 0
        for start, end, decoded in encoded_texts(text) if rule_id == "data_url" else encoded_runs(text):
            if self._opened(decoded, layers + 1) is None:
                continue
            stand_in = surrogate("encoded", text[start:end], self.keys)
            pieces += (text[at:start], stand_in)
            length += start - at
            made.append(Replacement(length, length + len(stand_in), "encoded", rule_id, stand_in, start, end))
            length += len(stand_in)
            at = end
        return "".join(pieces) + text[at:], made

    def _opened(self, decoded: str, layers: int) -> str | None:
        """What was decoded as it may be stored, by the structured rules and, in JSON, by its keys; None with nothing to hide."""
        if decoded[0] in JSON_OPENERS and layers < MAX_ENCODED:
            found, value = decoded_json(decoded)
            if found:
                inner = Walk(self.keys, self.rules.structured, GATES, layers)
                clean = inner.value(value, (), _ORDINARY, layers)
                return encoded_json(clean, like=decoded) if inner.marks or inner.left_out else None
        clean, replaced = self._flat(decoded, lead=None, layers=layers)
        return clean if replaced else None

    def _nested(self, decoded: Any, text: str, path: Path, under: str, nested: int) -> str | None:
        """The JSON text encoded again if there is something to hide inside, else None."""
        inner = Walk(self.keys, self.rules, self.behind, self.layers)
        clean = inner.value(decoded, (), under, nested + 1)
        if not inner.marks and not inner.left_out:
            return None
        self.left_out = self.left_out or inner.left_out
        encoded, more = self._flat(encoded_json(clean, like=text), lead=None)
        self._mark(located(encoded, [*inner.made, *more], len(text)), path)
        return encoded

    def _encoded(self, text: str, clean: str, path: Path) -> str:
        """A short value gives way whole; a long one is a file: it stays one, of the redacted text."""
        if len(text) <= LONGEST_ENCODED_VALUE:
            return self._one("encoded", "base64", text, path, like=text)
        encoded = base64.b64encode(clean.encode("utf-8", "surrogatepass")).decode()
        self._mark([Replacement(0, len(encoded), "encoded", "base64", encoded, 0, len(text))], path)
        return encoded

    def _one(self, kind: str, rule_id: str, normal: str, path: Path, like: str = "") -> str:
        """Replace a whole value by one surrogate."""
        text = surrogate(kind, normal, self.keys, like)
        self._mark([Replacement(0, len(text), kind, rule_id, text, 0, len(like) or len(normal))], path)
        return text

    def _mark(self, replaced: list[Replacement], path: Path, in_key: bool = False) -> None:
        place = pointer(path)
        self.made.extend(replaced)
        self.marks.extend(
            Mark(one.kind, place, one.start, one.end, one.rule_id, in_key, one.source_start, one.source_end)
            for one in replaced
        )
