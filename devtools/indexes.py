"""uv does not read pip's settings: this carries pip's indexes and certificates over, so both see the same packages."""

import ast
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

PIP_TO_UV = {"find-links": "UV_FIND_LINKS", "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX"}


def uv_environment(python: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for uv: what the person set for uv wins, then what pip is set to."""
    answer = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return {**environ, **carried_over(pip_settings(answer.stdout), environ)}


def pip_settings(listing: str) -> dict[str, str]:
    """Read `pip config list`: the environment beats an `install` section, that beats a `global` one."""
    found: dict[str, tuple[int, str]] = {}
    strength = {"global": 0, "install": 1, ":env:": 2}
    for line in listing.splitlines():
        name, separator, quoted = line.partition("=")
        section, _, key = name.rpartition(".")
        if not separator or section not in strength:
            continue
        try:
            value = str(ast.literal_eval(quoted))
        except (SyntaxError, ValueError):
            continue
        if key not in found or strength[section] >= found[key][0]:
            found[key] = (strength[section], value)
    return {key: value for key, (_, value) in found.items()}


def carried_over(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """uv's variables for pip's settings, without overriding any that is set."""
    carried = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    for key, variable in PIP_TO_UV.items():
        if settings.get(key):
            separator = "," if key == "find-links" else " "
            carried[variable] = separator.join(settings[key].split())
    if "UV_INDEX" in carried:
        carried["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # what pip does: the best version of all indexes
    if settings.get("cert"):
        carried["SSL_CERT_FILE"] = settings["cert"]
    return {name: value for name, value in carried.items() if not environ.get(name)}
