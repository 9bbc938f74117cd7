"""Answers to writes that named an Idempotency-Key, so that a client may repeat what it is not sure of."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class IdempotentAnswer(models.Model):
    """What one actor's key was answered with. Written in the transaction of the write itself."""

    id = models.BigAutoField(primary_key=True)
    project_id = models.UUIDField()
    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project_id", "actor", "key"], name="idempotency_key_once")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
