"""Where pairs come from besides requests that were asked twice: answers people mended, and answers known to be wrong."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from curation.models import ConversationVersion, HardNegative

from .actions.responses import NewResponse
from .candidates import Candidate, judgeable, read_candidates
from .exchange import final_text, response_of
from .models import Campaign, Decision

CHUNK = 200


class PairSource(StrEnum):
    """How the two answers of a pair came about."""

    VARIANTS = "variants"
    N_BEST = "n_best"
    REGENERATION = "regeneration"
    EDITED = "edited"
    HARD_NEGATIVE = "hard_negative"
    SAMPLED = "sampled"


LABELS: Mapping[str, Any] = {
    PairSource.VARIANTS: _("Several models or variants were asked the same"),
    PairSource.N_BEST: _("Several answers to one request (n-best)"),
    PairSource.REGENERATION: _("Asked again in one session"),
    PairSource.EDITED: _("Answers people mended, beside what they were"),
    PairSource.HARD_NEGATIVE: _("Hard negatives of curation, beside a good answer"),
}
"""What a lead chooses from; samples of trained models come from the run that makes them."""


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two answers to the question of `asked`, with the conversations they come from; `drawn` by chance, or for what they are."""

    a: NewResponse
    b: NewResponse
    source: PairSource
    asked: ConversationVersion
    versions: tuple[ConversationVersion, ...]
    hard_negative_id: int | None = None
    drawn: bool = True


Left = Callable[[str], None]
"""Counts a pair that was not made, under its reason."""


def edited_pairs(campaign: Campaign, left: Left) -> Iterator[FoundPair]:
    """Every fix that stands, against the answer it mends: whether it is better is for others to say."""
    fixes = Decision.objects.filter(
        project=campaign.project, outcome="fixed", response__origin="fix", item__state__in=["open", "decided"]
    ).select_related("response__parent", "response__version")
    allowed = set(
        judgeable(campaign.project)
        .filter(pk__in=fixes.values("response__version"))
        .values_list("pk", flat=True)
    )
    for decision in fixes.order_by("pk").iterator(chunk_size=CHUNK):
        fix = decision.response
        assert fix is not None
        if fix.version_id not in allowed or fix.parent is None:
            left("not permitted")
            continue
        sides = [
            NewResponse(one.version_id, one.origin, one.generator, one.messages, one.parent_id, one.turn)
            for one in (fix, fix.parent)
        ]
        yield FoundPair(sides[0], sides[1], PairSource.EDITED, fix.version, (fix.version,), drawn=False)


def hard_negative_pairs(campaign: Campaign, left: Left) -> Iterator[FoundPair]:
    """A good answer against one known not to stand for the same question; where none is known, nothing to compare."""
    rows = HardNegative.objects.filter(project=campaign.project).usable().order_by("pk")
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        wanted = {pk for one in chunk for pk in (one.prompt_id, one.negative_id, one.positive_id) if pk}
        known = {
            candidate.version.pk: candidate
            for candidate in read_candidates(judgeable(campaign.project).filter(pk__in=wanted))
        }
        for one in chunk:
            if one.positive_id is None:
                left("no good answer known")
            elif not {one.prompt_id, one.negative_id, one.positive_id} <= known.keys():
                left("not permitted")
            else:
                yield _against(one, *(known[pk] for pk in (one.prompt_id, one.positive_id, one.negative_id)))


def _against(negative: HardNegative, prompt: Candidate, good: Candidate, bad: Candidate) -> FoundPair:
    return FoundPair(
        NewResponse(good.version.pk, "production", good.generator, response_of(good.conversation)),
        NewResponse(bad.version.pk, "hard_negative", bad.generator, response_of(bad.conversation)),
        PairSource.HARD_NEGATIVE,
        prompt.version,
        (prompt.version, good.version, bad.version),
        hard_negative_id=negative.pk,
        drawn=False,
    )


def worded(found: FoundPair) -> tuple[str, str]:
    """The last words of both answers."""
    return final_text(found.a.messages), final_text(found.b.messages)
