"""What the judging page shows of one assignment: two answers on their sides, and nothing that names who gave them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from core.columns import Columns
from core.prepared import select
from curation.bodies import load_whole
from curation.conversation import Conversation, Message, last_user_text

from .actions.spans import spans_of
from .choices import Answer, Choice, Shown
from .citations import Citations
from .evidence import index_links, linked
from .exchange import as_of, question
from .models import Assignment, Campaign, Item, JudgmentRevision, Response
from .shortcuts import TAG, USUAL, Keys
from .sides import as_shown, place
from .span_labels import SPAN_LABELS
from .spans import shown_spans
from .tags import REASONS

A, B = Columns(Response, "a"), Columns(Response, "b")
PAIR: Final = f"""
SELECT {A}, {B}, asked.day, of_a.day, of_b.day
FROM annotation_pair p JOIN annotation_item i ON i.id = p.item_id
JOIN annotation_response a ON a.id = p.response_a_id JOIN annotation_response b ON b.id = p.response_b_id
JOIN curation_conversationversion asked ON asked.id = i.version_id
JOIN curation_conversationversion of_a ON of_a.id = a.version_id
JOIN curation_conversationversion of_b ON of_b.id = b.version_id
WHERE p.item_id = %(item)s
"""
ASKED = 200
OUTSIDE = (Shown.BOTH_BAD, Shown.CANNOT_JUDGE)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One side: the steps the answer took, the passages it was given, and, where it can be marked, its text and citations."""

    side: str
    name: str
    messages: list[Message]
    passages: Sequence[Mapping[str, object]]
    words: int
    text: str = ""
    citations: Citations | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; those outside the scale stand apart. Its value names its key."""

    value: str
    label: str
    key: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """One reason, and the name its key goes by."""

    code: str
    label: Any
    act: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Everything `_card.html` needs; ids in it are the assignment's own and say nothing about the responses."""

    assignment: UUID
    lease_token: UUID
    asked: str
    prompt: list[Message]
    answers: list[ShownAnswer]
    options: list[Option]
    tags: list[Tag]
    requires: str
    urls: dict[str, str]
    campaign: Campaign
    keys: Keys = USUAL
    covered: bool = False
    section: str = ""
    draft_at: str = ""
    skip_reasons: list[tuple[str, str]] = field(default_factory=list)
    flag_reasons: list[tuple[str, str]] = field(default_factory=list)
    chosen: str = ""
    rationale: str = ""
    revising: bool = False
    spans_json: str = "[]"
    span_labels: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether anything was said already: an answer being changed, or a draft."""
        said = self.revising or self.chosen or self.rationale or self.section
        return bool(said) or any(tag.chosen for tag in self.tags)

    @property
    def asks(self) -> tuple[object, ...]:
        """What the controls are made of, apart from keys: reasons, what is required, a policy to cite, where skips go."""
        policy = self.campaign.policy_id is not None
        return (
            tuple(tag.code for tag in self.tags),
            self.requires,
            policy,
            self.urls["skip"],
            self.urls["flag"],
        )


def options(keys: Keys = USUAL) -> list[Option]:
    """The scale and the two answers outside it, in the order of their keys."""
    words = {
        Shown.LEFT_CLEAR: _("A is much better"),
        Shown.LEFT: _("A is better"),
        Shown.TIE: _("Equally good"),
        Shown.RIGHT: _("B is better"),
        Shown.RIGHT_CLEAR: _("B is much better"),
        Shown.BOTH_BAD: _("Both bad"),
        Shown.CANNOT_JUDGE: _("Cannot judge"),
    }
    return [Option(shown, label, keys[shown], shown in OUTSIDE) for shown, label in words.items()]


def skip_words() -> list[tuple[str, str]]:
    """Reasons to pass a pair on."""
    return [
        ("not_my_field", _("Not my field")),
        ("unsure", _("I cannot make up my mind")),
        ("too_long", _("Too long for now")),
        ("language", _("A language I do not read well")),
        ("sensitive", _("I would rather not see this")),
    ]


def flag_words() -> list[tuple[str, str]]:
    """Reasons to stop a pair for everybody."""
    return [
        ("personal_data", _("Shows personal data")),
        ("broken", _("Broken or unreadable")),
        ("harmful", _("Harmful content")),
    ]


def tags_of(campaign: Campaign, chosen: Sequence[str] = ()) -> list[Tag]:
    """The campaign's reasons, ticked where they were given."""
    codes = campaign.rules.get("tags", [])
    return [Tag(code, REASONS.get(code, code), TAG + code, code in chosen) for code in codes]


