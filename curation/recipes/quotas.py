"""The quotas of a recipe, drawn by curation's sampler: exact by largest remainder, by a seed, the same in any order of arrival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from curation.recipes.choose import Conversation, Short
from curation.recipes.spec import Recipe
from curation.sampling import Candidate, Quotas, sample, stratum_name


def by_quota(
    conversations: Sequence[Conversation], recipe: Recipe
) -> tuple[Iterable[Conversation], Sequence[Short]]:
    """As many as the recipe asks for, in proportion to its weights, else to what there is; and the report of every stratum.

    One of each cluster was chosen before, so every conversation is a cluster of its own here.
    """
    names = {one.name: one for one in conversations}
    candidates = [Candidate(one.name, one.name, stratum_name(one.stratum)) for one in conversations]
    weights = dict(recipe.weights) or dict(Counter(one.stratum for one in candidates))
    if not weights:
        return (), ()
    drawn = sample(candidates, Quotas(recipe.total or 0, weights, seed=recipe.seed, fill=recipe.fill))
    report = [Short(one.stratum, one.asked, one.available, one.given) for one in drawn.report]
    return (names[one.key] for one in drawn.chosen), report
