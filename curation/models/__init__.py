"""Traces and what curation knows about them."""

from curation.models.assets import Asset, AssetKind, AssetVersion, QuarantineItem
from curation.models.backlog import BacklogItem, Feedback
from curation.models.bodies import ConversationBody, PinnedBody, Span
from curation.models.clusters import Band, Cluster, ClusterMember, DuplicateEdge, Signature, SignatureSpec
from curation.models.conversation import ConversationVersion, CurationState, Drop, LabelRevision
from curation.models.ingest import IngestBatch, Receipt, Refusal
from curation.models.screening import Screening
from curation.models.trace import Trace, TrainingUse

__all__ = [
    "Asset",
    "AssetKind",
    "AssetVersion",
    "BacklogItem",
    "Band",
    "Cluster",
    "ClusterMember",
    "ConversationBody",
    "ConversationVersion",
    "CurationState",
    "Drop",
    "DuplicateEdge",
    "Feedback",
    "IngestBatch",
    "LabelRevision",
    "PinnedBody",
    "QuarantineItem",
    "Receipt",
    "Refusal",
    "Screening",
    "Signature",
    "SignatureSpec",
    "Span",
    "Trace",
    "TrainingUse",
]
