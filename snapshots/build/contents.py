"""Rows with their lineage, made from bodies and responses: what will be hashed, screened and sealed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from accounts.models import Project
from annotation.exchange import as_of
from annotation.models import Decision, JudgmentRevision, Response
from core.keyring import Key
from curation.bodies import load_many
from curation.conversation import Conversation
from curation.models import ConversationVersion
from curation.splits import split_of
from snapshots.build.candidates import Field, PairFacts
from snapshots.build.mended import Mended, MendedTurn, asked_before, load_mended, mended_next
from snapshots.build.versions import VersionFacts
from snapshots.canonical import canonical_row
from snapshots.choose import Chosen
from snapshots.chunks import chunked
from snapshots.reasons import Exclusion, Reason
from snapshots.rows import Lineage, NotARow, preference_row, sft_row, split_at_question
from snapshots.selection import SelectionSpec

BATCH = 500


@dataclass(frozen=True)
class Source:
    """A conversation a row was made from, and the part it plays."""

    role: str
    facts: VersionFacts
    response: UUID | None


@dataclass(frozen=True)
class BuiltRow:
    """A canonical row with everything the database keeps beside it."""

    body: dict[str, Any]
    data: bytes
    home: VersionFacts
    sources: tuple[Source, ...]
    revisions: tuple[int, ...]

    @property
    def texts(self) -> list[str]:
        """What a reader of the row sees, message by message: the input of screening."""
        return texts_of(self.body)


def texts_of(body: Mapping[str, Any]) -> list[str]:
    """The texts of a row in reading order."""
    parts = [body.get(name, ()) for name in ("messages", "prompt", "chosen", "rejected")]
    return [message["content"] for message in chain(*parts) if message["content"]]


@dataclass(frozen=True)
class Workshop:
    """What every row of one build shares."""

    project: Project
    spec: SelectionSpec
    field: Field
    split_key: Key
    groups: Mapping[str, str]
    """The group of every near-duplicate cluster that is alike another in some other way."""


@dataclass(frozen=True)
class _Batch:
    conversations: Mapping[UUID, Conversation]
    responses: Mapping[UUID, Response]
    votes: Mapping[str, dict[str, int]]
    adjudicated: Mapping[str, str]
    """The person's decision over the votes that stands, by item."""
    revisions: Mapping[str, tuple[int, ...]]
    mended: Mapping[UUID, Mended]
    """Turns that people mended, by version: of answers alone."""


def build_rows(shop: Workshop, chosen: Sequence[Chosen]) -> Iterator[BuiltRow | Exclusion]:
    """One row or one named exclusion per chosen candidate."""
    for some in chunked(chosen, BATCH):
        batch = _fetch(shop, some)
        for one in some:
            try:
                yield _answer(shop, batch, one) if shop.spec.kind == "sft" else _pair(shop, batch, one)
            except NotARow as refusal:
                yield Exclusion(refusal.code)


def _answer(shop: Workshop, batch: _Batch, one: Chosen) -> BuiltRow:
    home = shop.field.versions[UUID(one.candidate.version)]
    response = batch.responses.get(UUID(one.evidence.response)) if one.evidence.response else None
    conversation = _conversation(batch, home)
    items = [one.evidence.decision]
    if response is None:
        prompt, answer = split_at_question(conversation)
    else:
        later = _mended_later(batch, one, conversation, response)
        prompt = asked_before(conversation, [response, *(turn.response for turn in later)])
        response = later[-1].response if later else response
        answer = response.messages
        items += [turn.item for turn in later]
    sources = (Source("answer", home, response.pk if response else None),)
    revisions = tuple(chain.from_iterable(batch.revisions.get(item, ()) for item in items))
    body = sft_row(
        prompt=prompt,
        answer=answer,
        tools=conversation.get("tools") or (),
        reason=one.evidence.reason.value,
        split=_split(shop, home),
        lineage=_lineage(
            home,
            sources,
            revisions,
            one.evidence.simulated,
            " ".join(sorted({batch.adjudicated[item] for item in items if item in batch.adjudicated})),
        ),
    )
    return BuiltRow(body, canonical_row(body), home, sources, revisions)


def _mended_later(
    batch: _Batch, one: Chosen, conversation: Conversation, response: Response
) -> list[MendedTurn]:
    """What people mended right after the mended turn a row rests on: it ends with the last of it."""
    if one.evidence.reason is not Reason.FIXED or one.evidence.simulated:
        return []
    return mended_next(conversation, response.turn, batch.mended.get(response.version_id, {}))


