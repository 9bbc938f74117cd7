"""Words for what a pull counted and why something was refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def counts_in_words(result: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What a pull found, in the order a lead asks for it; zeros are left out."""
    words = {
        "counted": _("counted"),
        "uncounted": _("extra, uncounted"),
        "revised": _("changed"),
        "unchanged": _("saved again, the same"),
        "skipped": _("discarded there: skipped"),
        "drafts": _("drafts, not votes"),
        "known": _("known from before"),
        "refused": _("refused"),
        "refused_spans": _("marks refused"),
        "withdrawn": _("reported here, taken away there"),
        "records_gone": _("records deleted there"),
        "records_not_ours": _("records added there, not ours"),
        "records_unreadable": _("records Argilla itself cannot read"),
    }
    return [(word, result[name]) for name, word in words.items() if result.get(name)]


def refusal_word(code: str) -> str:
    """What to call a refusal, and what a lead can do about it."""
    words = {
        "stranger": _("Nobody is linked to this Argilla user: link them below, then pull."),
        "nobody": _("Argilla no longer says who answered."),
        "person_left": _("This annotator has left the project."),
        "project_not_found": _("This annotator is no member of the project any more."),
        "not_allowed": _("This person's role does not judge."),
        "practice_first": _("The practice round was not passed: once it is, pull again."),
        "not_eligible": _("The queue would not have given this pair to this person."),
        "record_changed": _("The texts were edited there: this is no answer to our pair."),
        "already_answered": _("This person has answered the pair here."),
        "discarded_after_vote": _("Discarded after it was answered: the vote stands."),
        "preference_missing": _("No choice was made."),
        "preference_unknown": _("A choice that the scale does not have."),
        "tag_unknown": _("A reason that the campaign does not have."),
        "reason_needed": _("The campaign asks for a reason."),
        "rationale_needed": _("The campaign asks for an explanation."),
        "rationale_too_long": _("The explanation is too long."),
        "redaction_failed": _("Could not be checked for personal data."),
        "span_outside": _("A mark outside the text; the vote came in without it."),
        "span_ambiguous": _("A mark after an emoji that can mean two places; the vote came in without it."),
        "span_blank": _("A mark on no words; the vote came in without it."),
        "span_label_unknown": _("A mark with an unknown label; the vote came in without it."),
    }
    return words.get(code, _("Cannot be read."))
