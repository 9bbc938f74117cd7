"""One object of every kind an address can name, in somebody else's project, marked so that a leak can be seen."""

import hashlib
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.actions.api_tokens import create_token
from accounts.actions.invite import invite_member
from accounts.actions.join_links import make_join_link
from accounts.models import Role
from annotation.models import Assignment, Axis, Item, PracticeItem, Question
from core.jobs import enqueue
from core.models import Job
from curation.actions.adopt_rules import current_rules
from curation.actions.quarantine import publish_quarantine
from curation.actions.recipe import save_recipe
from curation.actions.screening import Content, screen_contents
from curation.held_out_files import QuarantineEntry
from curation.ingest.blobs import Long, keep_blobs
from curation.models import (
    BacklogItem,
    Cluster,
    ConversationVersion,
    DistinctText,
    IngestBatch,
    MeaningFlag,
    QuarantineItem,
    Refusal,
    Reredaction,
    RevealRequest,
    RuleReport,
    Screening,
    SemanticPair,
    SignatureSpec,
    Trace,
    VaultEntry,
    VaultKey,
)
from indexer.models import Citation, DocumentVersion, IndexBuild, Source, Sync
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.models import Approval, SnapshotRow
from tests.accounts.routes import Route
from tests.conftest import Team
from tests.snapshots.conftest import World, make_world
from trainers.models import Artifact, ModelVersion, Recipe, Run

MARK = "sesame-of-the-other-project"


