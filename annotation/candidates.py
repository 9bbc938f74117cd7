"""Which production answers may be put before annotators, read from curation's conclusions."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Project
from curation.bodies import load_many
from curation.conversation import Conversation
from curation.models import ClusterMember, ConversationVersion, Screening
from curation.models.trace import TraceState, TrainingUse

PROMPT_VIEW = "prompt"
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A production answer with its conversation; `generator` is the variant that gave it, else the model."""

    version: ConversationVersion
    generator: str
    session: str
    conversation: Conversation


def judgeable(project: Project) -> QuerySet[ConversationVersion]:
    """Current versions of settled, successful traces that may be trained on and that no screening hit.

    Near-duplicates stay in: two variants answering the same prompt are exactly what a pair is made of.
    """
    hit = Screening.objects.filter(version=OuterRef("pk"), verdict="hit")
    return ConversationVersion.objects.filter(
        project=project,
        current_of__state=TraceState.SETTLED,
        current_of__training_use=TrainingUse.ALLOWED,
        current_of__status="ok",
        current_of__truncated=False,
    ).exclude(Exists(hit))


def read_candidates(versions: QuerySet[ConversationVersion]) -> Iterator[Candidate]:
    """The versions with their bodies, chunk by chunk in the queryset's order; past retention are left out."""
    rows = versions.select_related("trace").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        bodies = load_many(chunk)
        for version in chunk:
            if version.pk in bodies:
                trace = version.trace
                yield Candidate(
                    version, trace.variant or trace.model, trace.session_key, bodies[version.pk].conversation
                )


def prompt_clusters(project: Project) -> dict[UUID, int]:
    """Version to near-duplicate cluster of its prompt, where curation has found one."""
    members = ClusterMember.objects.filter(cluster__project=project, cluster__view=PROMPT_VIEW)
    return dict(members.filter(cluster__size__gt=1).values_list("version_id", "cluster_id"))
