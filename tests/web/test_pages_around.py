"""Theme, demo bar, styleguide, error pages, and the content policy of every page."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from tests.conftest import Team

INLINE = re.compile(r"\s(style|on[a-z]+)=|<style|javascript:", re.IGNORECASE)
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
EVAL = re.compile(r"hx-on|hx-vals=.js:|hx-trigger=.[^\"']*\[|hx-vars")


def test_the_theme_is_remembered_with_the_person(team: Team) -> None:
    client = team.client(team.lead)
    client.post("/theme/", {"theme": "dark", "next": "/"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    team.lead.refresh_from_db()
    assert team.lead.theme == "dark"


def test_the_theme_form_goes_back_only_to_our_own_pages(team: Team) -> None:
    response = team.client(team.lead).post("/theme/", {"theme": "dark", "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"


def test_stepping_into_a_role_does_not_exist_outside_the_demo(team: Team, settings: LazySettings) -> None:
    settings.DEMO_MODE = False
    assert Client().post("/demo/role/", {"user": str(team.lead.pk)}).status_code == 404


def test_the_demo_bar_signs_in_as_its_people_and_nobody_else(
    team: Team, other_team: Team, settings: LazySettings
) -> None:
    settings.DEMO_MODE, settings.DEMO_PROJECT = True, team.project.slug
    client = Client()
    assert client.post("/demo/role/", {"user": str(other_team.lead.pk)}).status_code == 404
    assert client.post("/demo/role/", {"user": str(team.admin.pk)}).status_code == 404
    assert client.post("/demo/role/", {"user": str(team.lead.pk)}).status_code == 302
    assert "Lead" in client.get("/").content.decode()
    assert client.get("/demo/role/").status_code == 405


def test_the_styleguide_is_for_staff(team: Team) -> None:
    assert team.client(team.lead).get("/styleguide/").status_code == 403
    team.admin.is_staff = True
    team.admin.save()
    html = team.client(team.admin).get("/styleguide/").content.decode()
    assert not INLINE.search(html)


def test_a_page_that_is_not_there_gives_an_id_to_quote(team: Team) -> None:
    given = "0e6a1c52-6b0f-4a55-9f1e-2b7c61f0a9d4"
    response = team.client(team.lead).get("/nowhere/", headers={"X-Request-Id": given})
    assert response.status_code == 404
    assert given in response.content.decode()


@pytest.mark.parametrize("url", ["/p/{}/trainers/?state=%00", "/p/{}/lineage/row/a%00b/", "/?x=a%00"])
def test_a_zero_byte_in_an_address_is_a_bad_request_and_no_fault(team: Team, url: str) -> None:
    response = team.client(team.lead).get(url.format(team.project.slug))
    assert response.status_code == 400
    assert response.headers["X-Request-Id"]


def test_a_zero_byte_in_a_form_is_a_bad_request_and_no_fault(team: Team) -> None:
    address = f"/p/{team.project.slug}/curation/quotas/choice/"
    for form in ({"total": "4", "weight:a\0 × easy": "1"}, {"seed": "\0"}):
        assert team.client(team.lead).post(address, form).status_code == 400


def test_a_fault_is_a_page_without_the_fault_in_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    client = team.client(team.lead)
    client.raise_request_exception = False
    monkeypatch.setattr("web.home.stops", lambda project, user: 1 / 0)
    response = client.get("/")
    assert response.status_code == 500
    assert "division" not in response.content.decode()
    assert "quote this id" in response.content.decode()


def test_a_form_without_its_token_is_told_to_reload() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "reload" in response.content.decode()


def test_pages_carry_a_strict_content_policy(db: None) -> None:
    policy = Client().get(reverse("login")).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_template_needs_inline_style_script_or_eval(template: Path) -> None:
    source = template.read_text()
    assert not INLINE.search(source)
    assert not EVAL.search(source)
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script or 'type="application/json"' in script


def test_vendored_files_are_what_their_sums_say() -> None:
    import hashlib

    sums = finders.find("vendor/SHA256SUMS")
    assert isinstance(sums, str)
    for line in Path(sums).read_text().splitlines():
        expected, name = line.split()
        assert hashlib.sha256((Path(sums).parent / name).read_bytes()).hexdigest() == expected


def test_the_first_page_loads_less_than_100_kilobytes_of_style_and_script(db: None) -> None:
    import gzip

    html = Client().get(reverse("login")).content.decode()
    total = 0
    for name in re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', html):
        file = finders.find(name)
        assert isinstance(file, str), name
        total += len(gzip.compress(Path(file).read_bytes()))
    assert 0 < total < 100_000
