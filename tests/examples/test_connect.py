"""Every program on the Connect page is run as it stands: real clients, real instrumentations, one fake model."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from curation.actions.settle_traces import settle_traces
from curation.bodies import load
from curation.connect import GUIDES, PROGRAMS, Guide
from curation.conversation import answer_text, last_user_text, total_usage
from curation.models import Trace
from tests.conftest import Team, make_team
from tests.curation.test_otlp_route import make_token
from tests.fake_model import ANSWER, fake_model

pytestmark = pytest.mark.long

QUESTION = "Which planet is the largest?"


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """Started once."""
    with fake_model() as address:
        yield address


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_copied_program_arrives_as_a_conversation(
    guide: Guide, live_server: Any, settings: Any, model: str
) -> None:
    pytest.importorskip("openai", reason="the extra clients is not installed")
    settings.SETTLE_GRACE_SECONDS = 0
    team = make_team("acme")
    _run(guide, team, live_server.url, model)
    while settle_traces():
        pass
    trace = Trace.objects.select_related("current").get()
    assert trace.current is not None
    told = load(trace.current).conversation
    assert last_user_text(told) == QUESTION
    assert answer_text(told) in (ANSWER, "Jupiter.")
    assert [call["operation"] for call in told["calls"]] == ["chat"]
    assert total_usage(told)["output_tokens"] in (9, 3)
    assert trace.model.startswith(("gpt-5-mini", "claude-haiku-4-5"))


def test_every_program_is_a_guide_and_every_guide_a_program() -> None:
    files = {file.stem for file in PROGRAMS.glob("*.py")} - {"__init__"}
    assert files == {guide.name for guide in GUIDES}
    assert all("WINNOW_TOKEN" in guide.program for guide in GUIDES)


def _run(guide: Guide, team: Team, address: str, model: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "LANGFUSE_"))
    }
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / f"{guide.name}.py")],
        env=environment | {
            "WINNOW_URL": address, "WINNOW_TOKEN": make_token(team, "ingest"), "WINNOW_PROJECT": team.project.slug,
            "OPENAI_BASE_URL": model + "/v1", "OPENAI_API_KEY": "none",
            "ANTHROPIC_BASE_URL": model, "ANTHROPIC_API_KEY": "none",
        },
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Failed to export" not in done.stderr, done.stderr[-2000:]