def _pair(shop: Workshop, batch: _Batch, one: Chosen) -> BuiltRow:
    pair = shop.field.pairs[one.candidate.key]
    home = shop.field.versions[pair.version]
    conversation = as_of(_conversation(batch, home), _turn(batch, pair))
    prompt, _ = split_at_question(conversation)
    sources = (Source("prompt", home, None), *_sides(shop, pair))
    revisions = batch.revisions.get(one.candidate.key, ())
    body = preference_row(
        prompt=prompt,
        chosen=batch.responses[pair.winner].messages if pair.winner else [],
        rejected=batch.responses[pair.loser].messages if pair.loser else [],
        tools=conversation.get("tools") or (),
        strength=one.evidence.strength,
        votes=batch.votes.get(one.candidate.key, {}),
        reason=one.evidence.reason.value,
        split=_split(shop, home),
        lineage=_lineage(
            home,
            sources,
            revisions,
            one.evidence.simulated,
            batch.adjudicated.get(one.candidate.key, ""),
        ),
    )
    return BuiltRow(body, canonical_row(body), home, sources, revisions)


def _turn(batch: _Batch, pair: PairFacts) -> int | None:
    """Both answers of a pair stand at the same place of one conversation; the database sees to it."""
    return next((batch.responses[one].turn for one in pair.versions if one in batch.responses), None)


def _sides(shop: Workshop, pair: PairFacts) -> Iterator[Source]:
    for role, response in (("chosen", pair.winner), ("rejected", pair.loser)):
        if response is not None:
            yield Source(role, shop.field.versions[pair.versions[response]], response)


def _lineage(
    home: VersionFacts,
    sources: Sequence[Source],
    revisions: Sequence[int],
    simulated: bool,
    adjudication: str,
) -> Lineage:
    traces = sorted({str(source.facts.trace) for source in sources})
    decided = {"adjudication": adjudication} if adjudication else {}
    return Lineage(
        trace=str(home.trace),
        conversation_version=str(home.version),
        judgments=[str(revision) for revision in revisions],
        simulated=simulated,
        licence=" AND ".join(sorted({source.facts.licence for source in sources})),
        redaction_rules=" ".join(sorted({source.facts.rules for source in sources})),
        extra={"traces": traces, "trace_simulated": any(source.facts.simulated for source in sources)}
        | decided,
    )


def _split(shop: Workshop, home: VersionFacts) -> str:
    group = shop.groups.get(home.cluster, home.cluster)
    return split_of(group, shop.split_key.secret, shop.spec.validation_permille)


def _conversation(batch: _Batch, home: VersionFacts) -> Conversation:
    found = batch.conversations.get(home.version)
    if found is None:
        raise NotARow(Exclusion.BODY_RETIRED)
    return found


def _fetch(shop: Workshop, chosen: Sequence[Chosen]) -> _Batch:
    versions = ConversationVersion.objects.filter(pk__in={one.candidate.version for one in chosen})
    bodies = load_many(versions)
    decisions = {UUID(one.evidence.decision) for one in chosen if one.evidence.decision}
    responses = {UUID(one.evidence.response) for one in chosen if one.evidence.response}
    mended = load_mended({UUID(one.candidate.version) for one in chosen}) if shop.spec.kind == "sft" else {}
    decisions |= {UUID(turn.item) for turns in mended.values() for turn in turns.values()}
    for one in chosen:
        pair = shop.field.pairs.get(one.candidate.key)
        responses |= set(pair.versions) if pair else set()
    votes = list(
        Decision.objects.filter(item__in=decisions).values_list("item_id", "votes", "adjudication_id")
    )
    return _Batch(
        {version: stored.conversation for version, stored in bodies.items()},
        Response.objects.in_bulk(responses),
        {str(item): counts for item, counts, _ in votes},
        {str(item): str(adjudication) for item, _, adjudication in votes if adjudication},
        _counted_revisions(decisions),
        mended,
    )


def _counted_revisions(items: set[UUID]) -> dict[str, tuple[int, ...]]:
    """The revision that holds of every counted judgment, by item."""
    found: dict[str, tuple[int, ...]] = {}
    latest = (
        JudgmentRevision.objects.filter(judgment__item__in=items, judgment__slot__isnull=False)
        .order_by("judgment_id", "-number")
        .distinct("judgment_id")
    )
    for revision, item in sorted(latest.values_list("pk", "judgment__item_id")):
        found[str(item)] = (*found.get(str(item), ()), revision)
    return found
