"""The signature spec as a row, the scope of a project's band keys, and the exact hash of a text."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict

from core.keyring import naming_key
from core.text import tokens
from curation.dedup.views import VERSION
from curation.models import SignatureSpec
from curation.signing.spec import DEFAULT_SPEC, Spec, SpecMismatch

EXACT = "exact-text"
BYTES = 16
MOST_BANDS = 20
"""Columns of the table of band keys."""


def stored_name(spec: Spec = DEFAULT_SPEC) -> str:
    """The name under which a spec and the version of the views are stored."""
    return f"{spec.name} {VERSION}"


def current_spec(spec: Spec = DEFAULT_SPEC) -> SignatureSpec:
    """The row of the spec in use, made at first use; raises SpecMismatch where the stored one says something else."""
    fields = asdict(spec) | {"name": stored_name(spec), "views": VERSION}
    if spec.bands > MOST_BANDS:
        raise SpecMismatch(f"{spec.bands} bands: the table of band keys has columns for {MOST_BANDS}.")
    row, _ = SignatureSpec.objects.get_or_create(name=fields.pop("name"), defaults=fields)
    different = [name for name, value in fields.items() if getattr(row, name) != value]
    if different:
        raise SpecMismatch(
            f"The stored spec {row.name!r} differs in {', '.join(different)} from the one in the code:"
            " a changed spec needs a name of its own."
        )
    return row


def scope(project_id: uuid.UUID, view: str) -> str:
    """Keeps band keys of projects, views and their versions apart."""
    return f"{project_id}:{view}:{VERSION}"


def exact_hasher(project_id: uuid.UUID, spec: Spec = DEFAULT_SPEC) -> Callable[[str, str], bytes]:
    """(view, text) → keyed hash of spec, view and normalised tokens; of two texts equal but for case, blanks, punctuation it is one."""
    key, name = naming_key(project_id, EXACT), stored_name(spec)

    def exact(view: str, text: str) -> bytes:
        said = " ".join(tokens(text) or [text])
        return key.mac(f"{name}\0{view}\0{said}".encode("utf-8", "surrogatepass"))[:BYTES]

    return exact
