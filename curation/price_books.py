"""A project's price book: a versioned asset, whose first version is the one that is shipped."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache
from typing import Any

import orjson
from django.db import transaction

from core.errors import NotFound
from curation.default_prices import NAME, NOTE, shipped_book
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.pricing import Book, read_entries


def book_of(project_id: uuid.UUID) -> Book:
    """The version that holds now; at first use the shipped prices become the project's first version."""
    asset = Asset.objects.filter(project_id=project_id, kind=AssetKind.PRICE_BOOK).first()
    if asset is None or asset.current_id is None:
        asset = _first_book(project_id)
    return _book(asset.current_id or 0)


def book_numbered(project_id: uuid.UUID, number: int) -> Book:
    """An earlier or later version of the project's book."""
    book_of(project_id)
    found = AssetVersion.objects.filter(
        project_id=project_id, asset__kind=AssetKind.PRICE_BOOK, number=number
    ).first()
    if found is None:
        raise NotFound("book_not_found", f"The price book of this project has no version {number}.")
    return _book(found.pk)


def book_versions(project_id: uuid.UUID) -> Any:
    """All versions of the project's book, newest first."""
    found = AssetVersion.objects.filter(project_id=project_id, asset__kind=AssetKind.PRICE_BOOK)
    return found.select_related("created_by").order_by("-number")


def digest_of(body: Any) -> str:
    """What a version is named by beside its number."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _first_book(project_id: uuid.UUID) -> Asset:
    body = shipped_book()
    with transaction.atomic():
        asset, _ = Asset.objects.select_for_update().get_or_create(
            project_id=project_id, kind=AssetKind.PRICE_BOOK, name=NAME
        )
        if asset.current_id is None:
            asset.current = AssetVersion.objects.create(
                project_id=project_id, asset=asset, number=1, sha256=digest_of(body), body=body, note=NOTE
            )
            asset.save(update_fields=["current"])
    return asset


@lru_cache(maxsize=64)
def _book(version_id: int) -> Book:
    version = AssetVersion.objects.select_related("asset").get(pk=version_id)
    return Book(version.asset.name, version.number, version.pk, read_entries(version.body), version.note)
