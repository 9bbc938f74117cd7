"""A project in which every kind of page has something to show: hostile texts, long names, tool calls, a run, a model."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.actions.api_tokens import create_token
from accounts.models import ApiToken
from annotation.actions.campaigns import create_campaign
from annotation.models import Campaign, Item
from core.jobs import runner
from curation.actions.index_search import index_search
from curation.actions.recipe import save_recipe
from curation.conversation import message, new_conversation
from curation.models import AssetVersion, ConversationVersion, Feedback, IngestBatch, Refusal, SemanticPair
from snapshots.actions.build_snapshot import build_snapshot
from snapshots.actions.create_selection import create_selection
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.models import Approval, SnapshotRow
from tests.annotation.conftest import queue_pairs, store
from tests.conftest import Team
from tests.web.test_lineage import trained
from trainers.models import ModelVersion

LONG = "averyverylongwordwithoutanybreakinitatall" * 6
ANSWER = f"""# Heading\n\n<script>alert(1)</script> ![x](https://tracker.example/x.png) {LONG}\n
```python\nvalue = "{LONG}"\n```\n\n| a | b |\n|---|---|\n| {LONG} | 2 |\n\n\u202eright to left\u202c [EMAIL:bcdfghjkmnpq]"""


@dataclass
class Filled:
    """What was made, and the addresses of its pages by the role that opens them."""

    version: ConversationVersion
    campaign: Campaign
    item: Item
    row: SnapshotRow
    model: ModelVersion
    refusal: Refusal
    token: ApiToken
    recipe: AssetVersion
    slug: str

    def page(self, name: str, *args: object) -> str:
        """An address in this project."""
        return reverse(name, args=[self.slug, *args])

    def of_a_lead(self) -> list[str]:
        """Object pages a data lead opens."""
        return [
            self.page("curation:trace", self.version.trace_id),
            self.page("curation:upload"),
            self.page("curation:spans", self.version.trace_id),
            self.page("curation:ingest"),
            self.page("curation:refusals"),
            self.page("curation:refusal", self.refusal.pk),
            self.page("curation:batch", self.refusal.batch_id),
            self.page("curation:prices"),
            self.page("curation:training_use"),
            self.page("curation:taxonomy"),
            self.page("curation:labels"),
            self.page("curation:checks"),
            self.page("curation:quotas"),
            self.page("curation:hard_negatives"),
            self.page("curation:difficulty"),
            self.page("curation:traces") + "?q=what&since=2020-01-01",
            self.page("curation:alike", self.version.trace_id),
            self.page("curation:health"),
            self.page("curation:recipes"),
            self.page("curation:recipe_new") + "?q=what&kind=single",
            self.page("curation:recipe", self.recipe.pk),
            self.page("curation:backlog"),
            self.page("curation:rules"),
            self.page("curation:semantic"),
            self.page("annotation:campaign", self.campaign.pk),
            self.page("annotation:item", self.item.pk),
            self.page("snapshots:snapshot", self.row.snapshot_id),
            self.page("snapshots:rows", self.row.snapshot_id),
            self.page("lineage", "row", self.row.pk),
            self.page("lineage", "trace", self.row.trace_id),
            self.page("accounts:token_limits", self.token.pk),
        ]

    def of_an_engineer(self) -> list[str]:
        """Object pages an engineer opens."""
        return [
            self.page("trainers:run", self.model.run_id),
            self.page("trainers:model", self.model.pk),
            self.page("trainers:launch"),
            self.page("snapshots:new", "sft"),
            self.page("lineage", "model", self.model.pk),
        ]

    def of_an_annotator(self) -> list[str]:
        """Pages an annotator works on."""
        return [
            self.page("annotation:judge"),
            self.page("annotation:my-work"),
            self.page("annotation:profile"),
        ]


def signed_snapshot(team: Team) -> Approval:
    """Six answers their users liked, built, sealed and signed the way the product does it."""
    for number in range(6):
        version = store(
            team.project,
            new_conversation(
                [message("user", f"What is {number}? {LONG}"), message("assistant", f"{number} {ANSWER}")]
            ),
        )
        Feedback.objects.create(project=team.project, trace=version.trace, rating=1, origin="user")
    selection = create_selection(
        who=team.engineer, project=team.project, name="answers", spec={"kind": "sft"}
    )
    snapshot = build_snapshot(who=team.engineer, project=team.project, selection=selection)
    runner.run(str(snapshot.job_id))
    snapshot.refresh_from_db()
    assert snapshot.state == "sealed", snapshot.error
    review = request_review(who=team.engineer, snapshot=snapshot, note=LONG)
    return approve_snapshot(who=team.lead, review=review, reason=f"looks right {LONG}")


def refused(team: Team) -> Refusal:
    """A row that nobody could read, in a batch with a long name."""
    batch = IngestBatch.objects.create(
        project=team.project, route="file", source_name=LONG[:200], refused=1, redactions={"email": 2},
        finished_at=timezone.now(),
    )  # fmt: skip
    return Refusal.objects.create(
        project=team.project, batch=batch, place=LONG[:200], line=7, field=LONG[:200], code="unknown_field", message=LONG,
        hint=f"{LONG} <b>", length=10_000, content_hmac=b"0" * 32, key_id="test",
    )  # fmt: skip


def alike_in_meaning(team: Team, one: ConversationVersion, other: ConversationVersion) -> None:
    """A suggestion of the semantic tier."""
    low, high = sorted((one, other), key=lambda version: version.pk)
    SemanticPair.objects.create(project=team.project, low=low, high=high, cosine=0.93, model="test")


def fill(team: Team) -> Filled:
    """Everything once."""
    value = new_conversation([message("user", f"What is {LONG}?"), message("assistant", ANSWER)])
    call = {"type": "tool_call", "id": "1", "name": "calculator", "arguments": {"expression": LONG}}
    failed = {"type": "tool_result", "id": "1", "result": LONG, "is_error": True}
    value["messages"][1:1] = [{"role": "assistant", "parts": [call]}, {"role": "tool", "parts": [failed]}]  # type: ignore[list-item]
    version = store(team.project, value)
    campaign = create_campaign(
        who=team.lead, project=team.project, name=f"Which is better? {LONG}"[:120], overlap=2
    )
    items = queue_pairs(campaign, 3)
    approval = signed_snapshot(team)
    row = SnapshotRow.objects.filter(snapshot=approval.snapshot).first()
    assert row is not None
    model = trained(team, approval)
    token, _ = create_token(
        who=team.lead, project=team.project, name=LONG[:80], scopes=["ingest"], rate_limit=5
    )
    recipe = save_recipe(who=team.lead, project=team.project, name=LONG[:80], recipe={"total": 3}, note=LONG)
    index_search(team.project)
    alike_in_meaning(team, version, row.version)
    return Filled(version, campaign, items[0], row, model, refused(team), token, recipe, team.project.slug)
