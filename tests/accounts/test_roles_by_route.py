"""Every address under a project takes a verb, and only roles that carry it get in."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Role, User
from accounts.permissions import READ_VERBS, VERBS
from tests.accounts.routes import Route, project_routes
from tests.conftest import Team

pytestmark = pytest.mark.long

ROUTES = project_routes()
READING_POSTS = {
    "snapshots/<uuid:snapshot_id>/verify": "computes checks and records that somebody looked",
    "selections/preview": "counts without writing",
    "index/citations": "resolves many citations at once",
}
NOT_ALLOWED = b"Your role does not allow this"


def made_up(route: Route) -> dict[str, Any]:
    """Arguments of the right kind that name nothing."""
    values: dict[str, Any] = {}
    for name in route.arguments:
        is_uuid, is_int = f"<uuid:{name}>" in route.pattern, f"<int:{name}>" in route.pattern
        values[name] = (
            uuid.uuid4() if is_uuid else 987654321 if is_int else "skip" if name == "how" else "sft"
        )
    return values


def test_every_address_under_a_project_names_the_verb_of_every_method() -> None:
    nameless = [
        f"{method} {r.pattern}" for r in ROUTES for method, verb in r.verbs.items() if verb not in VERBS
    ]
    assert nameless == []
    assert len(ROUTES) > 100


def test_a_method_that_changes_something_never_hides_behind_a_verb_of_reading() -> None:
    hidden = [
        f"{method} {route.pattern}"
        for route in ROUTES
        if route.is_api
        for method, verb in route.verbs.items()
        if method != "GET" and verb in READ_VERBS and not route.pattern.endswith(tuple(READING_POSTS))
    ]
    assert hidden == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_in_where_its_verbs_say_and_nowhere_else(team: Team, role: Role) -> None:
    person = User.objects.create_user("one@acme.example", "a long password")
    Membership.objects.create(project=team.project, user=person, role=role)
    client = team.client(person)
    client.raise_request_exception = False
    wrong = []
    for route in ROUTES:
        url = route.url(team.project.slug, made_up(route))
        for method, status, barred in _tried(client, route, url):
            verb = route.verbs[method]
            if status >= 500:
                wrong.append(f"{method} {route.pattern}: fault {status}")
            elif role in VERBS[verb] and barred:
                wrong.append(f"{method} {route.pattern}: {role} carries {verb} and is turned away")
            elif role not in VERBS[verb] and not barred and status != 405:
                wrong.append(f"{method} {route.pattern}: {role} does not carry {verb} and got {status}")
    assert wrong == []


def test_somebody_who_is_not_signed_in_gets_nowhere(team: Team) -> None:
    client = Client(raise_request_exception=False)
    wrong = []
    for route in ROUTES:
        for method in route.verbs if route.is_api else ["GET"]:
            answer = client.generic(method, route.url(team.project.slug, made_up(route)))
            to_login = answer.status_code == 302 and answer["Location"].startswith("/login/")
            if not to_login and answer.status_code not in (401, 405):
                wrong.append(f"{method} {route.pattern}: {answer.status_code}")
    assert wrong == []


def _tried(client: Client, route: Route, url: str) -> Iterator[tuple[str, int, bool]]:
    """Every method of an endpoint; of a page one, POST where it takes it: the door is the same."""
    if route.is_api:
        yield from ((method, *_try(client, method, url)) for method in route.verbs)
        return
    status, barred = _try(client, "POST", url)
    yield ("POST", status, barred) if status != 405 else ("GET", *_try(client, "GET", url))


def _try(client: Client, method: str, url: str) -> tuple[int, bool]:
    answer = client.generic(method, url, b"{}", content_type="application/json")
    streamed = getattr(answer, "streaming", False)
    return answer.status_code, answer.status_code == 403 and not streamed and NOT_ALLOWED in answer.content
