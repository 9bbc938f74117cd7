"""All parameters of a choice of conversations, as one validated value with one canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import rfc8785

from curation.sampling import AXES, USUAL_AXES

SCHEMA = 1
FILTERS = (
    "service",
    "variant",
    "source",
    "domain",
    "kind",
    "difficulty",
    "language",
    "feedback",
    "state",
    "since",
    "until",
)
"""The filters of the list of traces that a recipe may carry; those that name people or drop reasons it may not."""
KEEPS = ("canonical", "newest", "longest", "best_rated")
LOWEST = 0.8
"""Below the threshold that clusters were made with there are no edges to tell duplicates by."""
LONGEST = 400


class BadRecipe(ValueError):
    """A parameter that means nothing; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Recipe:
    """What is chosen, and under which versions of what governs it (`governed`, filled in when it is saved).

    `threshold` is the Jaccard similarity from which two conversations are one; `keep` says which of a cluster enters.
    With a `total`, rows are drawn by exact quotas over `axes`, in proportion to `weights` (empty: to what there is).
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    search: str = ""
    search_in: str = ""
    threshold: float = LOWEST
    keep: str = "canonical"
    leave_out_accepted: bool = True
    total: int | None = None
    axes: tuple[str, ...] = USUAL_AXES
    weights: Mapping[str, float] = field(default_factory=dict)
    fill: bool = False
    seed: int = 0
    governed: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.keep not in KEEPS:
            raise BadRecipe("keep", f"is one of {', '.join(KEEPS)}")
        if not LOWEST <= self.threshold <= 1:
            raise BadRecipe("threshold", f"lies between {LOWEST} and 1")
        if self.total is not None and self.total < 1:
            raise BadRecipe("total", "is at least 1, or not given for all")
        if not self.axes or set(self.axes) - set(AXES):
            raise BadRecipe("axes", f"at least one of {', '.join(AXES)}")
        if any(weight < 0 for weight in self.weights.values()) or (
            self.weights and not any(self.weights.values())
        ):
            raise BadRecipe("weights", "are not negative, and one is above 0")

    def as_data(self) -> dict[str, Any]:
        """JSON-able, with its schema."""
        data = asdict(self)
        return {**data, "axes": list(self.axes), "filters": dict(self.filters), "weights": dict(self.weights),
                "governed": dict(self.governed), "schema": SCHEMA}  # fmt: skip

    @property
    def canonical(self) -> bytes:
        """RFC 8785 bytes: the same for the same parameters, whoever writes them."""
        return rfc8785.dumps(self.as_data())

    @property
    def sha256(self) -> str:
        """Names the recipe by its content."""
        return hashlib.sha256(self.canonical).hexdigest()

    def under(self, governed: Mapping[str, Any]) -> Recipe:
        """The same choice under these versions."""
        return replace(self, governed=dict(governed))


def parse_recipe(data: Mapping[str, Any]) -> Recipe:
    """From JSON; what is not given has its default, what nobody knows is refused. Raises BadRecipe."""
    known = {one.name for one in fields(Recipe)}
    for name in data:
        if name not in known and name != "schema":
            raise BadRecipe(str(name), "is not a parameter of a recipe")
    if data.get("schema", SCHEMA) != SCHEMA:
        raise BadRecipe("schema", f"{data['schema']!r} is not known here; this reads {SCHEMA}")
    given = Recipe().as_data() | dict(data)
    return Recipe(
        filters=_filters(given["filters"]),
        search=_text("search", given["search"]),
        search_in=_text("search_in", given["search_in"]),
        threshold=_number("threshold", given["threshold"]),
        keep=_text("keep", given["keep"]),
        leave_out_accepted=_flag("leave_out_accepted", given["leave_out_accepted"]),
        total=None if given["total"] is None else _whole("total", given["total"]),
        axes=_axes(given["axes"]),
        weights={
            _text("weights", name): _number("weights", value)
            for name, value in _map("weights", given["weights"]).items()
        },
        fill=_flag("fill", given["fill"]),
        seed=_whole("seed", given["seed"]),
        governed=_map("governed", given["governed"]),
    )


def differences(before: Recipe, after: Recipe) -> list[tuple[str, Any, Any]]:
    """(parameter, before, after) of everything that differs, by dotted name; None where it is not there."""
    old, new = _flat(before.as_data()), _flat(after.as_data())
    return [
        (name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _flat(data: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in data.items():
        found |= _flat(value, f"{path}{name}.") if isinstance(value, Mapping) else {f"{path}{name}": value}
    return found


def _filters(value: Any) -> dict[str, str]:
    given = {name: _text(f"filters.{name}", text) for name, text in _map("filters", value).items()}
    for name in given:
        if name not in FILTERS:
            raise BadRecipe(f"filters.{name}", f"is not one of {', '.join(FILTERS)}")
    return {name: text for name, text in sorted(given.items()) if text}


def _axes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise BadRecipe("axes", "is a list of words")
    return tuple(axis for axis in AXES if axis in value) + tuple(sorted(set(value) - set(AXES)))


def _map(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BadRecipe(name, "is an object")
    return dict(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        raise BadRecipe(name, f"is a text of up to {LONGEST} characters")
    return value


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadRecipe(name, "is a whole number from 0")
    return value


def _number(name: str, value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value != value or abs(value) > 1e15:
        raise BadRecipe(name, "is a number")
    return float(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadRecipe(name, "is true or false")
    return value
