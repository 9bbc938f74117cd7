"""All parameters of a choice of rows, as one validated value with one canonical form."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from curation.sampling import AXES as STRATUM_AXES
from curation.sampling import USUAL_AXES, ordered_axes
from snapshots.canonical import canonical_manifest
from snapshots.reasons import ON_REQUEST, PREFERENCE_REASONS, SFT_REASONS

USUAL = {"sft": SFT_REASONS, "preference": PREFERENCE_REASONS}
KINDS = {"sft": SFT_REASONS, "preference": (*PREFERENCE_REASONS, *ON_REQUEST)}
LATER = ("quotas", "quota_axes", "fill_quotas", "max_per_template", "recipe")
MOST_QUOTAS = 500
AXES = ("domains", "difficulties", "kinds", "languages")


class BadSpec(ValueError):
    """A parameter that means nothing; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class SelectionSpec:
    """What should be in. `min_strength` is a pair's mean pull over its votes (1 slight, 2 clear).

    `quotas` are weights of strata over `quota_axes` (none: "domain × difficulty"): `max_rows` is then handed out in
    proportion to them, exactly, and what a stratum lacks stays missing unless `fill_quotas` gives it to the others.
    `recipe` is a version of a recipe, `name@number`: only clusters that it chooses enter.
    """

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
    quotas: Mapping[str, float] = field(default_factory=dict)
    quota_axes: tuple[str, ...] = ()
    fill_quotas: bool = False
    max_per_template: int | None = None
    recipe: str = ""

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
        if self.max_per_template is not None and self.max_per_template < 1:
            raise BadSpec("max_per_template", "is at least 1")
        if self.quotas and self.max_rows is None:
            raise BadSpec("max_rows", "is needed with quotas: they are shares of it")

    def as_data(self) -> dict[str, Any]:
        """JSON-able, lists sorted. What came later and is not used is left out, so earlier selections keep their name."""
        data = asdict(self)
        for name in LATER:
            if not data[name]:
                del data[name]
        return {name: sorted(value) if isinstance(value, tuple) else value for name, value in data.items()}

    @property
    def sha256(self) -> str:
        """Names the selection by its content."""
        return hashlib.sha256(canonical_manifest(self.as_data())).hexdigest()


def default_spec(kind: str) -> SelectionSpec:
    """Every usual reason of the kind. Strength is the mean pull of all counted votes: a winner becomes a positive only
    where they say more than slightly better, a pair enters where they lean one way at all.
    """
    if kind not in KINDS:
        raise BadSpec("kind", f"is one of {', '.join(KINDS)}")
    reasons = tuple(sorted(reason.value for reason in USUAL[kind]))
    return SelectionSpec(kind=kind, reasons=reasons, min_strength=1.5 if kind == "sft" else 0.5)


def parse_spec(data: Mapping[str, Any]) -> SelectionSpec:
    """From JSON; fields that are not given have the defaults of the kind, unknown ones are refused."""
    known = {field.name for field in fields(SelectionSpec)}
    for name in data:
        if name not in known:
            raise BadSpec(name, "is not a parameter of a selection")
    given = asdict(default_spec(str(data.get("kind", "")))) | dict(data)
    lists = {name: _words(name, given[name]) for name in ("reasons", *AXES)}
    numbers = {
        "min_strength": _number("min_strength", given["min_strength"]),
        "max_rows": None if given["max_rows"] is None else _whole("max_rows", given["max_rows"]),
        "validation_permille": _whole("validation_permille", given["validation_permille"]),
        "seed": _whole("seed", given["seed"]),
        "max_per_template": None
        if given["max_per_template"] is None
        else _whole("max_per_template", given["max_per_template"]),
    }
    flags = {name: _flag(name, given[name]) for name in _FLAGS}
    quotas, axes = _quotas(given["quotas"]), _quota_axes(given["quota_axes"])
    recipe = given["recipe"]
    if not isinstance(recipe, str):
        raise BadSpec("recipe", "is written as name@number")
    named = {"kind": given["kind"], "quotas": quotas, "quota_axes": axes, "recipe": recipe}
    return SelectionSpec(**named, **lists, **numbers, **flags)  # type: ignore[arg-type]


_FLAGS = ("include_simulated", "one_per_cluster", "leave_out_needs_work", "fill_quotas")


def _quotas(value: Any) -> dict[str, float]:
    """Weights by stratum, in the order of their names; those of 0 say nothing and are left out."""
    if not isinstance(value, Mapping) or len(value) > MOST_QUOTAS:
        raise BadSpec("quotas", f"is a weight for each of at most {MOST_QUOTAS} strata")
    weights = {str(name): _number("quotas", value[name]) for name in sorted(value, key=str)}
    if any(not 0 <= weight < math.inf for weight in weights.values()):
        raise BadSpec("quotas", "are finite and not negative")
    return {name: weight for name, weight in weights.items() if weight}


def _quota_axes(value: Any) -> tuple[str, ...]:
    """In the order strata are named by; the usual ones are left out, so earlier selections keep their name."""
    words = _words("quota_axes", value)
    try:
        axes = ordered_axes(words or USUAL_AXES)
    except ValueError as error:
        raise BadSpec("quota_axes", f"are among {', '.join(STRATUM_AXES)}") from error
    return () if axes == USUAL_AXES else axes


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
