"""Publish a version of a red-team corpus: its items, the proof that its roles are disjoint, and only then the pointer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.actors import Actor
from core.errors import Refused
from core.locks import hold_until_commit
from curation.actions.screening import current_quarantine, engine_of, quarantine_index
from curation.containment import ContainmentIndex, Item, squashed
from curation.excerpts import Segment
from curation.models import Asset, AssetVersion, DisjointnessProof, QuarantineItem, RedTeamItem, RedTeamRole
from curation.models.assets import AssetKind
from curation.screening import screen

LONGEST = 20_000
Violation = dict[str, str | float]
MOST_VIOLATIONS = 500


@dataclass(frozen=True, slots=True)
class RedTeamEntry:
    """One prompt, what it may be used for, and the kind of harm it asks for."""

    external_id: str
    text: str
    role: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class CorpusFacts:
    """Where a corpus comes from, and what a person is told before its content is shown."""

    licence: str = ""
    source: str = ""
    warning: str = ""


def publish_corpus(
    *,
    who: User | ApiToken | Actor,
    project: Project,
    name: str,
    entries: Iterable[RedTeamEntry],
    facts: CorpusFacts,
) -> AssetVersion:
    """The next version of the corpus, in force. Raises Refused and names the pairs where roles or the quarantine overlap.

    One corpus of a project at a time: two that are published at once would each be compared with what was there before.
    """
    if not isinstance(who, Actor):
        require(who, "curation.manage", project)
    actor = who if isinstance(who, Actor) else who.actor
    given = _checked(list(entries))
    quarantine = current_quarantine(project)
    with transaction.atomic():
        hold_until_commit(f"red-team:{project.pk}")
        _require_disjoint(overlaps(given, project, quarantine, name[:80]))
        asset, _made = Asset.objects.get_or_create(project=project, kind=AssetKind.RED_TEAM, name=name[:80])
        asset = Asset.objects.select_for_update().get(pk=asset.pk)
        version = _write(asset, given, facts, who if isinstance(who, User) else None)
        _prove(version, quarantine, len(given), [])
        asset.current = version
        asset.save(update_fields=["current"])
        audit.record(
            actor=actor, verb="red_team.publish", subject=version, project_id=project.pk,
            data={"name": asset.name, "number": version.number, "items": len(given)},
        )  # fmt: skip
    return version


def _require_disjoint(violations: Sequence[Violation]) -> None:
    if violations:
        named = "; ".join(str(one["said"]) for one in violations[:5])
        raise Refused(
            "roles_overlap",
            _(
                "%(count)d pairs are the same prompt or nearly the same in both roles or in the quarantine: %(pairs)s."
            )
            % {"count": len(violations), "pairs": named},
            hint=_("Give both the same role, or leave one out."),
            violations=list(violations),
        )


def prove_again(version: AssetVersion) -> DisjointnessProof:
    """The proof of a corpus against the quarantine in force: the one there is, or a new one, which may name violations."""
    quarantine = current_quarantine(version.project)
    found = version.proofs.filter(quarantine=quarantine, engine=engine_of(quarantine)).first()
    if found is not None:
        return found
    items = version.red_team_items.order_by("id")
    entries = [RedTeamEntry(one.external_id, one.text, one.role, one.category) for one in items]
    return _prove(
        version, quarantine, len(entries), overlaps(entries, version.project, quarantine, version.asset.name)
    )


def prove_stale(project: Project) -> int:
    """Prove every corpus in force that the quarantine in force was not compared with; how many were."""
    current = current_quarantine(project)
    corpora = Asset.objects.filter(project=project, kind=AssetKind.RED_TEAM, current__isnull=False)
    proved = DisjointnessProof.objects.filter(quarantine=current, engine=engine_of(current))
    stale = corpora.exclude(current__in=proved.values("version"))
    return len(
        [prove_again(asset.current) for asset in stale.select_related("current__project") if asset.current]
    )


def overlaps(
    entries: Sequence[RedTeamEntry], project: Project, quarantine: AssetVersion, name: str
) -> list[Violation]:
    """Pairs too near each other: a training item with an item that only measures, or with one of the quarantine.

    The other corpora in force are compared with too: a prompt has one role in the whole project.
    """
    everything = [*entries, *_of_others(project, name)]
    training = [one for one in everything if one.role == RedTeamRole.TRAIN_REFUSAL]
    measuring = [one for one in everything if one.role == RedTeamRole.EVAL_ONLY]
    found = [
        _pair(one, f"eval_only/{measuring[other].external_id}", score)
        for one, other, score in _near(training, _index(measuring))
    ]
    found += [
        _pair(training[at], f"eval_only/{one.external_id}", score)
        for one, at, score in _near(measuring, _index(training))
    ]
    own = [one for one in entries if one.role == RedTeamRole.TRAIN_REFUSAL]
    held_out = list(_near(own, quarantine_index(quarantine)))
    names = QuarantineItem.objects.filter(project=project).in_bulk([item for _one, item, _score in held_out])
    found += [_pair(one, f"quarantine/{names[item]}", score) for one, item, score in held_out]
    unique = {(one["train"], one["other"]): one for one in found}
    return list(unique.values())[:MOST_VIOLATIONS]


def _of_others(project: Project, name: str) -> Iterable[RedTeamEntry]:
    """The items of the project's other corpora in force, with the corpus in their ids."""
    items = RedTeamItem.objects.filter(project=project, version=F("version__asset__current"))
    for one in items.exclude(version__asset__name=name).select_related("version__asset"):
        yield RedTeamEntry(f"{one.version.asset.name}/{one.external_id}", one.text, one.role)


