"""A small world to choose from: settled, curated conversations and what people said about their answers."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from annotation.models import (
    AnnotatorProfile,
    Campaign,
    Decision,
    Item,
    Judgment,
    JudgmentRevision,
    Pair,
    Repair,
    Response,
)
from core.jobs.runner import run
from core.roles import ingest_role
from curation import bodies
from curation.actions.screening import current_quarantine
from curation.content import content_hash
from curation.conversation import Message, message, new_conversation
from curation.models import Asset, AssetVersion, ConversationVersion, CurationState, Feedback, Trace
from snapshots.actions.build_snapshot import build_snapshot
from snapshots.actions.create_selection import create_selection
from snapshots.models import Snapshot
from tests.conftest import Team

DAY = dt.date(2026, 11, 1)


@dataclass
class World:
    """Makes what stations below would have made, in one project."""

    team: Team
    rules: AssetVersion
    campaigns: dict[str, Campaign] = field(default_factory=dict)

    def answer(
        self, text: str, question: str = "", before: Sequence[Message] = (), **trace: Any
    ) -> ConversationVersion:
        """A settled, curated conversation that ends with this answer; keyword arguments are fields of its trace."""
        question = question or f"Which one is {text}?"
        conversation = new_conversation([*before, message("user", question), message("assistant", text)])
        now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
        fields = {"training_use": "allowed", "licence": "CC0-1.0"} | trace
        head = Trace.objects.create(
            project=self.team.project,
            external_id=uuid.uuid4().hex,
            day=DAY,
            occurred_at=now,
            route="jsonl",
            state="settled",
            **fields,
        )
        digest, key_id = content_hash(conversation, self.team.project.pk)
        version = ConversationVersion.objects.create(
            project=self.team.project,
            trace=head,
            number=1,
            day=DAY,
            content_hash=digest,
            key_id=key_id,
            rules=self.rules,
        )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT curation_ensure_day(%s)", [DAY])
            with ingest_role():
                body = bodies.packed({"conversation": conversation, "marks": []})
                cursor.execute(
                    "INSERT INTO curation_conversation_body (day, version_id, project_id, rules_id, body)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    [DAY, version.pk, self.team.project.pk, self.rules.pk, body],
                )
        Trace.objects.filter(pk=head.pk).update(current=version)
        CurationState.objects.create(
            version=version,
            project=self.team.project,
            step="done",
            is_representative=True,
            domain="python",
            difficulty="easy",
            kind="single",
            language="en",
        )
        return version

    def response(
        self, version: ConversationVersion, text: str, origin: str = "production", turn: int | None = None
    ) -> Response:
        """An answer that can be judged."""
        return Response.objects.create(
            project=self.team.project,
            version=version,
            origin=origin,
            turn=turn,
            messages=[message("assistant", text)],
            text=text,
            content_hash=uuid.uuid4().hex,
        )

    def repair(
        self,
        version: ConversationVersion,
        outcome: str,
        text: str = "",
        simulated: int = 0,
        turn: int | None = None,
    ) -> Decision:
        """Accept, fix or drop the answer of a version, or of one turn of it."""
        original = self.response(version, "the original", turn=turn)
        item = self._item(version, "repair")
        Repair.objects.create(item=item, response=original)
        answer = self.response(version, text, "fix", turn) if outcome == "fixed" else original
        choice = {"accepted": "accept", "fixed": "fix", "dropped": "drop"}[outcome]
        self._vote(item, choice, answer, simulated)
        kept = None if outcome == "dropped" else answer
        return self._decide(item, outcome, response=kept, simulated=simulated)

    def pair(
        self,
        a: ConversationVersion,
        b: ConversationVersion,
        outcome: str = "a",
        strength: float = 2,
        simulated: int = 0,
        source: str = "variants",
        turn: int | None = None,
    ) -> Decision:
        """A judged pair of two answers."""
        item = self._item(a, "pair")
        first = self.response(a, f"first {uuid.uuid4()}", turn=turn)
        second = self.response(b, f"second {uuid.uuid4()}", turn=turn)
        Pair.objects.create(item=item, response_a=first, response_b=second, source=source)
        if outcome in ("a", "b", "tie", "both_bad"):
            self._vote(item, outcome, None, simulated)
        return self._decide(item, outcome, strength=strength, simulated=simulated, votes={outcome: 1})

    def thumb(self, version: ConversationVersion, rating: int, simulated: bool = False) -> None:
        """A user's word."""
        Feedback.objects.create(
            project=self.team.project,
            trace=version.trace,
            rating=rating,
            origin="user",
            simulated=simulated,
        )

    def simulated_revision(self) -> JudgmentRevision:
        """What a simulated annotator said of some answer."""
        profile = AnnotatorProfile.objects.create(
            project=self.team.project, user=self.team.second_lead, simulated=True
        )
        item = self._item(self.answer("simulated"), "repair")
        judgment = Judgment.objects.create(
            project=self.team.project, item=item, profile=profile, slot=1, simulated=True
        )
        return JudgmentRevision.objects.create(
            project=self.team.project, judgment=judgment, number=1, choice="drop"
        )

    def snapshot(self, who: User | None = None, **spec: Any) -> Snapshot:
        """Select and build; the job runs here and now."""
        spec = {"kind": "sft"} | spec
        who = who or self.team.engineer
        selection = create_selection(who=who, project=self.team.project, name="data", spec=spec)
        snapshot = build_snapshot(who=who, project=self.team.project, selection=selection)
        run(str(snapshot.job_id))
        snapshot.refresh_from_db()
        return snapshot

    def _item(self, version: ConversationVersion, kind: str) -> Item:
        if kind not in self.campaigns:
            self.campaigns[kind] = Campaign.objects.create(
                project=self.team.project, name=kind, kind=kind, state="open", created_by=self.team.lead
            )
        return Item.objects.create(
            project=self.team.project,
            campaign=self.campaigns[kind],
            kind=kind,
            version=version,
            fingerprint=uuid.uuid4().hex,
            slots_asked=1,
            slots_left=0,
            state="decided",
        )

    def _vote(self, item: Item, choice: str, response: Response | None, simulated: int) -> None:
        profile, _ = AnnotatorProfile.objects.get_or_create(
            project=self.team.project, user=self.team.annotator, defaults={"simulated": bool(simulated)}
        )
        judgment = Judgment.objects.create(
            project=self.team.project, item=item, profile=profile, slot=1, simulated=bool(simulated)
        )
        JudgmentRevision.objects.create(
            project=self.team.project, judgment=judgment, number=1, choice=choice, response=response
        )

    def _decide(self, item: Item, outcome: str, **fields: Any) -> Decision:
        return Decision.objects.create(
            item=item, project=self.team.project, outcome=outcome, counted=1, **fields
        )


@pytest.fixture
def world(team: Team) -> World:
    """The project of `team`, with redaction rules and an empty quarantine."""
    return make_world(team)


def make_world(team: Team) -> World:
    asset = Asset.objects.create(project=team.project, kind="redaction_rules", name="rules")
    rules = AssetVersion.objects.create(project=team.project, asset=asset, number=1, sha256="0" * 64)
    current_quarantine(team.project)
    return World(team, rules)


@pytest.fixture
def sealed(world: World) -> Snapshot:
    """A sealed SFT snapshot of three accepted answers and a fixed one."""
    for text in ("one", "two", "three"):
        world.repair(world.answer(text), "accepted")
    world.repair(world.answer("wrong"), "fixed", "right")
    return world.snapshot()


Attack = Callable[[str, list[Any]], None]


@pytest.fixture
def attack() -> Attack:
    """Raw SQL as the app role; what was refused leaves the test's transaction usable."""

    def execute(sql: str, parameters: list[Any]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return execute
