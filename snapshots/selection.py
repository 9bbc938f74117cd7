"""All parameters of a choice of rows, as one validated value with one canonical form."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from snapshots.canonical import canonical_manifest
from snapshots.reasons import PREFERENCE_REASONS, SFT_REASONS

KINDS = {"sft": SFT_REASONS, "preference": PREFERENCE_REASONS}
AXES = ("domains", "difficulties", "kinds", "languages")


class BadSpec(ValueError):
    """A parameter that means nothing; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class SelectionSpec:
    """What should be in. `min_strength` is a pair's mean pull over its votes (1 slight, 2 clear)."""

    kind: str
    reasons: tuple[str, ...]
    min_strength: float = 1.0
    include_simulated: bool = False
    one_per_cluster: bool = True
    leave_out_needs_work: bool = True
    domains: tuple[str, ...] = ()
    difficulties: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    max_rows: int | None = None
    validation_permille: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadSpec("kind", f"is one of {', '.join(KINDS)}")
        known = {reason.value for reason in KINDS[self.kind]}
        if not self.reasons or set(self.reasons) - known:
            raise BadSpec("reasons", f"at least one of {', '.join(sorted(known))}")
        if not 0 < self.min_strength <= 2:
            raise BadSpec("min_strength", "lies above 0 and at most at 2")
        if self.max_rows is not None and self.max_rows < 1:
            raise BadSpec("max_rows", "is at least 1")
        if not 0 <= self.validation_permille <= 500:
            raise BadSpec("validation_permille", "lies between 0 and 500 of 1,000 clusters")

    def as_data(self) -> dict[str, Any]:
        """JSON-able, lists sorted."""
        data = asdict(self)
        return {name: sorted(value) if isinstance(value, tuple) else value for name, value in data.items()}

    @property
    def sha256(self) -> str:
        """Names the selection by its content."""
        return hashlib.sha256(canonical_manifest(self.as_data())).hexdigest()


def default_spec(kind: str) -> SelectionSpec:
    """Every reason of the kind. Strength is the mean pull of all counted votes: a winner becomes a positive only
    where they say more than slightly better, a pair enters where they lean one way at all.
    """
    if kind not in KINDS:
        raise BadSpec("kind", f"is one of {', '.join(KINDS)}")
    reasons = tuple(sorted(reason.value for reason in KINDS[kind]))
    return SelectionSpec(kind=kind, reasons=reasons, min_strength=1.5 if kind == "sft" else 0.5)


def parse_spec(data: Mapping[str, Any]) -> SelectionSpec:
    """From JSON; fields that are not given have the defaults of the kind, unknown ones are refused."""
    known = {field.name for field in fields(SelectionSpec)}
    for name in data:
        if name not in known:
            raise BadSpec(name, "is not a parameter of a selection")
    given = default_spec(str(data.get("kind", ""))).as_data() | dict(data)
    lists = {name: _words(name, given[name]) for name in ("reasons", *AXES)}
    numbers = {
        "min_strength": _number("min_strength", given["min_strength"]),
        "max_rows": None if given["max_rows"] is None else _whole("max_rows", given["max_rows"]),
        "validation_permille": _whole("validation_permille", given["validation_permille"]),
        "seed": _whole("seed", given["seed"]),
    }
    flags = {name: _flag(name, given[name]) for name in _FLAGS}
    return SelectionSpec(kind=given["kind"], **lists, **numbers, **flags)  # type: ignore[arg-type]


_FLAGS = ("include_simulated", "one_per_cluster", "leave_out_needs_work")


def _words(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(word, str) for word in value):
        raise BadSpec(name, "is a list of words")
    return tuple(sorted(set(value)))


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadSpec(name, "is a whole number")
    return value


def _number(name: str, value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value != value:
        raise BadSpec(name, "is a number")
    return float(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadSpec(name, "is true or false")
    return value
