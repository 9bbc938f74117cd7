"""What the judging page weighs, and that nothing an annotator is sent tells who wrote an answer."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.responses import NewResponse, store_responses
from annotation.models import Assignment, Campaign
from curation.conversation import Message, message
from tests.annotation.conftest import conversation, store
from tests.conftest import Team

MOST_KB = 100
ASSET = re.compile(r"""(?:href|src)="/static/([^"]+\.(?:js|css))[^"]*\"""")


def page_of(team: Team) -> str:
    client = team.client(team.annotator)
    return client.get(f"/p/{team.project.slug}/annotation/judge/").content.decode()


def called(generator: str) -> list[Message]:
    """A call, its result and a part of no known kind, under the vendor's ids and with the time they took."""
    call, result = f"call-of-{generator}", {"hits": 1}
    took = float(7_000 + len(generator) * 111)
    asked, told = message("assistant", "I look."), message("tool", "")
    asked["parts"] += [
        {"type": "tool_call", "id": call, "name": "search", "arguments": {"for": "list"}},
        {"type": "novel", "id": call, "duration_ms": took, "note": "kept"},  # type: ignore[list-item]
    ]
    told["parts"] = [
        {"type": "tool_result", "id": call, "name": "search", "result": result, "duration_ms": took}
    ]
    return [asked, told]


def queued(campaign: Campaign, generators: tuple[str, str]) -> None:
    """A pair whose answers say of themselves who made them, where a trace would."""
    version = store(campaign.project, conversation("What is a list?", "A list.", passages=["A list."]))
    found = []
    for generator, text in zip(generators, ("A list is a sequence.", "A list is a tree."), strict=True):
        answer = message("assistant", text)
        answer["model"], answer["finish_reason"] = generator, f"stop-{generator}"
        found.append(NewResponse(version.pk, "production", generator, [*called(generator), answer]))
    made = tuple(store_responses(project_id=campaign.project_id, found=found))
    make_items(campaign=campaign, found=[NewItem(version.pk, made, "variants", 1.0)])  # type: ignore[arg-type]


def test_script_and_style_of_the_judging_page_weigh_little(team: Team, campaign: Campaign) -> None:
    queued(campaign, ("one", "two"))
    names = ASSET.findall(page_of(team))
    assert any("judging_spans" in name for name in names)
    packed = 0
    for name in names:
        path = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name))
        assert path, name
        packed += len(gzip.compress(Path(str(path)).read_bytes()))
    assert packed <= MOST_KB * 1024, f"{packed / 1024:.1f} KB"


_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DRAWN = re.compile(
    r'(?<=csrfmiddlewaretoken" value=")[^"]+|(?<=data-csrf=")[^"]+|(?<=X-CSRFToken": ")[^"]+|"leased_until":"[^"]+"'
)


def bare(text: str) -> str:
    """What was sent without what is drawn anew for every assignment: ids, tokens, times."""
    return _DRAWN.sub("", _IDS.sub("ID", text))


def seen(team: Team, name: str, generators: tuple[str, str]) -> list[str]:
    """All that an annotator gets of one pair, its sides as they are stored: the page, and the claim of the API."""
    campaign = create_campaign(who=team.lead, project=team.project, name=name, overlap=2)
    queued(campaign, generators)
    claim(who=team.annotator, campaign=campaign)
    Assignment.objects.filter(item__campaign=campaign).update(swapped=False)
    client = team.client(team.annotator)
    page = client.get(f"/p/{team.project.slug}/annotation/judge/?campaign={campaign.pk}")
    url = f"/api/v1/projects/{team.project.slug}/campaigns/{campaign.pk}/claim/"
    claimed = client.post(url, {}, "application/json")
    assert (page.status_code, claimed.status_code) == (200, 200)
    return [bare(one.content.decode()).replace(name, "") for one in (page, claimed)]


def test_what_an_annotator_gets_is_the_same_whoever_wrote_the_answers(team: Team) -> None:
    names = ("model-secret-a", "vendor-b", "zeta-9b-chat", "secret-omega")
    first, other = seen(team, "Here", names[:2]), seen(team, "There", names[2:])
    assert first == other
    assert not [name for name in names for one in first + other if name in one]
