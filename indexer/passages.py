"""From document versions to passages, occurrences and citations; the database compares every place."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Project
from indexer.canonical import citation_id, embed_input, sha256_text
from indexer.chunking import CHUNKER, SECTION_SEPARATOR, PassageRange, chunk, estimated_tokens
from indexer.models import Citation, DocumentVersion, Occurrence, Passage

ROWS = 2000


def context_of(version: DocumentVersion, section: str) -> str:
    """Where a passage stands: title › section, without saying the title twice."""
    title = " ".join(version.title.split())
    parts = [part for part in section.split(SECTION_SEPARATOR) if part and part != title]
    return SECTION_SEPARATOR.join([title, *parts] if title else parts)[:300]


def store_passages(project: Project, versions: Sequence[DocumentVersion]) -> None:
    """Cut the versions; a text seen before keeps its passage, its context and so its vector."""
    cuts = [(version, piece) for version in versions for piece in chunk(version.text)]
    ids = _passage_ids(project, cuts)
    Occurrence.objects.bulk_create(
        [
            Occurrence(
                project=project,
                document_version=version,
                passage_id=ids[sha256_text(version.text[piece.start : piece.end])],
                chunker=CHUNKER,
                start=piece.start,
                end=piece.end,
                section=piece.section,
            )
            for version, piece in cuts
        ],
        batch_size=ROWS,
    )
    Citation.objects.bulk_create(
        [
            Citation(
                project=project,
                citation_id=citation_id(version.key, piece.start, piece.end),
                document_version=version,
                start=piece.start,
                end=piece.end,
            )
            for version, piece in cuts
        ],
        batch_size=ROWS,
    )


def _passage_ids(project: Project, cuts: Sequence[tuple[DocumentVersion, PassageRange]]) -> dict[str, int]:
    """Passage ids by the hash of their text; texts not known yet are added."""
    wanted: dict[str, Passage] = {}
    for version, piece in cuts:
        text = version.text[piece.start : piece.end]
        sha256 = sha256_text(text)
        if sha256 not in wanted:
            context = context_of(version, piece.section)
            wanted[sha256] = Passage(
                project=project,
                text=text,
                text_sha256=sha256,
                context=context,
                embed_input_sha256=sha256_text(embed_input(context, text)),
                tokens=estimated_tokens(text),
            )
    known = Passage.objects.filter(project=project, text_sha256__in=wanted)
    ids: dict[str, int] = dict(known.values_list("text_sha256", "id"))
    missing = [passage for sha256, passage in wanted.items() if sha256 not in ids]
    Passage.objects.bulk_create(missing, ignore_conflicts=True, batch_size=ROWS)
    fresh = Passage.objects.filter(
        project=project, text_sha256__in=[passage.text_sha256 for passage in missing]
    )
    ids.update(fresh.values_list("text_sha256", "id"))
    return ids
