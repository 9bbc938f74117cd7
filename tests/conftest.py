"""What every test shares: it runs as the app role, in a project with one person per role."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test import Client

from accounts.models import Membership, Project, Role, User

# A property holds or does not, however long a busy machine takes to try it.
hypothesis.settings.register_profile(
    "loaded machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("loaded machine")

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: dealt out last, it would keep one worker busy alone."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("stack", "long")))


@pytest.fixture(autouse=True)
def as_app_role(request: pytest.FixtureRequest) -> Iterator[None]:
    """The owner makes the test database; the test itself has only the app role's rights."""
    name = next((name for name in ("transactional_db", "db") if name in request.fixturenames), None)
    if name is None and (marker := request.node.get_closest_marker("django_db")):
        name = "transactional_db" if marker.kwargs.get("transaction") else "db"
    if name is None:
        yield
        return
    request.getfixturevalue(name)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE winnow_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, settings) -> None:  # type: ignore[no-untyped-def]
    """Blobs, runs and index files of a test lie in its own folder."""
    folder = tmp_path_factory.mktemp("state")
    settings.STATE_DIR = folder
    settings.STORAGE_URL = f"file://{folder}/blobs"
    settings.RUNS_DIR = folder / "runs"
    settings.INDEX_DIR = folder / "index"


@dataclass
class Team:
    """A project and its people."""

    project: Project
    annotator: User
    lead: User
    second_lead: User
    engineer: User
    admin: User
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, user: User) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(user, backend="accounts.sessions.SessionBackend")
        return client


def make_team(slug: str) -> Team:
    """A project with one person for each role, and a second data lead."""
    project = Project.objects.create(slug=slug, name=slug.title(), training_use_default="allowed")
    people = {}
    for name, role in [
        ("annotator", Role.ANNOTATOR),
        ("lead", Role.DATA_LEAD),
        ("second_lead", Role.DATA_LEAD),
        ("engineer", Role.ML_ENGINEER),
        ("admin", Role.ADMIN),
    ]:
        people[name] = User.objects.create_user(
            f"{name}@{slug}.example", "a long password", name=name.title()
        )
        Membership.objects.create(project=project, user=people[name], role=role)
    return Team(project, **people)  # type: ignore[arg-type]


@pytest.fixture
def team(db: None) -> Team:
    """The project most tests work in."""
    return make_team("acme")


@pytest.fixture
def other_team(db: None) -> Team:
    """A second tenant, whose data nobody of the first may see."""
    return make_team("other")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data is not here: ../shared/data is absent")
    return SHARED_DATA
