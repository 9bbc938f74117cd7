"""From a key press to the next pair on the screen, in Chromium, over the production server; what the page weighs."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from urllib.request import urlopen

from django.conf import settings
from django.test import override_settings

from annotation.models import Campaign
from benchmarks.annotation.annotators import p95
from benchmarks.annotation.filled import filled, long_answer, project_with_people, tool_trace, usual_answer
from benchmarks.annotation.judging import session_of
from benchmarks.contract import Row
from benchmarks.traffic.server import HOST, environment, serving
from curation.conversation import Message

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

SCREEN: ViewportSize = {"width": 1440, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ASSET = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"')
ANSWERS: tuple[tuple[str, Callable[[int], list[Message]], int], ...] = (
    ("600 words", usual_answer, 100),
    ("40 KB", long_answer, 200),
    ("30 turns with tools", tool_trace, 200),
)
WATCH = """() => {
  window.painted = [];
  let pressed = 0;
  const shown = () => document.querySelector("[data-card]:not([hidden])")?.dataset.assignment;
  let before = shown();
  document.addEventListener("keydown", () => { pressed = performance.now(); before = shown(); }, true);
  new MutationObserver(() => {
    const now = shown();
    if (!pressed || !now || now === before) return;
    const began = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - began)));
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def rows(*, quick: bool) -> Iterator[Row]:
    """The next pair lies behind the one on the screen; a person reads longer than the network takes to bring another."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("WINNOW_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise SystemExit("no Chromium found: ./dev doctor --browser installs one on Debian")
    project, lead, people = project_with_people("browser", len(ANSWERS))
    with override_settings(SECRET_KEY=environment("")["WINNOW_SECRET_KEY"]):
        sessions = [session_of(who) for who in people]
    ways = [
        (filled(project, lead, items=1_000, answer=answer), session)
        for (_what, answer, _most), session in zip(ANSWERS, sessions, strict=True)
    ]
    with serving(pages=True) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        address = f"http://{HOST}:{server.port}"
        for (what, answer, most), (campaign, session) in zip(ANSWERS, ways, strict=True):
            page = _opened(browser, address, campaign, session)
            took = _answered(page, 20 if quick else 100)
            shown = f"browser, answers of {what}: key press to next pair painted, p95"
            yield Row(shown, p95(took), "ms", f"<= {most}")
            if answer is usual_answer:
                yield Row("judging page: JavaScript and CSS, gzipped", _weight(page, address), "KB", "<= 100")
            page.context.close()


def _opened(browser: Browser, address: str, campaign: Campaign, session: str) -> Page:
    context = browser.new_context(base_url=address, viewport=SCREEN, bypass_csp=True)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page = context.new_page()
    page.goto(f"/p/{campaign.project.slug}/annotation/judge/?campaign={campaign.pk}")
    page.wait_for_selector("[data-card]:not([hidden])")
    page.evaluate(WATCH)
    return page


def _answered(page: Page, number: int) -> list[float]:
    """Milliseconds of so many answers by key, each given once another pair lies ready."""
    for done in range(1, number + 1):
        page.wait_for_function("document.querySelectorAll('[data-card][hidden]').length > 0")
        page.keyboard.press("2")
        page.wait_for_function(f"window.painted.length >= {done}")
        page.wait_for_timeout(100)
    took: list[float] = page.evaluate("window.painted")
    return took


def _weight(page: Page, address: str) -> float:
    """Kilobytes (1,000) of every script and style sheet the page names, each gzipped."""
    names = set(ASSET.findall(page.content()))
    return sum(len(gzip.compress(urlopen(urljoin(address, name)).read())) for name in names) / 1000
