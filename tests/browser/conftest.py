"""A headless Chromium of the system, and pages that watch their own console."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.conftest import Team, make_team

if TYPE_CHECKING:
    from playwright import sync_api as playwright_api
else:
    playwright_api = pytest.importorskip(
        "playwright.sync_api", reason="no browser tests: playwright is not installed"
    )

# Playwright's synchronous API keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PASSWORD = "a long password"
WIDE, NARROW = 1440, 380
QUIET_LOOKS = 5
RELEASE = "**/judge/release/"
"""The last beacon of a judging page."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one browser, so they stay on one worker."""
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> "Iterator[playwright_api.Browser]":
    """One browser for the whole run; without one the tests skip and say what is missing."""
    program = os.environ.get("WINNOW_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no browser tests: no Chromium found (./dev doctor --browser installs one on Debian)")
    with playwright_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def team(transactional_db: None) -> Team:
    """The project, committed, so that the server's own connection sees it."""
    team = make_team("acme")
    team.admin.is_staff = True
    team.admin.save()
    return team


class Visit:
    """One person's window: opens pages, and collects everything the console complains about."""

    def __init__(self, page: "playwright_api.Page", address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: "playwright_api.ConsoleMessage") -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, path: str) -> int:
        """The page, settled; returns its status."""
        response = self.page.goto(self.address + path, wait_until="load")
        assert response is not None
        return response.status

    def sideways(self) -> int:
        """Pixels the page can be scrolled sideways; it should be 0."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    def resize(self, width: int, height: int = 900) -> None:
        """Another window size."""
        self.page.set_viewport_size({"width": width, "height": height})


Visits = Callable[..., Visit]


class Requests:
    """Those the server of the tests has begun and not ended; it runs in a thread of this process."""

    def __init__(self) -> None:
        self.running = 0
        self._lock = threading.Lock()
        request_started.connect(self._began)
        request_finished.connect(self._ended)

    def _began(self, **_signal: object) -> None:
        with self._lock:
            self.running += 1

    def _ended(self, **_signal: object) -> None:
        with self._lock:
            self.running -= 1

    def let_the_last_end(self) -> None:
        """A page that closes still says goodbye; emptying the tables under that request would deadlock."""
        quiet, until = 0, time.monotonic() + 30
        while quiet < QUIET_LOOKS and time.monotonic() < until:
            quiet = quiet + 1 if self.running == 0 else 0
            time.sleep(0.05)


@pytest.fixture(scope="session")
def requests() -> Requests:
    """Counted from the first window on."""
    return Requests()


@pytest.fixture
def visit(
    browser: "playwright_api.Browser", live_server: LiveServer, client: object, requests: Requests
) -> "Iterator[Visits]":
    """`visit(user, dark=False)` opens a window in which that person is signed in; `scripts=False`: one that runs none.

    Its last beacon stays in the browser: it would reach a server whose database is being emptied.
    """
    from django.test import Client

    contexts = []

    def make(
        user: User | None = None, *, dark: bool = False, width: int = WIDE, scripts: bool = True
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.route(RELEASE, lambda route: route.fulfill(status=204))
        if user is not None:
            signed_in = Client()
            signed_in.force_login(user, backend="accounts.sessions.SessionBackend")
            value = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
            )
        return Visit(context.new_page(), live_server.url)

    yield make
    for context in contexts:
        context.close()
    requests.let_the_last_end()
