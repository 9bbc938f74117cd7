"""What a judging form sends, read strictly: a broken field is a refusal that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import Refused

T = TypeVar("T")


class BadField(Refused):
    """A field is missing or not of its kind."""

    status = 400


def field(data: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """The field as `kind`; refused by name."""
    try:
        return kind(data[name])  # type: ignore[call-arg]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadField(
            "field_invalid", _("The field %(name)s is missing or not valid.") % {"name": name}, field=name
        ) from error


@dataclass(frozen=True, slots=True)
class LeaseIn:
    """Which lease an act is about."""

    assignment_id: UUID
    lease_token: UUID


def lease_in(request: HttpRequest) -> LeaseIn:
    """Assignment and token of the form."""
    return LeaseIn(field(request.POST, "assignment", UUID), field(request.POST, "lease_token", UUID))


@dataclass(frozen=True, slots=True)
class ReasonsIn:
    """The optional part of an answer."""

    tags: list[str]
    rationale: str
    active_ms: int | None


def reasons_in(request: HttpRequest) -> ReasonsIn:
    """Tags, words and active time of the form."""
    given = request.POST.get("active_ms", "")
    return ReasonsIn(
        tags=request.POST.getlist("tags"),
        rationale=request.POST.get("rationale", ""),
        active_ms=int(given) if given.isdecimal() and len(given) < 10 else None,
    )


def ids_in(request: HttpRequest, name: str) -> list[UUID]:
    """A space-separated list of ids; what is no id is passed over."""
    found = []
    for word in request.POST.get(name, "").split()[:50]:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
