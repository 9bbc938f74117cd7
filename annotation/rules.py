"""A campaign's rules, typed: read from what is stored, checked before they are written. What is not said has a default."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused

from . import tags as reasons

MAX_OVERLAP = 20
MOST_STRATA, LONGEST_STRATUM = 50, 80
"""How many strata may have an overlap of their own: every one is a walk over the items when it changes."""
LONGEST_WARNING = 400
REQUIRABLE = frozenset({"tags", "rationale"})
ANY_STRATUM = "*"


@dataclass(frozen=True, slots=True)
class Adaptive:
    """One judgment more for a random `share` of the items, and one more after each conflict, up to `most` in all."""

    share: float = 0.2
    most: int = 3


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may be given what.

    `languages`: people must read one of these; `expertise`: items of these strata ("*": of all) go to people who named
    the stratum as their field; `strata`: only these are given out. An empty list asks for nothing.
    `match_language`: an item goes to people who read its language, or who said nothing about languages.
    """

    languages: tuple[str, ...] = ()
    expertise: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    match_language: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items come first: uncertain ones of strata with too few judgments, and a random `floor` of all."""

    active: bool = False
    floor: float = 0.2


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a campaign asks beyond its overlap and its lease. Shares are 0..1; both costs are in `currency`.

    `caps` limits, per axis name, how many judgments of one group an item takes; `distinct` says how many different groups
    it needs. `overlap` replaces the campaign's own per stratum; `stop_early` takes free slots from what they cannot change.
    `had_quota` remembers, by itself, that items were made under caps or distinct groups that the rules no longer name.
    `warning` says what people may see here: it covers every item, and only those willing to see such things are given any.
    """

    tags: tuple[str, ...] = reasons.DEFAULT
    tags_version: int = 1
    requires: tuple[str, ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    distinct: Mapping[str, int] = field(default_factory=dict)
    overlap: Mapping[str, int] = field(default_factory=dict)
    adaptive: Adaptive | None = None
    stop_early: bool = False
    eligibility: Eligibility = Eligibility()
    selection: Selection = Selection()
    gold_share: float = 0.0
    gold_per_day: int = 20
    warning: str = ""
    sensitive_per_day: int = 40
    prefetch_seconds: int = 120
    in_sequence: bool = False
    cost_per_hour: float | None = None
    cost_per_answer: float | None = None
    currency: str = "EUR"
    had_quota: bool = False

    @property
    def needs_groups(self) -> bool:
        """Whether an item's slots may depend on who has taken the others: items keep the quota they were made with."""
        return bool(self.caps or self.distinct or self.had_quota)

    @property
    def quota(self) -> dict[str, dict[str, int]]:
        """What an item asks of its judges' groups, as it stands on the item; {} for nothing."""
        given = {"caps": dict(self.caps), "distinct": dict(self.distinct)}
        return {name: part for name, part in given.items() if part}

    def slots(self, stratum: str, *, overlap: int, chance: float) -> int:
        """How many judgments an item asks for at first: as many as it needs groups, or more; `chance` is drawn from 0..1."""
        wanted = self.overlap.get(stratum, overlap)
        if self.adaptive is not None and chance < self.adaptive.share:
            wanted = max(wanted, min(wanted + 1, self.adaptive.most))
        return max(wanted, *self.distinct.values(), 1)


NESTED: Mapping[str, Callable[..., Any]] = {
    "adaptive": Adaptive,
    "eligibility": Eligibility,
    "selection": Selection,
}
KNOWN = frozenset(one.name for one in fields(Rules))


def read(stored: Mapping[str, Any]) -> Rules:
    """The rules of a campaign as stored, whatever version of Winnow wrote them; what they do not say has its default."""
    rules: Rules = _made(Rules, {name: value for name, value in stored.items() if name in KNOWN})
    return rules


def _made(of: Callable[..., Any], said: Mapping[str, Any]) -> Any:
    given = {}
    for name, value in said.items():
        if name in NESTED and value is not None:
            given[name] = _made(NESTED[name], value)
        else:
            given[name] = tuple(value) if isinstance(value, list) else value
    return of(**given)


def merged(rules: Rules, patch: Mapping[str, Any]) -> Rules:
    """The rules with what `patch` names set anew: part by part inside adaptive, eligibility and selection, else whole."""
    return read(_over(as_stored(rules), patch))


def _over(stored: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    parts = {
        name: _over(stored[name] or {}, value)
        for name, value in patch.items()
        if name in NESTED and isinstance(value, Mapping)
    }
    return {**stored, **patch, **parts}


def as_stored(rules: Rules) -> dict[str, Any]:
    """The same as JSON."""
    stored: dict[str, Any] = json.loads(json.dumps(asdict(rules)))
    return stored


def checked(rules: Rules, *, overlap: int) -> Rules:
    """The rules; refused with what is wrong where, and what to do."""
    _within("overlap", overlap, 1, MAX_OVERLAP)
    checked_strata(rules.overlap)
    for axis, most in rules.caps.items():
        _within(f"caps.{axis}", most, 1, MAX_OVERLAP)
    for axis, least in rules.distinct.items():
        _within(f"distinct.{axis}", least, 1, MAX_OVERLAP)
    if rules.adaptive is not None:
        _within("adaptive.share", rules.adaptive.share, 0, 1)
        _within("adaptive.most", rules.adaptive.most, 2, MAX_OVERLAP)
    _within("selection.floor", rules.selection.floor, 0.05, 1)
    _within("gold_share", rules.gold_share, 0, 0.5)
    _within("gold_per_day", rules.gold_per_day, 0, 1_000)
    if not isinstance(rules.warning, str) or len(rules.warning) > LONGEST_WARNING:
        raise Refused(
            "warning_invalid",
            _("A warning is a text of at most %(n)d characters.") % {"n": LONGEST_WARNING},
            hint=_("Say in a sentence or two what people may see."),
        )
    _within("sensitive_per_day", rules.sensitive_per_day, 0, 1_000)
    _within("prefetch_seconds", rules.prefetch_seconds, 10, 600)
    _within("cost_per_hour", rules.cost_per_hour or 0, 0, 10_000)
    _within("cost_per_answer", rules.cost_per_answer or 0, 0, 10_000)
    _known_reasons(rules)
    return rules


def checked_strata(overlap: Mapping[str, int]) -> None:
    """Refuse an overlap by stratum that names too many, what cannot be a stratum, or a number out of range."""
    if len(overlap) > MOST_STRATA:
        raise Refused(
            "strata_too_many",
            _("overlap names %(n)d strata; it names at most %(most)d.")
            % {"n": len(overlap), "most": MOST_STRATA},
            hint=_("Name those that need a number of their own; the others take the campaign's."),
        )
    for stratum, most in overlap.items():
        _within(f"overlap.{stratum[:LONGEST_STRATUM]}", most, 1, MAX_OVERLAP)
        if len(stratum) > LONGEST_STRATUM or not stratum.isprintable():
            raise Refused(
                "stratum_invalid",
                _("overlap names what cannot be a stratum: %(name)s")
                % {"name": ascii(stratum[:LONGEST_STRATUM])},
                hint=_("A stratum has at most %(most)d characters on one line; take it from the items.")
                % {"most": LONGEST_STRATUM},
            )


def _known_reasons(rules: Rules) -> None:
    unknown = [tag for tag in rules.tags if tag not in reasons.REASONS]
    if unknown:
        raise Refused("tag_unknown", _("There is no such reason: %(tags)s.") % {"tags": ", ".join(unknown)})
    if not set(rules.requires) <= REQUIRABLE:
        raise Refused("requires_unknown", _("Only reasons (tags) and an explanation can be required."))


def _within(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Refused(
            "rule_out_of_range",
            _("%(name)s is %(value)s; it goes from %(low)g to %(high)g.")
            % {"name": name, "value": value, "low": low, "high": high},
            hint=_("Choose a number in that range."),
        )
