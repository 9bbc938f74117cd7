"""Originals of a delivery on their way into the vault: sealed under the data key of their trace, in the transaction that stores it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import islice

from django.conf import settings

from core.vault import new_data_key, opened, sealed, wrapping_key
from curation.models import VaultEntry, VaultKey, VaultSwitch

LONGEST, MOST = 4_000, 500


def seals(project_id: uuid.UUID) -> bool:
    """Whether this installation has a vault and this project uses it; both are off unless somebody said otherwise."""
    return bool(settings.VAULT) and VaultSwitch.objects.filter(project_id=project_id, enabled=True).exists()


def keep_originals(project_id: uuid.UUID, trace_id: uuid.UUID, originals: Mapping[str, str]) -> None:
    """Seal what each surrogate stands for. A trace whose key was shredded takes nothing more."""
    key = _data_key(project_id, trace_id)
    if key is None:
        return
    VaultEntry.objects.bulk_create(
        [
            VaultEntry(
                key_id=trace_id, surrogate=stand_in[:200],
                sealed=sealed(original[:LONGEST].encode("utf-8", "surrogatepass"), key, f"{trace_id}:{stand_in[:200]}"),
            )
            for stand_in, original in islice(originals.items(), MOST)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def data_key_of(held: VaultKey) -> bytes | None:
    """Unwrapped by the keyring; None once it was shredded."""
    if held.wrapped is None:
        return None
    wrapping = wrapping_key(held.project_id, held.key_id)
    return opened(bytes(held.wrapped), wrapping.secret, str(held.trace_id))


def open_entry(entry: VaultEntry) -> str | None:
    """The original; None once its key was shredded. Raises CannotOpen where the keyring's key is another one."""
    key = data_key_of(entry.key)
    if key is None:
        return None
    return opened(bytes(entry.sealed), key, f"{entry.key_id}:{entry.surrogate}").decode(
        "utf-8", "surrogatepass"
    )


def _data_key(project_id: uuid.UUID, trace_id: uuid.UUID) -> bytes | None:
    held = VaultKey.objects.filter(trace_id=trace_id).first()
    if held is None:
        wrapping, fresh = wrapping_key(project_id), new_data_key()
        held, _ = VaultKey.objects.get_or_create(
            trace_id=trace_id,
            defaults={
                "project_id": project_id,
                "key_id": wrapping.id,
                "wrapped": sealed(fresh, wrapping.secret, str(trace_id)),
            },
        )
    return data_key_of(held)
