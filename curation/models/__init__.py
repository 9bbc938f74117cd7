"""Traces and what curation knows about them."""

from curation.models.assets import Asset, AssetKind, AssetVersion
from curation.models.backlog import BacklogItem, Feedback
from curation.models.blobs import Blob, BlobReference
from curation.models.bodies import ConversationBody, PinnedBody, Span
from curation.models.clusters import (
    Band,
    CallForm,
    Cluster,
    ClusterMember,
    ClusterWork,
    DistinctText,
    DuplicateEdge,
    RestingBand,
    Signature,
    SignatureSpec,
    StarPlace,
)
from curation.models.conversation import (
    ConversationVersion,
    CurationState,
    DomainVector,
    Drop,
    Flag,
    LabelRevision,
)
from curation.models.finding import ConversationMeasure, SearchRow
from curation.models.hard_negatives import HardNegative
from curation.models.ingest import IngestBatch, Receipt, Refusal
from curation.models.keeping import DeduplicationChoice, Keep
from curation.models.meaning import FlagAnswer, MeaningCheck, MeaningFlag
from curation.models.metrics import MetricPoint
from curation.models.minutes import IngestMinute
from curation.models.prices import CostRevision
from curation.models.quarantine import QuarantineItem, QuarantineSet, SetRole
from curation.models.red_team import DisjointnessProof, RedTeamItem, RedTeamRole
from curation.models.refused import RefusalBody, Replay
from curation.models.retention import DroppedDay
from curation.models.rules import BodyErasure, Reredacted, Reredaction, RuleCheck, RuleReport
from curation.models.screening import HitRuling, Ruled, Screening, ScreeningHit
from curation.models.semantic import (
    RecipeRun,
    SemanticDecision,
    SemanticPair,
    SemanticThreshold,
    SemanticVector,
)
from curation.models.service_default import ServiceDefault
from curation.models.trace import Trace, TrainingUse
from curation.models.vault import Reveal, RevealRequest, VaultEntry, VaultKey, VaultSwitch

__all__ = [
    "Asset",
    "AssetKind",
    "AssetVersion",
    "BacklogItem",
    "Band",
    "Blob",
    "BlobReference",
    "BodyErasure",
    "CallForm",
    "Cluster",
    "ClusterMember",
    "ClusterWork",
    "ConversationBody",
    "ConversationMeasure",
    "ConversationVersion",
    "CostRevision",
    "CurationState",
    "DeduplicationChoice",
    "DisjointnessProof",
    "DistinctText",
    "DomainVector",
    "Drop",
    "DroppedDay",
    "DuplicateEdge",
    "Feedback",
    "Flag",
    "FlagAnswer",
    "HardNegative",
    "HitRuling",
    "IngestBatch",
    "IngestMinute",
    "Keep",
    "LabelRevision",
    "MeaningCheck",
    "MeaningFlag",
    "MetricPoint",
    "PinnedBody",
    "QuarantineItem",
    "QuarantineSet",
    "Receipt",
    "RecipeRun",
    "RedTeamItem",
    "RedTeamRole",
    "Refusal",
    "RefusalBody",
    "Replay",
    "Reredacted",
    "Reredaction",
    "RestingBand",
    "Reveal",
    "RevealRequest",
    "RuleCheck",
    "RuleReport",
    "Ruled",
    "Screening",
    "ScreeningHit",
    "SearchRow",
    "SemanticDecision",
    "SemanticPair",
    "SemanticThreshold",
    "SemanticVector",
    "ServiceDefault",
    "SetRole",
    "Signature",
    "SignatureSpec",
    "Span",
    "StarPlace",
    "Trace",
    "TrainingUse",
    "VaultEntry",
    "VaultKey",
    "VaultSwitch",
]
