"""The pages of the redaction rules and of the vault, wide and narrow, in both themes, without a complaint."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from curation.actions.report_redaction import report_false_hit
from curation.actions.reveal_original import ask_to_reveal, switch_vault
from curation.models import AssetVersion
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.ruled import CODENAME, miss, reredacted, said, where

SHOTS = os.environ.get("WINNOW_SHOTS", "")


@pytest.fixture
def addresses(team: Team, settings: Any) -> list[str]:
    """Every page with something on it."""
    settings.VAULT, settings.SETTLE_GRACE_SECONDS = True, 0
    switch_vault(who=team.lead, project=team.project, enabled=True)
    first, other = arrive(
        team,
        (
            f"Is {CODENAME} on time? Write to desk@docs.example or anna@firm.example. Order AB-99-XK.",
            f"{CODENAME} is late.",
        ),
        (f"When does {CODENAME} start? TKT-48213", "In May."),
    )
    miss(team, first)
    miss(team, other, "TKT-48213")
    stand_in = said(first).split("Write to ")[1].split()[0]
    report_false_hit(
        who=team.lead,
        project=team.project,
        version=first,
        place=where(first, stand_in),
        example="Ask [[help@docs.example]].",
    )
    run = reredacted(team, erase=True)
    ask_to_reveal(
        who=team.second_lead, project=team.project, trace=first.trace, surrogate=stand_in, reason="a call"
    )

    def page(name: str, *arguments: object) -> str:
        return reverse(f"curation:{name}", args=["acme", *arguments])

    versions = AssetVersion.objects.filter(project=team.project, asset__kind="redaction_rules").order_by(
        "-number"
    )
    return [
        page("rules"), page("rules_next"), page("rules_next") + "?rule=phone", page("rules_version", versions[0].pk),
        page("rules_run", run.pk), page("report_redaction", first.trace_id), page("vault"), page("vault_ask", first.trace_id),
    ]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_of_the_rules_opens_cleanly(
    visit: Callable[..., Visit], team: Team, addresses: list[str], dark: bool
) -> None:
    window = visit(team.lead, dark=dark)
    for place, path in enumerate(addresses):
        for width in (WIDE, NARROW):
            window.resize(width)
            assert window.open(path) == 200, path
            assert window.sideways() == 0, f"{path} scrolls sideways at {width} px"
            assert window.page.locator("h1").count() == 1, path
            if SHOTS:
                window.page.screenshot(
                    path=f"{SHOTS}/{place}-{width}-{'dark' if dark else 'light'}.png", full_page=True
                )
    assert window.complaints == []


def test_a_draft_is_tried_and_a_miss_found_by_keyboard(
    visit: Callable[..., Visit], team: Team, addresses: list[str]
) -> None:
    window = visit(team.lead)
    window.open(addresses[1])
    for name, text in (
        ("rule_id", "order"),
        ("rule_kind", "order"),
        ("rule_pattern", "[A-Z]{2}-[0-9]{2}-[A-Z]{2}"),
        ("rule_anchors", "-"),
    ):
        window.page.fill(f"[name={name}]", text)
    window.page.focus("button[name=try]")
    window.page.keyboard.press("Enter")
    window.page.wait_for_selector("#trial")
    assert "would get a next version" in window.page.inner_text("#trial")
    if SHOTS:
        window.page.screenshot(path=f"{SHOTS}/trial.png", full_page=True)
    window.open(addresses[5])
    window.page.focus("[name=text]")
    window.page.keyboard.type("on time")
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")
    window.page.wait_for_selector("[name=identifier]")
    assert window.page.inner_text("mark") == "on time"
    if SHOTS:
        window.page.screenshot(path=f"{SHOTS}/found.png", full_page=True)
    assert window.complaints == []
