"""The Argilla bridge against a real server: 1,000 pairs there, 3,000 answers back twice, and answers a second, ours and theirs.

Imports models: to be imported once Django is set up.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings
from django.db import connection

from accounts.actions.api_tokens import create_token
from accounts.models import Membership, Project, Role, User
from accounts.models.access import Scope
from annotation.actions.campaigns import create_campaign
from annotation.bridge.connect import connect
from annotation.bridge.pull import start_pull
from annotation.bridge.push import start_push
from annotation.bridge.secrets import first_password
from annotation.models import ArgillaAccount, ArgillaDataset, ArgillaRecord, Campaign, Judgment
from benchmarks.contract import Row
from benchmarks.traffic.server import serving
from core.jobs import claim
from core.jobs.handlers import handler_for
from core.models import Job
from tests.annotation.argilla.real_server import OWNER_KEY, running_server
from tests.annotation.conftest import annotators, queue_pairs

OVERLAP, PEOPLE, SECONDS = 3, 8, 60
PENDING = {
    "filters": {
        "type": "and",
        "and": [
            {
                "type": "terms",
                "scope": {"entity": entity, "property": "status"},
                "values": ["pending"],
            }
            for entity in ("response", "record")
        ],
    }
}


@dataclass(frozen=True)
class Person:
    """One annotator's way in: a signed-in client, and how to take the next pair and answer it."""

    answer_next: Callable[[], bool]


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the tool that installs a server beside the checkout; `quick` sends a twentieth."""
    pairs, seconds = (50, 10) if quick else (1_000, SECONDS)
    with running_server() as server:
        settings.ARGILLA_SERVERS = [server.url]
        lead, project, people = _project()
        _done(connect(who=lead, project=project, server=server.url, api_key=OWNER_KEY))
        campaign = _campaign(lead, project, "Round trip", pairs)
        took, pushed = _timed(lambda: _done(start_push(who=lead, campaign=campaign)))
        yield Row("pairs pushed", pushed["sent"], "", f"== {pairs}")
        yield Row("push, accounts and data set included", took, "s")
        yield from _pulls(server.url, lead, campaign, people)
        yield from _rates(server.url, lead, project, people, pairs, seconds)


def _pulls(url: str, lead: User, campaign: Campaign, people: Sequence[User]) -> Iterator[Row]:
    for who in people[:OVERLAP]:
        _answer_everything(url, who, campaign)
    asked = OVERLAP * campaign.items.count()
    took, first = _timed(lambda: _done(start_pull(who=lead, campaign=campaign)))
    yield Row("answers pulled and counted", first["counted"], "", f"== {asked}")
    yield Row("pulled", asked / took, "answers/s")
    before = _rows()
    took, again = _timed(lambda: _done(start_pull(who=lead, campaign=campaign)))
    yield Row("rows the second pull wrote", _rows() - before, "", "== 0")
    yield Row("answers the second pull knew", again["known"], "", f"== {asked}")
    yield Row("second pull", took, "s")
    yield Row("sides that came back wrong", _wrong_sides(campaign), "", "== 0")


def _rates(
    url: str, lead: User, project: Project, people: Sequence[User], pairs: int, seconds: float
) -> Iterator[Row]:
    """The same round trip on both: next pair over HTTP, answer over HTTP, several people at once, for a while."""
    there = _campaign(lead, project, "Rate there", pairs)
    _done(start_push(who=lead, campaign=there))
    theirs = _rate([_argilla_person(url, who, there) for who in people], seconds)
    here = _campaign(lead, project, "Rate here", 20 * pairs)
    with serving() as server:
        ours = _rate([_own_person(server.port, who, here) for who in people], seconds)
    yield Row(f"Argilla: next and answer, {PEOPLE} people", theirs, "answers/s")
    yield Row(f"Winnow: next and answer, {PEOPLE} people", ours, "answers/s")
    yield Row("Winnow against Argilla", ours / theirs, "times", ">= 20")


def _rate(people: Sequence[Person], seconds: float) -> float:
    """Answers a second while everybody works until time is up or nothing is left."""
    until, counts, began = time.perf_counter() + seconds, [0] * len(people), time.perf_counter()

    def work(number: int) -> None:
        while time.perf_counter() < until and people[number].answer_next():
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def _argilla_person(url: str, who: User, campaign: Campaign) -> Person:
    api, dataset = _signed_in(url, who, campaign), ArgillaDataset.objects.get(campaign=campaign).dataset_id

    def answer_next() -> bool:
        found = api.post(
            f"/me/datasets/{dataset}/records/search",
            params={"limit": 1, "include": "responses"},
            json=PENDING,
        ).json()["items"]
        if not found:
            return False
        said = {"values": {"preference": {"value": "left"}}, "status": "submitted"}
        api.post(f"/records/{found[0]['record']['id']}/responses", json=said).raise_for_status()
        return True

    return Person(answer_next)


def _own_person(port: int, who: User, campaign: Campaign) -> Person:
    _token, secret = create_token(who=who, project=campaign.project, name=str(who.pk), scopes=[Scope.WRITE])
    api = httpx.Client(
        base_url=f"http://127.0.0.1:{port}/api/v1/projects/{campaign.project.slug}",
        headers={"Authorization": f"Bearer {secret}"},
        timeout=60,
    )

    def answer_next() -> bool:
        found = api.post(f"/campaigns/{campaign.pk}/claim/", json={})
        if found.status_code == 204:
            return False
        lease = found.raise_for_status().json()
        said = {"assignment": lease["assignment"], "lease_token": lease["lease_token"], "choice": "left"}
        api.post("/judgments/", json=said, headers={"Idempotency-Key": str(uuid.uuid4())}).raise_for_status()
        return True

    return Person(answer_next)


def _signed_in(url: str, who: User, campaign: Campaign) -> httpx.Client:
    account = ArgillaAccount.objects.get(profile__user=who, profile__project=campaign.project)
    password = first_password(campaign.project_id, account.profile_id, account.made_with)
    api = httpx.Client(base_url=f"{url}/api/v1", timeout=120)
    token = api.post("/token", data={"username": account.username, "password": password}).json()
    api.headers["Authorization"] = f"Bearer {token['access_token']}"
    return api


def _answer_everything(url: str, who: User, campaign: Campaign) -> None:
    """In bulk, as Argilla's page does with a selection: left on every pair."""
    api = _signed_in(url, who, campaign)
    ids = [
        str(one)
        for one in ArgillaRecord.objects.filter(campaign=campaign).values_list("record_id", flat=True)
    ]
    for start in range(0, len(ids), 100):
        said = [
            {"record_id": one, "status": "submitted", "values": {"preference": {"value": "left_clear"}}}
            for one in ids[start : start + 100]
        ]
        api.post("/me/responses/bulk", json={"items": said}).raise_for_status()


