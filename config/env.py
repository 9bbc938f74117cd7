"""The one place that reads the environment: typed, and failing at start with the name of what is wrong."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """The variable's value; without a default its absence stops the start."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. See docs/operations.md for what it should hold.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable; anything else than yes or no stops the start."""
    word = os.environ.get(name, "1" if default else "0").strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name}={word!r} is neither yes nor no. Use 1 or 0.")


def number(name: str, default: int) -> int:
    """An integer variable."""
    word = os.environ.get(name, str(default))
    try:
        return int(word)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={word!r} is not a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """A folder, given or under the project's own state folder."""
    return Path(os.environ.get(name) or default)
