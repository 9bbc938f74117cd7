"""Passages an answer was given, with a link to the very place in the documents where the index still knows it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse

from curation.conversation import Retrieved
from curation.formats.search_parts import passage_hash
from indexer.models import Occurrence


def _hash_of(passage: Retrieved) -> str:
    return passage.get("passage_hash") or passage_hash(passage["text"])


def index_links(project_id: UUID, slug: str, passages: Iterable[Retrieved]) -> dict[str, str]:
    """Address of document, version and offset by the hash of a passage's text; a live version wins over earlier ones."""
    wanted = {_hash_of(one) for one in passages} - {""}
    if not wanted:
        return {}
    places = (
        Occurrence.objects.filter(passage__project_id=project_id, passage__text_sha256__in=wanted)
        .order_by(
            F("document_version__superseded_at").asc(nulls_last=True), "document_version__number", "-start"
        )
        .values_list(
            "passage__text_sha256", "document_version__source_id", "document_version__number", "start"
        )
    )
    found: dict[str, str] = {}
    for text, source, number, start in places[: 20 * len(wanted)]:
        page = reverse("indexer:document", kwargs={"slug": slug, "source_id": source})
        found[text] = f"{page}?version={number}&from={start}&at={start}"
    return found


def linked(passages: Sequence[Retrieved], links: dict[str, str]) -> list[dict[str, Any]]:
    """The passages with `index_url`, "" where the index does not know the text."""
    return [{**one, "index_url": links.get(_hash_of(one), "")} for one in passages]
