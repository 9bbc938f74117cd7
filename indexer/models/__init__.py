"""Documents, their versions, the passages found in them, and what search answers from."""

from indexer.models.build import BuildState, IndexBuild, IndexPointer
from indexer.models.document import DocumentVersion, Source
from indexer.models.passage import Citation, Occurrence, Passage, Vector
from indexer.models.sync import Sync, SyncRefusal

__all__ = [
    "BuildState",
    "Citation",
    "DocumentVersion",
    "IndexBuild",
    "IndexPointer",
    "Occurrence",
    "Passage",
    "Source",
    "Sync",
    "SyncRefusal",
    "Vector",
]
