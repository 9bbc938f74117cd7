"""`./dev doctor`: what is here, what is missing, and what to do about it."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devtools import broker
from devtools.install import CORE, HEAVY, TESTS, Installer, has_gpu
from devtools.place import Place, Refusal, say
from devtools.services import Services
from devtools.web import free_port

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LEAST_FREE_GB = 4.0
SUPPORTED = {("Linux", "x86_64"), ("Linux", "aarch64")}


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    what: str
    found: str
    good: bool
    advice: str = ""
    needed: bool = True


def run(place: Place, *, browser: bool = False) -> int:
    """Print the report; exit 1 when something the product needs is missing. `browser` installs Chromium first."""
    if browser and find_browser() is None:
        _install_browser()
    findings = list(_findings(place))
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = "ok" if finding.good else ("MISSING" if finding.needed else "absent")
        print(f"{finding.what:<{width}}  {mark:<7}  {finding.found}")
        if not finding.good and finding.advice:
            print(f"{'':<{width}}           {finding.advice}")
    return 1 if any(finding.needed and not finding.good for finding in findings) else 0


def find_browser() -> str | None:
    """A Chromium of the system's."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def _findings(place: Place) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "Python",
        version,
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        "Python 3.11, 3.12 or 3.13 is supported.",
    )
    here = (platform.system(), platform.machine())
    advice = "Linux on x86_64 or aarch64 is supported; elsewhere set DATABASE_URL and BROKER_URL."
    yield Finding("platform", " ".join(here), here in SUPPORTED, advice, needed=False)
    free = shutil.disk_usage(place.root).free / 1e9
    yield Finding(
        "disk",
        f"{free:.1f} GB free",
        free >= LEAST_FREE_GB,
        f"{LEAST_FREE_GB:.0f} GB are needed with training.",
    )
    yield Finding("processors", f"{os.cpu_count()}, {'a GPU' if has_gpu() else 'no GPU'}", True)
    yield from _extras(place)
    yield _given_or("PostgreSQL", "DATABASE_URL", lambda: _postgres(place))
    yield _given_or("broker", "BROKER_URL", lambda: broker.binary(place))
    yield _try("web port", lambda: str(free_port("127.0.0.1", None)))
    found = find_browser()
    yield Finding(
        "browser",
        found or "none",
        found is not None,
        "./dev doctor --browser installs it; without, browser tests skip.",
        needed=False,
    )
    services = Services(place, place.state)
    running = place.state.exists() and services.broker.is_running()
    yield Finding("servers", "running" if running else "not running", True)


def _extras(place: Place) -> Iterator[Finding]:
    missing = Installer(place).missing([*CORE, *HEAVY, *TESTS])
    for extra in ("core", *CORE, *HEAVY, *TESTS):
        good = extra not in missing
        needed = "--tests" if extra in TESTS else ""
        yield Finding(
            f"extra {extra}",
            "installed" if good else "not installed",
            good,
            f"./dev setup {needed}".strip(),
            needed=False,
        )


def _postgres(place: Place) -> str:
    cluster = Services(place, place.state).cluster
    binaries = cluster.binaries()
    kept = cluster.data_major()
    return (
        f"{binaries.major} ({binaries.origin}), {f'data folder of {kept}' if kept else 'no data folder yet'}"
    )


def _given_or(what: str, variable: str, look: Callable[[], str]) -> Finding:
    if os.environ.get(variable):
        return Finding(what, f"given by {variable}", True)
    return _try(what, look)


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, look(), True)
    except Refusal as refusal:
        return Finding(what, "none", False, str(refusal))


def _install_browser() -> None:
    """Debian's own Chromium; on other systems only advice, never a download past the package manager."""
    if not Path("/etc/debian_version").exists() or os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(
            "Install Chromium with your system's packages (on Debian: apt install chromium), then run this again."
        )
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        say(f"$ {' '.join(command)}")
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
        if done.returncode != 0:
            say("The browser could not be installed; browser tests will skip with that reason.")
            return