def _index(entries: Sequence[RedTeamEntry]) -> ContainmentIndex:
    return ContainmentIndex.build(Item(at, one.text) for at, one in enumerate(entries))


def _near(
    entries: Sequence[RedTeamEntry], index: ContainmentIndex
) -> Iterable[tuple[RedTeamEntry, int, float]]:
    for one in entries:
        for finding in screen([Segment(0, 0, one.text)], index).findings:
            yield one, finding.item_id, finding.score


def _pair(one: RedTeamEntry, other: str, score: float) -> Violation:
    return {
        "train": one.external_id, "other": other, "score": score, "said": f"train_refusal/{one.external_id} ~ {other} ({score:.2f})",
    }  # fmt: skip


def _checked(entries: Sequence[RedTeamEntry]) -> list[RedTeamEntry]:
    """The entries, or Refused with what is wrong in which row."""
    wrong: list[str] = []
    ids, texts = dict[str, int](), dict[str, int]()
    for number, one in enumerate(entries, 1):
        digest = _digest(one.text)
        if one.role not in RedTeamRole.values:
            wrong.append(
                _("row %(row)d: the role is one of %(roles)s")
                % {"row": number, "roles": ", ".join(RedTeamRole.values)}
            )
        elif not squashed(one.text) or len(one.text) > LONGEST:
            wrong.append(
                _("row %(row)d: the prompt is empty or longer than 20,000 characters") % {"row": number}
            )
        elif ids.setdefault(one.external_id, number) != number:
            wrong.append(
                _("row %(row)d: has the id of row %(other)d") % {"row": number, "other": ids[one.external_id]}
            )
        elif texts.setdefault(digest, number) != number:
            wrong.append(
                _("row %(row)d: is the prompt of row %(other)d") % {"row": number, "other": texts[digest]}
            )
    if wrong or not entries:
        raise Refused(
            "corpus_rows_unusable",
            _("Nothing was added: %s.") % ("; ".join(wrong[:20]) or _("there is no item")),
            rows=wrong[:1000],
        )
    return list(entries)


def _digest(text: str) -> str:
    return hashlib.sha256(squashed(text).encode("utf-8", "surrogatepass")).hexdigest()


def _write(
    asset: Asset, entries: Sequence[RedTeamEntry], facts: CorpusFacts, who: User | None
) -> AssetVersion:
    ordered = sorted(entries, key=lambda one: one.external_id)
    said = json.dumps(
        [[one.external_id, one.text, one.role, one.category] for one in ordered], ensure_ascii=False
    )
    roles = {role: sum(one.role == role for one in ordered) for role in RedTeamRole.values}
    last = asset.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = AssetVersion.objects.create(
        project_id=asset.project_id, asset=asset, number=last + 1, created_by=who,
        sha256=hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest(),
        body={"licence": facts.licence, "source": facts.source, "warning": facts.warning, "roles": roles},
    )  # fmt: skip
    RedTeamItem.objects.bulk_create(
        [
            RedTeamItem(
                project_id=asset.project_id, version=version, external_id=one.external_id[:128],
                text=one.text.replace("\0", ""), role=one.role, category=one.category[:80], digest=_digest(one.text),
            )
            for one in ordered
        ],
        batch_size=1000,
    )  # fmt: skip
    return version


def _prove(
    version: AssetVersion, quarantine: AssetVersion, items: int, violations: Sequence[Violation]
) -> DisjointnessProof:
    proof, _made = DisjointnessProof.objects.get_or_create(
        version=version, quarantine=quarantine, engine=engine_of(quarantine),
        defaults={"project_id": version.project_id, "compared": version.sha256, "items": items, "violations": list(violations)},
    )  # fmt: skip
    return proof
