"""Argilla calls when somebody answers. The call only rings: what it says is not believed, the answer is pulled."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from core.errors import PermissionRefused

from ..models import ArgillaConnection, ArgillaDataset, ArgillaDelivery
from .pull import queue_pull
from .secrets import webhook_secret_of
from .signature import TOLERANCE, BadSignature, verified_id

log = structlog.get_logger(__name__)
LONGEST_BODY = 8 << 20


class NotSigned(PermissionRefused):
    """The same answer for a project that is not there, one that does not listen, and a wrong signature."""

    status = 401


class ArgillaWebhook(APIView):
    """Signed messages of a project's Argilla server (Standard Webhooks)."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=None, responses={204: None, 401: None})
    def post(self, request: Request, slug: str) -> HttpResponse:
        """204 for a message that is signed and fresh, heard before or not; 401 for any other."""
        connection = ArgillaConnection.objects.select_related("project").filter(project__slug=slug).first()
        secret = webhook_secret_of(connection) if connection else None
        body = request.body if int(request.META.get("CONTENT_LENGTH") or 0) <= LONGEST_BODY else b""
        try:
            message = verified_id(body, request.headers, secret=secret or "", now=time.time())
        except BadSignature as error:
            log.warning("argilla.webhook_refused", project=slug, why=str(error))
            raise NotSigned("not_signed", "This message is not signed for this project.") from error
        assert connection is not None
        if _first_time(connection, message):
            for dataset in _named(connection, body):
                queue_pull(dataset.campaign)
        return HttpResponse(status=204)


def _first_time(connection: ArgillaConnection, message: str) -> bool:
    """Whether this message was not heard before; copies are known for longer than a signature is fresh."""
    old = timezone.now() - timedelta(seconds=4 * TOLERANCE)
    ArgillaDelivery.objects.filter(connection=connection, received_at__lt=old).delete()
    try:
        with transaction.atomic():
            ArgillaDelivery.objects.create(connection=connection, message_id=message[:200])
    except IntegrityError:
        return False
    return True


def _named(connection: ArgillaConnection, body: bytes) -> "QuerySet[ArgillaDataset]":
    """The pushed data set the message is about; none where it is about another one."""
    found = ArgillaDataset.objects.filter(connection=connection).select_related("campaign")
    return found.filter(dataset_id__in=_dataset_ids(body))


def _dataset_ids(body: bytes) -> list[UUID]:
    try:
        data: Any = orjson.loads(body)["data"]
        return [UUID(str(data["record"]["dataset"]["id"]))]
    except (ValueError, KeyError, TypeError):
        return []
