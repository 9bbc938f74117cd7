"""A campaign on the real server, and people who answer there as Argilla's own page does: over its API, signed in as themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from accounts.models import Project, User
from annotation.bridge.connect import connect
from annotation.bridge.pull import start_pull
from annotation.bridge.push import start_push
from annotation.bridge.secrets import first_password
from annotation.models import ArgillaAccount, ArgillaDataset, ArgillaRecord, Campaign, Item
from core.jobs import claim
from core.jobs.handlers import handler_for
from core.models import Job

from .real_server import OWNER_KEY, RealServer, running_server


@pytest.fixture(scope="session")
def real_server() -> Iterator[RealServer]:
    """The run's one Argilla server."""
    pytest.importorskip("argilla", reason="the extra `argilla` is not installed")
    with running_server() as server:
        yield server


def done(job: Job) -> dict[str, Any]:
    """Do the job here and now, as a worker would; its result."""
    running = claim(job.pk)
    assert running is not None
    result = handler_for(job.kind)(running) or {}
    running.succeed(result)
    return result


@dataclass
class There:
    """The Argilla side of a project."""

    server: RealServer
    project: Project
    lead: User

    def push(self, campaign: Campaign, **how: Any) -> dict[str, Any]:
        """Push and wait."""
        return done(start_push(who=self.lead, campaign=campaign, **how))

    def pull(self, campaign: Campaign) -> dict[str, Any]:
        """Pull and wait."""
        return done(start_pull(who=self.lead, campaign=campaign))

    def owner(self) -> httpx.Client:
        """The owner's API."""
        return httpx.Client(
            base_url=f"{self.server.url}/api/v1", headers={"X-Argilla-Api-Key": OWNER_KEY}, timeout=60
        )

    def sign_in(self, person: User) -> "Person":
        """With the account and password the push made for this person."""
        account = ArgillaAccount.objects.get(profile__user=person, profile__project=self.project)
        password = first_password(self.project.pk, account.profile_id, account.made_with)
        api = httpx.Client(base_url=f"{self.server.url}/api/v1", timeout=60)
        token = api.post("/token", data={"username": account.username, "password": password})
        api.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        return Person(api, account.user_id)


@dataclass
class Person:
    """An annotator signed in to Argilla."""

    api: httpx.Client
    id: UUID

    def answer(self, item: Item, choice: str = "left", *, status: str = "submitted", **more: Any) -> UUID:
        """Answer a pair; the response's id."""
        values = {name: {"value": value} for name, value in ({"preference": choice} | more).items()}
        said = self.api.post(
            f"/records/{record_of(item).record_id}/responses", json={"values": values, "status": status}
        )
        assert said.status_code == 201, said.text
        return UUID(said.json()["id"])

    def change(self, response: UUID, choice: str = "left", *, status: str = "submitted", **more: Any) -> None:
        """Say something else in the same response."""
        values = {name: {"value": value} for name, value in ({"preference": choice} | more).items()}
        said = self.api.put(f"/responses/{response}", json={"values": values, "status": status})
        assert said.status_code == 200, said.text


def record_of(item: Item) -> ArgillaRecord:
    """The mapping row of an item."""
    return ArgillaRecord.objects.get(item=item)


def dataset_of(campaign: Campaign) -> UUID:
    """Argilla's id of the campaign's data set."""
    return ArgillaDataset.objects.get(campaign=campaign).dataset_id


@pytest.fixture
def there(real_server: RealServer, team, settings) -> There:  # type: ignore[no-untyped-def]
    """The team's project, connected."""
    settings.ARGILLA_SERVERS = [real_server.url]
    done(connect(who=team.lead, project=team.project, server=real_server.url, api_key=OWNER_KEY))
    return There(real_server, team.project, team.lead)