class ForeignProject:
    """Everything of a project, by the name of the argument that addresses it."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.world: World = make_world(team)
        self.values: dict[str, Any] = {
            "kind": "trace",
            "how": "skip",
            "user_id": team.engineer.pk,
            "span_id": "0" * 16,
        }
        self._data()
        self._people()
        self._judging()
        self._index()
        self._training()
        self._rules()
        self._blob()
        self._choosing()

    def arguments(self, route: Route) -> dict[str, Any]:
        """Arguments of the route that name this project's objects."""
        values = {name: self.values[name] for name in route.arguments}
        if "backlog/" in route.pattern and "item_id" in values:
            values["item_id"] = self.values["backlog_id"]
        if "citations/" in route.pattern:
            values["name"] = self.values["citation"]
        if "lineage/" in route.pattern:
            values["identity"] = self.values["trace_id"]
        return values

    def _choosing(self) -> None:
        """A recipe, a suggestion of two that are alike in meaning, and a flag of one like a held-out item."""
        team = self.team
        recipe = save_recipe(who=team.lead, project=team.project, name=MARK, recipe={}, note=MARK)
        low, high = ConversationVersion.objects.filter(project=team.project).order_by("pk")[:2]
        pair = SemanticPair.objects.create(project=team.project, low=low, high=high, cosine=0.95, model="m")
        held_out = [QuarantineEntry("exam", MARK, f"{MARK}?")]
        publish_quarantine(who=team.lead, project=team.project, items=held_out)
        item = QuarantineItem.objects.get(project=team.project, set_name="exam")
        flag = MeaningFlag.objects.create(project=team.project, version=low, item=item, model="m", score=0.95)
        self.values |= {
            "version_id": recipe.pk,
            "other_id": recipe.pk,
            "pair_id": pair.pk,
            "flag_id": flag.pk,
        }

    def _data(self) -> None:
        team, world = self.team, self.world
        version = world.answer(MARK, question=f"{MARK}?")
        world.repair(version, "accepted")
        self.snapshot = world.snapshot()
        review = request_review(who=team.engineer, snapshot=self.snapshot, note=MARK)
        self.approval: Approval = approve_snapshot(who=team.lead, review=review, reason=MARK)
        screen_contents(project=team.project, contents=[Content("h", [MARK])])
        spec = SignatureSpec.objects.create(
            name=MARK,
            normaliser="n",
            shingle=5,
            permutations=128,
            seed=1,
            scheme="s",
            bands=20,
            rows=6,
            threshold=0.7,
        )
        text = DistinctText.objects.create(
            project=team.project, spec=spec, view="whole", exact=MARK.encode()[:16], shingle_count=0
        )
        cluster = Cluster.objects.create(
            project=team.project, spec=spec, view="whole", centre=text, representative=version, size=2
        )
        backlog = BacklogItem.objects.create(
            project=team.project, trace=version.trace, reason="other", note=MARK
        )
        batch = IngestBatch.objects.create(project=team.project, route="jsonl", source_name=MARK)
        refused = Refusal.objects.create(
            project=team.project, batch=batch, place=MARK, code="unreadable", message=MARK
        )
        self.values |= {
            "trace_id": version.trace_id,
            "version_id": version.pk,
            "snapshot_id": self.snapshot.pk,
            "review_id": review.pk,
            "approval_id": self.approval.pk,
            "leaf": SnapshotRow.objects.get(snapshot=self.snapshot).leaf,
            "name": self.snapshot.shards.earliest("pk").name,
            "cluster_id": cluster.pk,
            "screening_id": Screening.objects.filter(project=team.project).earliest("pk").pk,
            "batch_id": batch.pk,
            "refusal_id": refused.pk,
            "backlog_id": backlog.pk,
            "identity": version.trace_id,
        }

    def _people(self) -> None:
        team = self.team
        invitation, _ = invite_member(
            who=team.admin, project=team.project, email=f"{MARK}@x.example", role=Role.ANNOTATOR
        )
        link, _ = make_join_link(who=team.admin, project=team.project, name=MARK, most=1, days=1)
        token, _ = create_token(who=team.admin, project=team.project, name=MARK, scopes=["read"])
        self.values |= {"invitation_id": invitation.pk, "link_id": link.pk, "token_id": token.pk}

    def _judging(self) -> None:
        world = self.world
        pair = world.pair(world.answer(f"{MARK} a"), world.answer(f"{MARK} b"))
        item = Item.objects.get(pk=pair.item_id)
        profile = item.judgments.get().profile
        assignment = Assignment.objects.create(
            project=self.team.project, item=item, profile=profile, leased_until=timezone.now(), swapped=False
        )
        practice = PracticeItem.objects.create(
            project=self.team.project, campaign=item.campaign, question=MARK, answer_a=MARK, answer_b=MARK,
            right_choices=["a"], explanation=MARK, created_by=self.team.lead,
        )  # fmt: skip
        question = Question.objects.create(
            project=self.team.project, item=item, assignment=assignment, profile=profile, text=MARK,
            idempotency_key=uuid4(),
        )  # fmt: skip
        self.values["axis_id"] = Axis.objects.create(
            project=self.team.project, name=MARK, values=["a", "b"]
        ).pk
        self.values |= {"practice_id": practice.pk, "question_id": question.pk}
        self.values |= {"item_id": item.pk, "campaign_id": item.campaign_id, "assignment_id": assignment.pk}

    def _index(self) -> None:
        project = self.team.project
        source = Source.objects.create(project=project, external_id=MARK)
        document = DocumentVersion.objects.create(
            project=project,
            source=source,
            number=1,
            key=hashlib.sha256(MARK.encode()).hexdigest(),
            uri=MARK,
            text=MARK,
            content_sha256=hashlib.sha256(MARK.encode()).hexdigest(),
            raw_sha256="0" * 64,
            parser="text",
        )
        citation = Citation.objects.create(
            project=project, citation_id="c" * 20, document_version=document, start=0, end=5
        )
        build = IndexBuild.objects.create(project=project, number=1, chunker="c", lexical_weight=0.5)
        self.values |= {
            "source_id": source.pk,
            "citation": citation.citation_id,
            "build_id": build.pk,
            "sync_id": Sync.objects.create(project=project, origin=MARK).pk,
        }

    def _rules(self) -> None:
        project, lead = self.team.project, self.team.lead
        rules = current_rules(project.pk)
        version = ConversationVersion.objects.filter(project=project).earliest("created_at")
        report = RuleReport.objects.create(
            project=project, version=version, kind="miss", identifier="other", path="/messages", start=0, end=1,
            digest="0" * 64, key_id="test", example=MARK, example_start=0, example_end=5, reported_by=lead,
        )  # fmt: skip
        run = Reredaction.objects.create(project=project, rules=rules, requested_by=lead, reason=MARK)
        key = VaultKey.objects.create(trace=version.trace, project=project, key_id="test", wrapped=b"0")
        entry = VaultEntry.objects.create(key=key, surrogate=MARK, sealed=b"0")
        asked = RevealRequest.objects.create(project=project, entry=entry, reason=MARK, requested_by=lead)
        self.values["request_id"] = asked.pk
        self.values |= {"rules_id": rules.pk, "report_id": report.pk, "rerun_id": run.pk}

    def _blob(self) -> None:
        trace, value = (
            Trace.objects.filter(project=self.team.project).earliest("received_at"),
            Long(MARK.encode()),
        )
        with transaction.atomic():
            keep_blobs([value], trace_id=trace.pk, day=trace.day, project_id=self.team.project.pk)
        self.values["sha256"] = value.sha256

    def _training(self) -> None:
        project = self.team.project
        recipe = Recipe.objects.create(project=project, name=MARK, kind="base", spec={}, spec_sha256="0" * 64)
        job: Job = enqueue(kind="trainers.run", project_id=project.pk, queue="train")
        run = Run.objects.create(
            project=project,
            job=job,
            approval=self.approval,
            recipe=recipe,
            kind="base",
            requested_by=self.team.engineer,
            spec={},
            spec_sha256="0" * 64,
            folder=MARK,
        )
        artifact = Artifact.objects.create(
            run=run, attempt=job.attempt, path="model.bin", kind="weights", sha256="0" * 64, bytes=1
        )
        model = ModelVersion.objects.create(
            project=project, name=MARK, number=1, kind="base", run=run, weights_sha256="0" * 64, card=MARK
        )
        self.values |= {"run_id": run.pk, "artifact_id": artifact.pk, "model_id": model.pk}
