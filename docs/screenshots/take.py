"""Takes the pictures of README and docs from a running demo: `python docs/screenshots/take.py http://127.0.0.1:8000`.

Uses the demo's own role bar, so nothing has to be signed in. Needs playwright and a Chromium of the system.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]
WIDE = {"width": 1280, "height": 800}


def step_into(page: Page, address: str, role: str) -> None:
    """Become that person of the demo."""
    page.goto(f"{address}/login/" if not page.url.startswith(address) else f"{address}/")
    page.click(f".demo-bar button:has-text('{role}')")
    page.wait_for_load_state("networkidle")


def first_link(page: Page, listing: str) -> str:
    """The address of the first row of a list."""
    page.goto(listing)
    return page.url.split("/p/")[0] + str(page.get_attribute("[data-rows] a[href]", "href"))


def take(page: Page, name: str, url: str, *, wait: int = 600) -> None:
    """One picture."""
    page.goto(url)
    page.wait_for_timeout(wait)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{name}.png  {url}")


def of_a_lead(page: Page, address: str, project: str) -> None:
    """What a data lead sees."""
    step_into(page, address, "Data lead")
    take(page, "home", f"{address}/")
    take(page, "traces", f"{project}/curation/traces/")
    take(page, "trace", first_link(page, f"{project}/curation/traces/?kind=tool_use"))
    page.wait_for_selector(".span__bar")
    page.locator(".waterfall__row").first.scroll_into_view_if_needed()
    page.screenshot(path=FOLDER / "trace-waterfall.png")
    print(f"trace-waterfall.png  {page.url}")
    take(page, "ingest", f"{project}/curation/ingest/", wait=1500)
    take(page, "connect", f"{project}/curation/connect/")
    take(page, "curation", f"{project}/curation/")
    take(page, "campaign", first_link(page, f"{project}/annotation/campaigns/"))
    take(page, "snapshot", first_link(page, f"{project}/snapshots/"))


def of_an_engineer(page: Page, address: str, project: str) -> None:
    """What an ML engineer sees; the run that shows a curve, if there is one."""
    step_into(page, address, "ML engineer")
    take(page, "runs", f"{project}/trainers/")
    take(page, "run", first_link(page, f"{project}/trainers/?kind=sft"))
    take(page, "model", first_link(page, f"{project}/trainers/models/"))
    take(page, "search", f"{project}/indexer/search/?q=read+a+file+line+by+line", wait=4000)


def main(address: str) -> None:
    """All pictures, light; and the judging page in dark too."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = browser.new_page(viewport=WIDE)
        step_into(page, address, "Annotator")
        slug = str(page.get_attribute("a[href*='/annotation/']", "href")).split("/")[2]
        project = f"{address}/p/{slug}"
        take(page, "judging", f"{project}/annotation/judge/?round=20")
        take(page, "repair", f"{project}/annotation/repair/")
        page.emulate_media(color_scheme="dark")
        take(page, "judging-dark", f"{project}/annotation/judge/?round=20")
        page.emulate_media(color_scheme="light")
        of_a_lead(page, address, project)
        of_an_engineer(page, address, project)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