def _wrong_sides(campaign: Campaign) -> int:
    """Everybody said left: the choice is b exactly where the sides were swapped."""
    votes = Judgment.objects.filter(item__campaign=campaign).values_list(
        "revisions__choice", "item__argilla_record__swapped"
    )
    return sum(choice != ("b" if swapped else "a") for choice, swapped in votes)


def _rows() -> int:
    """Rows of every table of the app and its events; the audit alone may say that a person asked."""
    tables = [one for one in connection.introspection.table_names() if one.startswith("annotation_")]
    with connection.cursor() as cursor:
        total = 0
        for table in [*tables, "core_event"]:
            cursor.execute(f"SELECT count(*) FROM {table}")
            total += cursor.fetchone()[0]
    return total


def _project() -> tuple[User, Project, list[User]]:
    project = Project.objects.create(slug="bridge", name="Bridge", training_use_default="allowed")
    lead = User.objects.create_user("lead@bridge.example", "a long password", name="Lead")
    Membership.objects.create(project=project, user=lead, role=Role.DATA_LEAD)
    people = annotators(project, PEOPLE)
    for who in people:  # an annotator's role makes no tokens
        Membership.objects.create(project=project, user=who, role=Role.DATA_LEAD)
    return lead, project, people


def _campaign(lead: User, project: Project, name: str, pairs: int) -> Campaign:
    made = create_campaign(who=lead, project=project, name=name, overlap=OVERLAP)
    queue_pairs(made, pairs)
    return made


def _done(job: Job) -> dict[str, Any]:
    running = claim(job.pk)
    assert running is not None
    result = handler_for(job.kind)(running) or {}
    running.succeed(result)
    return result


def _timed(work: Callable[[], dict[str, Any]]) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
