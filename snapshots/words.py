"""Reasons, exclusions, checks and columns in words a person reads."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

REASONS: dict[str, tuple[Words, Words]] = {
    "fixed": (_("Fixed"), _("a person rewrote the answer")),
    "accepted": (_("Accepted"), _("a person accepted the answer as it is")),
    "pair_winner": (_("Pair winner"), _("the answer won a comparison clearly enough")),
    "explicit_positive_feedback": (_("Thumb up"), _("the user said the answer was good")),
    "judged": (_("Judged"), _("people preferred one answer over the other")),
    "fixed_over_original": (_("Fixed over original"), _("the rewritten answer against what it replaced")),
    "tied": (_("Tie (to export; never trained on here)"), _("people found both answers equally good")),
}

EXCLUSIONS: dict[str, tuple[Words, Words]] = {
    "no_reason": (_("Nobody spoke for it"), _("no acceptance, fix, won pair or thumb up")),
    "down_rated": (_("Down-rated"), _("somebody said the answer was bad")),
    "failed": (_("Failed"), _("the request ended with an error")),
    "truncated": (_("Truncated"), _("the answer was cut off")),
    "escalated": (_("Escalated"), _("the case was handed to a person")),
    "dropped_by_annotator": (_("Dropped"), _("an annotator dropped the answer")),
    "simulated": (
        _("Only simulated"),
        _("no real person judged it; the selection can ask for simulated ones"),
    ),
    "tie": (_("Tie"), _("both answers were judged alike")),
    "both_bad": (_("Both bad"), _("neither answer should be learned from")),
    "undecided": (_("Not decided yet"), _("judgments are still missing")),
    "cannot_judge": (_("Could not be judged"), _("annotators said they cannot tell")),
    "conflict": (_("Conflict"), _("annotators contradict each other")),
    "below_strength": (_("Too weak"), _("the votes prefer it less than the selection asks for")),
    "reason_not_asked_for": (_("Reason not asked for"), _("the selection leaves this reason out")),
    "no_prompt": (_("No question"), _("the conversation does not say what was asked")),
    "no_answer": (_("No answer"), _("the conversation does not end with an answer")),
    "empty_answer": (_("Empty answer"), _("there is nothing to learn from")),
    "identical_answers": (_("Identical answers"), _("both sides say the same")),
    "unsupported_part": (_("Part that is not text"), _("files cannot be trained on yet")),
    "not_permitted": (_("No permission to train"), _("denied or unknown is never used")),
    "quarantined": (_("Quarantined"), _("the same or nearly the same as a held-out item")),
    "not_screened": (_("Not screened"), _("no verdict against the quarantine")),
    "near_duplicate": (_("Near-duplicate"), _("another row of its cluster stands for it")),
    "outside_strata": (_("Outside the strata"), _("the selection asks for other domains or kinds")),
    "outside_recipe": (_("Outside the recipe"), _("the recipe of the selection does not choose its cluster")),
    "needs_work": (_("Needs work"), _("an open backlog item waits for a repair")),
    "reported": (_("Reported"), _("an annotator stopped it; a lead has not looked yet")),
    "gold": (_("Gold"), _("its answer tests annotators and teaches no model")),
    "not_curated": (_("Not curated yet"), _("deduplication and strata are still to come")),
    "dropped_in_curation": (_("Dropped in curation"), _("a curation step left it out")),
    "superseded_version": (_("Older version"), _("late spans made a newer version of the conversation")),
    "body_retired": (_("Past retention"), _("the text is gone, its counts are kept")),
    "same_row": (_("Same row"), _("word for word the same as another row")),
    "erased": (_("Erased"), _("its text was destroyed on request")),
    "over_limit": (_("Over the limit"), _("not drawn by the seed")),
    "over_quota": (_("Over the quota"), _("its stratum has its share, or was not asked for")),
    "same_template": (
        _("Same template"),
        _("enough that differ only in names and numbers are in already"),
    ),
}

CHECKS: dict[str, tuple[Words, Words]] = {
    "shards": (_("Files are as sealed"), _("sha256 of every file")),
    "leaves": (_("Every row is its leaf"), _("salt and text hash to the name of the row")),
    "readable": (_("Files can be read"), _("Parquet with the expected columns")),
    "root": (_("The root is the sealed one"), _("recomputed over all leaves")),
    "counts": (_("Counts are those of the manifest"), _("rows, reasons, splits, simulated")),
    "manifest": (_("The manifest is as sealed"), _("sha256 of its canonical form")),
    "row list": (_("The row list is complete"), _("rows in the database")),
    "quarantine": (_("Clean against today's quarantine"), _("screened again, not remembered")),
    "permission to train": (_("Every source may be trained on"), _("as of now")),
    "people": (_("Enough people stand behind it"), _("what the project asks before a signature")),
    "nothing erased": (_("No row was erased"), _("erasure keeps the root but closes training")),
}


VERBS: dict[str, tuple[Words, Words]] = {
    "snapshot.build": (_("started the build"), ""),
    "snapshot.seal": (_("sealed it"), ""),
    "snapshot.verify": (_("ran every check"), ""),
    "snapshot.request": (_("asked for approval"), ""),
    "snapshot.cancel_request": (_("took the request back"), ""),
    "snapshot.approve": (_("approved it"), ""),
    "snapshot.refuse": (_("refused it"), ""),
    "snapshot.withdraw": (_("withdrew the approval"), ""),
    "snapshot.export": (_("exported from it"), ""),
}


def word(table: dict[str, tuple[Words, Words]], name: str) -> tuple[Words, Words]:
    """(label, explanation); a name the table does not know speaks for itself."""
    return table.get(name) or (name.replace("_", " "), "")


def counted(table: dict[str, tuple[Words, Words]], counts: dict[str, int]) -> list[dict[str, Any]]:
    """Rows of a table of counts, largest first."""
    rows = []
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        label, why = word(table, name)
        rows.append({"name": name, "label": label, "why": why, "count": count})
    return rows


def checked(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings with their words."""
    rows = []
    for finding in findings:
        label, what = word(CHECKS, finding["check"])
        rows.append({**finding, "label": label, "what": what})
    return rows
