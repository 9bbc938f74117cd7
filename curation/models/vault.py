"""The sealed vault: originals under a key of their subject, wrapped by the keyring; two people for each reveal."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class VaultSwitch(models.Model):
    """Whether a project seals originals at all; no row means no."""

    project = models.OneToOneField(
        "accounts.Project", on_delete=models.PROTECT, primary_key=True, related_name="vault"
    )
    enabled = models.BooleanField(default=False)
    changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.project_id}: {self.enabled}"


class VaultKey(models.Model):
    """The data key of one trace, wrapped by the keyring's key `key_id`; shredding a person shreds the keys of all their traces.

    A child span may come before the one that names its user, so the key belongs to the trace and the trace to the person.
    """

    trace = models.OneToOneField(
        "curation.Trace", on_delete=models.PROTECT, primary_key=True, related_name="vault_key"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    key_id = models.CharField(max_length=32)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    shredded_at = models.DateTimeField(null=True)
    shredded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(wrapped__isnull=False, shredded_at__isnull=True, shredded_by__isnull=True)
                | Q(wrapped__isnull=True, shredded_at__isnull=False, shredded_by__isnull=False),
                name="vault_key_whole_or_shredded",
            ),
        ]

    def __str__(self) -> str:
        return str(self.trace_id)


class VaultEntry(models.Model):
    """One original, sealed (AES-256-GCM, nonce first) under its trace's key; the surrogate is its address. Append-only."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="entries")
    surrogate = models.CharField(max_length=200)
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "surrogate"], name="vault_entry_once")
        ]

    def __str__(self) -> str:
        return self.surrogate


class RevealRequest(models.Model):
    """One person asks for one original, another one grants it for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(VaultEntry, on_delete=models.PROTECT, related_name="requests")
    reason = models.CharField(max_length=300)
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="requested")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(decided_by=F("requested_by")), name="reveal_four_eyes"),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by__isnull=True, expires_at__isnull=True)
                | Q(
                    state="granted",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    expires_at__isnull=False,
                )
                | Q(
                    state="denied",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    expires_at__isnull=True,
                ),
                name="reveal_state_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-requested_at", "-id"], name="reveal_newest")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.state}"


class Reveal(models.Model):
    """An original was shown to somebody. Append-only; the database refuses one without a standing grant."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(RevealRequest, on_delete=models.PROTECT, related_name="reveals")
    shown_to = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.request_id} → {self.shown_to_id}"
