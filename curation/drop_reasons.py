"""Why a conversation may stay out, in words a person reads, in the order in which the funnel narrows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from curation.check_words import CHECKS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Reason:
    """A drop reason: its name, and what it means for a conversation to have it."""

    name: Words
    meaning: Words


REASONS: dict[str, Reason] = {
    "empty": Reason(_("Empty"), _("Nothing was said in it.")),
    "no_answer": Reason(_("No answer"), _("The call failed, or ended before any answer.")),
    "unreadable": Reason(
        _("Unreadable"), _("A curation step could not work on it; the operator's log says which.")
    ),
    "body_retired": Reason(_("Text retired"), _("Retention was over before it could be read.")),
    "quarantined": Reason(_("Quarantined"), _("It holds a prompt or task that must never be trained on.")),
    "training_denied": Reason(_("Training denied"), _("Its people do not allow training on it.")),
    "training_unknown": Reason(_("Permission unknown"), _("Nobody has said that it may be trained on.")),
    **{name: Reason(check.name, check.meaning) for name, check in CHECKS.items()},
    "continued": Reason(
        _("Continued"),
        _("It was logged call by call: a longer form of the same conversation stands for it."),
    ),
    "exact_duplicate": Reason(
        _("Exact duplicate"), _("The same words as the one that stands for its cluster.")
    ),
    "near_duplicate": Reason(
        _("Near-duplicate"),
        _("At least 80 % of its word sequences are those of the one that stands for its cluster."),
    ),
}


def reason_of(name: str) -> Reason:
    """The words for a reason; one that this release does not know keeps its own name."""
    return REASONS.get(name, Reason(name.replace("_", " ").capitalize(), ""))
