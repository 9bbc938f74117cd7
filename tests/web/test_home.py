"""Home shows the loop, what waits, and only what the role needs."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from core.audit import record
from core.registry import Count, InboxItem, Registry, StationState, registry
from tests.conftest import Team
from web import home, inbox, navigation
from web.navigation import LETTERS


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    own = Registry()
    for module in (home, inbox, navigation):
        monkeypatch.setattr(module, "registry", own)
    return own  # type: ignore[return-value]


def state(value: int) -> StationState:
    return StationState(Count(value, "things"), (Count(3, "dropped", "dropped"),))


def test_every_registered_link_leads_somewhere(team: Team) -> None:
    for name in [entry.url for entry in registry.nav.values()] + [
        one.url for one in registry.stations.values()
    ]:
        assert reverse(name, kwargs={"slug": team.project.slug})


def test_every_station_can_be_read_in_an_empty_project(team: Team) -> None:
    for station in registry.stations_in_order():
        assert station.read(team.project).main.value == 0, station.key


def test_a_station_shows_its_numbers_to_everybody_and_its_link_to_those_who_may(
    team: Team, own_registry: Registry
) -> None:
    own_registry.add_station(
        "s", "Snapshots", "inbox", verb="snapshot.read", order=1, read=lambda project: state(7)
    )
    lead = team.client(team.lead).get("/").content.decode()
    annotator = team.client(team.annotator).get("/").content.decode()
    assert "loop__number" in lead
    assert "loop__number" in annotator
    link = '<a href="/p/acme/inbox/">Snapshots</a>'
    assert link in lead
    assert link not in annotator


def test_a_project_without_anything_says_where_to_begin(team: Team, own_registry: Registry) -> None:
    connect = reverse("curation:connect", kwargs={"slug": "acme"})
    for value, person, shown in [(0, team.lead, True), (0, team.annotator, False), (7, team.lead, False)]:
        own_registry.add_station(
            f"s{value}",
            "Traces",
            "inbox",
            verb="trace.read",
            order=1,
            read=lambda _, value=value: state(value),
        )
        assert (connect in team.client(person).get("/").content.decode()) is shown


@pytest.mark.parametrize("name", ["ingest", "upload", "refusals", "rules", "vault", "prices", "connect"])
def test_the_pages_around_what_came_in_stand_under_traces(team: Team, name: str) -> None:
    page = team.client(team.lead).get(reverse(f"curation:{name}", kwargs={"slug": "acme"})).content.decode()
    traces = reverse("curation:traces", kwargs={"slug": "acme"})
    here = [line for line in page.splitlines() if 'data-key="g ' in line and "aria-current" in line]
    assert len(here) == 1
    assert f'href="{traces}"' in here[0]
    tabs = page.split('class="tabs"')[1].split("</nav>")[0]
    assert reverse("curation:connect", kwargs={"slug": "acme"}) in tabs
    assert tabs.count("aria-current") == 1


def test_an_inbox_item_waits_only_for_people_who_can_act(team: Team, own_registry: Registry) -> None:
    item = InboxItem("Sign snapshot 3", "/somewhere/", "Approval", action="Review")
    own_registry.add_inbox("s", lambda project, user: [item], verb="snapshot.approve")
    url = reverse("inbox", kwargs={"slug": "acme"})
    assert "Sign snapshot 3" in team.client(team.lead).get(url).content.decode()
    assert "Sign snapshot 3" not in team.client(team.engineer).get(url).content.decode()


def test_the_loop_polls_without_the_page_around_it(team: Team) -> None:
    html = team.client(team.lead).get(reverse("loop", kwargs={"slug": "acme"})).content.decode()
    assert "<html" not in html
    assert 'hx-trigger="every' in html


def test_no_two_places_share_a_letter() -> None:
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert "h" not in LETTERS.values()
    assert set(LETTERS) <= set(registry.nav)


def test_navigation_shows_what_the_role_needs(team: Team, own_registry: Registry) -> None:
    own_registry.add_nav("Everything", "inbox", roles={"data_lead"}, order=1)
    assert "Everything" in team.client(team.lead).get("/").content.decode()
    assert "Everything" not in team.client(team.annotator).get("/").content.decode()


def test_a_stranger_is_told_the_project_does_not_exist(team: Team, other_team: Team) -> None:
    for name in ("project-home", "inbox", "loop"):
        response = team.client(team.lead).get(reverse(name, kwargs={"slug": "other"}))
        assert response.status_code == 404


def test_somebody_without_a_project_is_told_what_to_do(db: None) -> None:
    from accounts.models import User

    client = Client()
    client.force_login(User.objects.create_user("new@x.example"), backend="accounts.sessions.SessionBackend")
    assert "invitation link" in client.get("/").content.decode()


def test_what_happened_lately_is_for_those_who_may_read_the_audit(team: Team) -> None:
    record(
        actor=team.engineer.actor, verb="snapshot.request", subject=team.project, project_id=team.project.pk
    )
    record(
        actor=team.annotator.actor, verb="annotation.submit", subject=team.project, project_id=team.project.pk
    )
    html = team.client(team.lead).get("/").content.decode()
    assert "asked for a signature" in html
    assert "Annotator annotation" not in html
    assert "Lately" not in team.client(team.engineer).get("/").content.decode()


def test_home_needs_a_sign_in(db: None) -> None:
    assert Client().get("/").headers["Location"].startswith("/login/")
