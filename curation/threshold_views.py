"""The threshold page: real pairs on either side of the line before anybody moves it, and what moving it would keep."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ProjectRequest, project_view
from core.params import whole_number
from core.plots import Dot, Plot, dots
from curation.bodies import load_many
from curation.cluster_views import VIEW_NAMES
from curation.dedup.keep import choice_of
from curation.dedup.spec import current_spec
from curation.dedup.views import VIEWS, view_texts
from curation.edit_words import Edits, edits_between
from curation.models import ConversationVersion, Signature
from curation.threshold import (
    CURVE,
    HIGHEST,
    LOWEST,
    STEP,
    Pair,
    Standing,
    Surroundings,
    borderline,
    look_around,
    standing,
)

SIDE = 2
LONGEST_COMPARED = 4_000
MOST_SEED = 999_999


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for; `problem` says what of it could not be read."""

    threshold: float
    view: str
    seed: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair of texts with their exact similarity; the first would stand for the second. "" is past its retention."""

    first: ConversationVersion
    second: ConversationVersion
    before: str
    after: str
    jaccard: float

    @property
    def edits(self) -> Edits:
        """What they differ in."""
        return edits_between(self.before, self.after)


@project_view("curation.read")
@require_safe
def threshold(request: ProjectRequest) -> HttpResponse:
    """`?t=` (or `?exactly=`), `?view=` and `?seed=`: pairs around t in a sample of this seed, and what each threshold would keep."""
    spec, choice = current_spec(), choice_of(request.project.pk)
    asked = _asked(request.GET, spec.threshold, choice.dropping_view)
    around = look_around(request.project.pk, spec, asked.view, asked.seed)
    below, above = borderline(around, asked.threshold, SIDE)
    texts = _shown([*below, *above], spec.pk, asked.view)
    now, then = standing(around, spec.threshold), standing(around, asked.threshold)
    context = {
        "asked": asked,
        "spec": spec,
        "around": around,
        "views": [(name, VIEW_NAMES[name]) for name in VIEWS],
        "view_name": VIEW_NAMES[asked.view],
        "lowest": LOWEST, "highest": HIGHEST, "step": STEP,
        "now": now,
        "then": then,
        "more": then.count - now.count,
        "fewer": now.count - then.count,
        "below": texts[: len(below)],
        "above": texts[len(below) :],
        "plot": _plot(around, spec.threshold, then),
        "next_seed": (asked.seed + 1) % MOST_SEED,
    }  # fmt: skip
    live = request.headers.get("HX-Request") == "true"
    return render(request, "curation/_threshold_live.html" if live else "curation/threshold.html", context)


def _asked(params: Mapping[str, str], in_force: float, dropping_view: str) -> Asked:
    view = params.get("view", "")
    view, problem = view if view in VIEWS else dropping_view, ""
    given = params.get("exactly") or params.get("t") or ""
    try:
        value = float(given or in_force)
    except ValueError:
        value = float("nan")
    if not LOWEST <= value <= HIGHEST:
        problem = _("“%(given)s” is no threshold between %(low).2f and %(high).2f; the one in force is shown.") % {
            "given": given, "low": LOWEST, "high": HIGHEST,
        }  # fmt: skip
        value = in_force
    return Asked(round(value, 2), view, whole_number(params.get("seed")) % MOST_SEED, problem)


def _plot(around: Surroundings, in_force: float, then: Standing) -> Plot:
    points = {value: standing(around, value) for value in {*CURVE, in_force}} | {then.threshold: then}
    marks = (
        {in_force: _("in force"), then.threshold: _("looked at")}
        if then.threshold != in_force
        else {in_force: _("in force")}
    )
    return dots(
        _("What each threshold would keep"),
        [
            Dot(f"{value:.2f} {marks.get(value, '')}".strip(), points[value].count, points[value].low, points[value].high,
                colour="p-s2" if value == then.threshold else "p-s1")
            for value in sorted(points)
        ],
        unit=_("distinct texts that stand for themselves"),
        note="" if around.is_all else _("Lines are 95 % intervals of the sample."),
    )  # fmt: skip


def _shown(pairs: Sequence[Pair], spec_id: int, view: str) -> list[Shown]:
    """The pairs with their words; one whose versions are gone meanwhile is left out."""
    said = _versions({key for pair in pairs for key in pair[:2]}, spec_id, view)
    bodies = load_many(said.values())
    words: dict[uuid.UUID, str] = {
        key: view_texts(stored.conversation).get(view, "")[:LONGEST_COMPARED]
        for key, stored in bodies.items()
    }
    return [
        Shown(said[one], said[other], words.get(said[one].pk, ""), words.get(said[other].pk, ""), likeness)
        for one, other, likeness in pairs
        if one in said and other in said
    ]


def _versions(texts: Collection[int], spec_id: int, view: str) -> dict[int, ConversationVersion]:
    """A version that says each text, the newest."""
    found = Signature.objects.filter(text__in=texts, spec=spec_id, view=view).select_related("version")
    newest = found.order_by("text_id", "-version__day", "-version_id").distinct("text_id")
    return {one.text_id: one.version for one in newest}
