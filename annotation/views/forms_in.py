"""What a judging form sends, read strictly: a broken field is a refusal that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import Refused

from ..actions.said import Under

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


AS = "X-Winnow-As"
"""Whose page sends this: a browser may have been signed in as somebody else since."""


class SomebodyElse(Refused):
    """The page belongs to another person than the one signed in: what it sends is kept there, not given away."""

    status = 403


def lease_in(request: HttpRequest) -> LeaseIn:
    """Assignment and token of the form; refused where somebody else has signed in since the page was opened."""
    sender = request.headers.get(AS, "")
    if sender and sender != str(request.user.pk):
        raise SomebodyElse(
            "signed_in_as_another",
            _("Somebody else is signed in here now."),
            hint=_("Sign in as yourself; your answers wait in this browser."),
        )
    return LeaseIn(field(request.POST, "assignment", UUID), field(request.POST, "lease_token", UUID))


@dataclass(frozen=True, slots=True)
class ReasonsIn:
    """The optional part of an answer."""

    tags: list[str]
    rationale: str
    active_ms: int | None
    section: str
    under: Under


def reasons_in(request: HttpRequest) -> ReasonsIn:
    """Tags, words, active time, and what stood on the screen."""
    given = request.POST.get("active_ms", "")
    return ReasonsIn(
        tags=request.POST.getlist("tags"),
        rationale=request.POST.get("rationale", ""),
        active_ms=int(given) if given.isdecimal() and len(given) < 10 else None,
        section=request.POST.get("section", ""),
        under=Under(*(_version(request, name) for name in ("guidelines", "policy", "tags_version"))),
    )


def _version(request: HttpRequest, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 18 else None


def ids_in(given: Mapping[str, Any], name: str) -> list[UUID]:
    """A space-separated list of ids; what is no id is passed over."""
    found = []
    for word in given.get(name, "").split()[:50]:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
