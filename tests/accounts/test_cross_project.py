"""Nobody of one project sees or touches anything of another, whatever the address."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.actions.api_tokens import create_token
from accounts.models import Membership, Role, User
from tests.accounts.foreign import MARK, ForeignProject
from tests.accounts.routes import Route, project_routes
from tests.accounts.test_roles_by_route import made_up
from tests.conftest import Team

pytestmark = pytest.mark.long

ROUTES = project_routes()
KEPT_OUT = {403, 404, 405}
BODY = {
    "reason": "other",
    "roles": ["annotator"],
    "note": "x",
    "resolution": "dismissed",
    "decision": "approve",
    "state": "open",
    "count": 1,
}


@pytest.fixture
def intruder(team: Team) -> User:
    """Somebody with every role of their own project."""
    person = User.objects.create_user("intruder@acme.example", "a long password")
    for role in Role:
        Membership.objects.create(project=team.project, user=person, role=role)
    return person


def ask(client: Client, route: Route, method: str, url: str) -> Any:
    """A well-meant request, so that nothing stops before the door."""
    if route.is_api:
        return client.generic(method, url, json.dumps(BODY).encode(), content_type="application/json")
    return client.post(url, BODY) if method == "POST" else client.get(url)


def test_every_argument_of_every_address_has_a_foreign_object_to_try(other_team: Team) -> None:
    foreign = ForeignProject(other_team)
    unknown = {name for route in ROUTES for name in route.arguments} - set(foreign.values)
    assert unknown == set(), "add an object of this kind to tests/accounts/foreign.py"


def test_a_stranger_is_told_that_the_project_does_not_exist(
    team: Team, other_team: Team, intruder: User
) -> None:
    client = team.client(intruder)
    _, secret = create_token(
        who=intruder, project=team.project, name="all", scopes=["ingest", "read", "write"]
    )
    machine = Client(headers={"Authorization": f"Bearer {secret}"})
    wrong = []
    for route in ROUTES:
        url = route.url(other_team.project.slug, made_up(route))
        for method in route.verbs if route.is_api else ("POST", "GET"):
            answer = ask(client, route, method, url)
            if answer.status_code not in (404, 405):
                wrong.append(f"{method} {route.pattern}: {answer.status_code}")
            if answer.status_code == 404 and not route.is_api:
                break
            if route.is_api and ask(machine, route, method, url).status_code not in (404, 405):
                wrong.append(f"{method} {route.pattern}: lets a foreign token in")
    assert wrong == []


def test_naming_a_foreign_object_under_ones_own_project_finds_nothing(
    team: Team, other_team: Team, intruder: User
) -> None:
    foreign = ForeignProject(other_team)
    client = team.client(intruder)
    wrong = []
    for route in ROUTES:
        if not set(route.arguments) - {"kind", "how"} and "lineage/" not in route.pattern:
            continue
        url = route.url(team.project.slug, foreign.arguments(route))
        for method in route.verbs:
            answer = ask(client, route, method, url)
            if answer.status_code not in KEPT_OUT:
                wrong.append(f"{method} {route.pattern}: {answer.status_code}")
            if MARK in shown(answer):
                wrong.append(f"{method} {route.pattern}: shows what it must not")
    assert wrong == []


def test_no_list_shows_a_foreign_object(team: Team, other_team: Team, intruder: User) -> None:
    ForeignProject(other_team)
    client = team.client(intruder)
    wrong = []
    for route in ROUTES:
        if set(route.arguments) - {"kind"} or "GET" not in route.verbs:
            continue
        url = route.url(team.project.slug, {"kind": "sft"})
        answer = client.get(url)
        if MARK in shown(answer):
            wrong.append(route.pattern)
    assert wrong == []


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("snapshots", {"selection": "selection"}),
        ("runs/", {"approval": "approval_id", "recipe": "base-tiny"}),
        ("judgments/", {"assignment": "assignment_id", "choice": "left"}),
    ],
)
def test_a_foreign_object_in_the_body_finds_nothing(
    team: Team, other_team: Team, intruder: User, address: str, body: dict[str, str]
) -> None:
    foreign = ForeignProject(other_team)
    values = foreign.values | {"selection": foreign.snapshot.selection_id}
    filled = {name: str(values.get(value, value)) for name, value in body.items()}
    url = f"/api/v1/projects/{team.project.slug}/{address}"
    answer = team.client(intruder).post(url, filled, "application/json")
    assert answer.status_code in (400, 403, 404, 409), answer.content


def shown(answer: HttpResponse) -> str:
    """The text of an answer, streamed or not."""
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode(errors="replace")  # type: ignore[attr-defined]
    return answer.content.decode(errors="replace")
