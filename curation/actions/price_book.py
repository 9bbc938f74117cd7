"""Put a new version of the project's price book into force. What settled before keeps its prices until somebody reprices."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Project, User
from core import audit
from core.errors import Refused
from curation.actions.who import Who, allowed, person_of
from curation.models import Asset, AssetVersion
from curation.price_books import book_of, digest_of
from curation.pricing import BadBook, read_entries

LONGEST_NOTE = 2000


def new_book_version(*, who: Who, project: Project, data: Any, note: str) -> AssetVersion:
    """Check the book entry by entry and make it the one that holds; raises Refused naming the first thing wrong."""
    actor = allowed(who, "curation.manage", project)
    try:
        read_entries(data)
    except BadBook as error:
        raise Refused("bad_price_book", f"This price book cannot be used: {error}.",
                      hint="See docs/ingest.md for its form.") from error  # fmt: skip
    body = {"currency": "USD", "entries": data["entries"]}
    held = book_of(project.pk)
    try:
        with transaction.atomic():
            version = _write(person_of(who), project, held.version_id, body, note.strip()[:LONGEST_NOTE])
            audit.record(actor=actor, verb="price_book.version", subject=version, project_id=project.pk,
                         data={"number": version.number, "entries": len(body["entries"])})  # fmt: skip
    except IntegrityError as error:
        raise Refused("book_moved_on", "Somebody else made a version of the book just now.",
                      hint="Look at it and try again.") from error  # fmt: skip
    return version


def _write(author: User | None, project: Project, held: int, body: dict[str, Any], note: str) -> AssetVersion:
    asset = Asset.objects.select_for_update(of=("self",)).get(versions__pk=held)
    sha256 = digest_of(body)
    if asset.versions.filter(pk=asset.current_id or 0, sha256=sha256).exists():
        raise Refused("same_price_book", "This is the price book that holds already.")
    last = asset.versions.aggregate(last=Max("number"))["last"] or 0
    version = AssetVersion.objects.create(
        project=project, asset=asset, number=last + 1, sha256=sha256, body=body, note=note, created_by=author
    )
    Asset.objects.filter(pk=asset.pk).update(current=version)
    return version
