"""The signature spec as a row, the scope of a project's band keys, and the exact hash of a text."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from core.keyring import project_key
from core.text import tokens
from curation.excerpts import WHOLE
from curation.minhash import DEFAULT_SPEC
from curation.models import SignatureSpec

EXACT = "exact-text"


def _row() -> SignatureSpec:
    fields = asdict(DEFAULT_SPEC)
    spec, _ = SignatureSpec.objects.get_or_create(name=fields.pop("name"), defaults=fields)
    return spec


def current_spec() -> SignatureSpec:
    """The row of the spec in use, made at first use."""
    spec = SignatureSpec.objects.filter(name=DEFAULT_SPEC.name).first()
    return spec or _row()


def scope(project_id: uuid.UUID, view: str = WHOLE) -> str:
    """Keeps band keys of projects and views apart in the one flat table."""
    return f"{project_id}:{view}"


def exact_hash(text: str, project_id: uuid.UUID) -> bytes:
    """Keyed hash of the normalised tokens: equal when two texts differ in case, blanks and punctuation at most."""
    return project_key(project_id, EXACT).mac(
        " ".join(tokens(text) or [text]).encode("utf-8", "surrogatepass")
    )