def pair_card(
    assignment: Assignment,
    *,
    slug: str,
    revision: JudgmentRevision | None = None,
    keys: Keys = USUAL,
    looked_at: bool = False,
) -> Card:
    """The card of a pair, with what was begun on another device; with a revision, as it was answered.

    What is warned of stays covered until its person has `looked_at` it.
    """
    draft = {} if revision else assignment.draft
    campaign = assignment.item.campaign
    a, b, days = _pair(assignment.item)
    conversations = {key: stored.conversation for key, stored in load_whole(days).items()}
    asked = as_of(conversations[assignment.item.version_id], a.turn)
    left, right = place(a, b, swapped=assignment.swapped)
    held = {side.pk: as_of(conversations[side.version_id], side.turn) for side in (left, right)}
    given = [one for conversation in held.values() for one in conversation["retrieval"]]
    links = index_links(assignment.project_id, slug, given)
    return Card(
        assignment=assignment.pk,
        lease_token=assignment.lease_token,
        asked=last_user_text(asked)[:ASKED],
        prompt=question(asked),
        answers=[
            _answer(assignment, "left", "A", left, held[left.pk], links),
            _answer(assignment, "right", "B", right, held[right.pk], links),
        ],
        options=options(keys),
        tags=tags_of(campaign, revision.tags if revision else draft.get("tags", ())),
        requires=" ".join(campaign.rules.get("requires", [])),
        urls=_urls(slug, assignment, revision),
        campaign=campaign,
        keys=keys,
        covered=assignment.item.sensitive and revision is None and not looked_at,
        section=revision.section if revision else draft.get("section", ""),
        draft_at=draft.get("at", ""),
        skip_reasons=skip_words(),
        flag_reasons=flag_words(),
        chosen=_chosen(assignment, revision) if revision else draft.get("choice", ""),
        rationale=revision.rationale if revision else draft.get("rationale", ""),
        revising=revision is not None,
        spans_json=_marks(revision, left, right) if revision else _as_json(draft.get("spans", [])),
        span_labels=list(SPAN_LABELS.items()),
    )


def _pair(item: Item) -> tuple[Response, Response, dict[UUID, date]]:
    """Both answers, and the versions whose conversations are shown with their days."""
    values = iter(select(PAIR, {"item": item.pk})[0])
    a, b = A.take(values), B.take(values)
    asked, of_a, of_b = values
    return a, b, {item.version_id: asked, a.version_id: of_a, b.version_id: of_b}


def _answer(
    assignment: Assignment,
    side: str,
    name: str,
    response: Response,
    conversation: Conversation,
    links: dict[str, str],
) -> ShownAnswer:
    passages = conversation["retrieval"]
    tools = any(part.get("type") == "tool_result" for one in response.messages for part in one["parts"])
    return ShownAnswer(
        side=side,
        name=name,
        messages=response.messages,
        text=response.text,
        passages=linked(passages, links),
        citations=Citations(passages, f"passage-{assignment.pk}-{side}", has_other_sources=tools),
        words=len(response.text.split()),
    )


def _marks(revision: JudgmentRevision, left: Response, right: Response) -> str:
    """The marks of an earlier answer for the hidden field that the page's script reads and writes."""
    return _as_json(shown_spans(spans_of(revision), left=left.pk, right=right.pk))


def _as_json(marks: list[dict[str, Any]]) -> str:
    return json.dumps(marks, ensure_ascii=False)


def _urls(slug: str, assignment: Assignment, revision: JudgmentRevision | None) -> dict[str, str]:
    known = {"slug": slug}
    own = {"slug": slug, "assignment_id": assignment.pk}
    revise = reverse("annotation:revise", kwargs=own)
    return {
        "submit": revise if revision else reverse("annotation:submit", kwargs=known),
        "revise": revise,
        "diff": reverse("annotation:diff", kwargs=own),
        "skip": reverse("annotation:skip", kwargs=known),
        "flag": reverse("annotation:flag", kwargs=known),
        "text": reverse("annotation:fix-text", kwargs=own),
        "fix": reverse("annotation:fix", kwargs=known),
    }


def _chosen(assignment: Assignment, revision: JudgmentRevision) -> str:
    answer = Answer(Choice(revision.choice), revision.strength)
    return as_shown(answer, swapped=assignment.swapped).value
