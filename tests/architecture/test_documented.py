"""Documentation as a contract: a setting or a command nobody can look up fails here."""

import re
from pathlib import Path

import pytest

from devtools import cli

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "operations.md"
SET_BY_DEV = {"WINNOW_DATABASE_ROLE", "WINNOW_TEST_DB"}


def variables() -> set[str]:
    """Every variable the settings or ./dev read."""
    sources = [
        file.read_text() for folder in ("config", "devtools") for file in (ROOT / folder).rglob("*.py")
    ]
    reads = r"(?:env\.(?:text|flag|number|words|folder)|os\.environ\.get)\(\s*\"([A-Z_]+)\""
    found = set(re.findall(reads, "\n".join(sources)))
    return {name for name in found if name.startswith(("WINNOW_", "DATABASE_", "BROKER_"))} - SET_BY_DEV


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_variable_is_documented(name: str) -> None:
    assert f"`{name}`" in OPERATIONS.read_text()


def test_no_documented_variable_is_unknown() -> None:
    documented = set(
        re.findall(r"^\| `((?:WINNOW|DATABASE|BROKER)_[A-Z_]+)`", OPERATIONS.read_text(), re.MULTILINE)
    )
    assert documented - variables() == set()


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
def test_every_command_is_documented(command: str) -> None:
    assert f"`./dev {command}" in OPERATIONS.read_text()
