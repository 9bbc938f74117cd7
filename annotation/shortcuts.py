"""What can be done with one key while judging and repairing, and the keys one person presses for it. Django-free but for words.

A single-character shortcut can be moved, needs Alt, or is off (WCAG 2.1.4). Enter, Esc, Tab and the arrows are no
characters and stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from .span_labels import SPAN_LABELS
from .tags import REASONS

JUDGE, REPAIR, MARK = "judge", "repair", "mark"
"""Where keys hold; while words of an answer are marked, its own keys hold and those of judging do not."""
BOTH = frozenset({JUDGE, REPAIR})
RESERVED: Final = frozenset("?")
"""Opens the list of keys everywhere."""
TAG_KEYS: Final = "wtyopazxcbnhij"
TAG = "tag:"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a key does; `pages` says where, and two acts of one place never share a key."""

    name: str
    key: str
    label: Any
    pages: frozenset[str]


def _act(name: str, key: str, label: Any, *pages: str) -> Act:
    return Act(name, key, label, frozenset(pages) or BOTH)


ACTS: Final[tuple[Act, ...]] = (
    _act("left_clear", "1", _("A is much better"), JUDGE),
    _act("left", "2", _("A is better"), JUDGE),
    _act("tie", "3", _("Equally good"), JUDGE),
    _act("right", "4", _("B is better"), JUDGE),
    _act("right_clear", "5", _("B is much better"), JUDGE),
    _act("both_bad", "6", _("Both bad"), JUDGE),
    _act("cannot_judge", "7", _("Cannot judge"), JUDGE),
    _act("accept", "1", _("Accept as it is"), REPAIR),
    _act("fix", "2", _("Save my version"), REPAIR),
    _act("drop", "3", _("Drop"), REPAIR),
    _act("act_answer", "4", _("Should answer"), REPAIR),
    _act("act_clarify", "5", _("Should ask back"), REPAIR),
    _act("act_tool", "6", _("Should use a tool"), REPAIR),
    _act("act_refuse", "7", _("Should refuse"), REPAIR),
    _act("act_defer", "8", _("Should put off"), REPAIR),
    _act("act_escalate", "9", _("Should hand over to a person"), REPAIR),
    _act("edit", "e", _("Fix the better answer; edit the answer")),
    _act("rationale", "r", _("Write why")),
    _act("section", "l", _("Cite a section of the policy")),
    _act("guidelines", "g", _("Show the guidelines")),
    _act("undo", "u", _("Back to the last answer, up to ten; while marking, back by one mark"), JUDGE, MARK),
    _act("diff", "d", _("Mark the differences"), JUDGE),
    _act("mark", "m", _("Mark words of an answer, and end marking"), JUDGE, MARK),
    _act("sync", "s", _("Scroll both answers together"), JUDGE),
    _act("evidence", "v", _("Show the passages the answers were given")),
    _act("skip", "k", _("Skip, with a reason")),
    _act("flag", "f", _("Report")),
    _act("ask", "q", _("Ask a lead")),
)
MARK_ACTS: Final = (
    *(_act(f"mark_{code}", str(n), label, MARK) for n, (code, label) in enumerate(SPAN_LABELS.items(), 1)),
    _act("mark_words", "w", _("By words, by sentences"), MARK),
    _act("mark_passage", "p", _("The passage meant"), MARK),
)
REASON_ACTS: Final = tuple(
    Act(TAG + code, TAG_KEYS[n : n + 1], label, BOTH) for n, (code, label) in enumerate(REASONS.items())
)
EVERY: Final[Mapping[str, Act]] = {act.name: act for act in (*ACTS, *MARK_ACTS, *REASON_ACTS)}


class Clash(ValueError):
    """Two acts of one page on one key, or a key that is none; `name` is the act to change."""

    def __init__(self, name: str, key: str, other: str = "") -> None:
        super().__init__(f"{name}: {key}")
        self.name, self.key, self.other = name, key, other


@dataclass(frozen=True, slots=True)
class Keys:
    """A person's keys: act to character, lower case; "" for none. `mode` is plain, alt or off."""

    mode: str = "plain"
    chosen: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """The key of an act, as pages show it; "" where it has none or single keys are off."""
        key = self.stored(name)
        return "" if self.mode == "off" else key

    def stored(self, name: str) -> str:
        """The key of an act whether or not keys are on."""
        act = EVERY.get(name)
        return self.chosen.get(name, act.key if act else "")

    def as_pressed(self, name: str) -> str:
        """In the words of `aria-keyshortcuts`: `D`, `Alt+D`, "" for none."""
        key = self[name].upper()
        return f"Alt+{key}" if key and self.mode == "alt" else key

    def for_judging(self) -> dict[str, Any]:
        """What the judging page's scripts read: the keys of the page, and those that hold while words are marked."""
        return {"mode": self.mode, "keys": self.on_page(JUDGE), "marking": self.on_page(MARK)}

    def on_page(self, page: str) -> dict[str, str]:
        """Key to act, for the script of one page."""
        acts = (act.name for act in EVERY.values() if page in act.pages)
        return {self[name]: name for name in acts if self[name]}


USUAL: Final = Keys()


def checked_keys(given: Mapping[str, str]) -> dict[str, str]:
    """What differs from the usual keys; raises Clash for a key that is no single character, reserved, or taken."""
    chosen = {name: given.get(name, act.key).strip().lower() for name, act in EVERY.items()}
    for name, key in chosen.items():
        if key and (len(key) != 1 or not key.isprintable() or key.isspace() or key in RESERVED):
            raise Clash(name, key)
    for page in (JUDGE, REPAIR, MARK):
        taken: dict[str, str] = {}
        for name, act in EVERY.items():
            key = chosen[name]
            if page not in act.pages or not key:
                continue
            if key in taken:
                raise Clash(name, key, taken[key])
            taken[key] = name
    return {name: key for name, key in chosen.items() if key != EVERY[name].key}
