"""Leads see what people marked, on the answer itself: on the page of the pair, and on repairs of the same answer."""

import re

import pytest
from django.urls import reverse

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.revise import revise_judgment
from annotation.choices import Shown
from annotation.marks import marks_on
from annotation.models import Item

from .test_spans import mark, mine, submit  # noqa: F401

WORDS = "🎉 **ungrounded** words"


@pytest.fixture
def marked(team, mine):  # noqa: F811
    """The pair with one mark on its first answer."""
    submit(team.annotator, mine, mark(WORDS, passage=1))
    return Item.objects.select_related("pair__response_a").get(pk=mine.item_id)


def page(team, item, who=None):
    address = reverse("annotation:item", kwargs={"slug": team.project.slug, "item_id": item.pk})
    return team.client(who or team.lead).get(address).content.decode()


def test_the_words_are_drawn_and_listed_with_label_document_and_pseudonym(team, mine, marked):  # noqa: F811
    html = page(team, marked)
    drawn = re.findall(r'<mark class="marked marked--ungrounded"[^>]*>(.*?)</mark>', html)
    assert drawn == ["🎉 ", "ungrounded", " words"]
    (anchor,) = set(re.findall(r'<mark[^>]* id="(mark-\d+)"', html))
    assert f'href="#{anchor}"' in html
    assert "Not in the sources" in html
    assert "doc-1" in html
    assert str(mine.profile_id) in html


def test_a_mark_that_was_taken_back_is_gone(team, mine, marked):  # noqa: F811
    judgment = marked.judgments.get()
    revise_judgment(
        who=team.annotator, project=team.project, judgment_id=judgment.pk, shown=Shown.TIE, spans=[]
    )
    assert marks_on([marked.pair.response_a_id]) == {}
    assert "<mark" not in page(team, marked)


def test_on_the_repair_of_the_same_answer_leads_see_it_and_annotators_do_not(team, marked):
    repairs = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=2)
    response = marked.pair.response_a
    (made,) = make_items(campaign=repairs, found=[NewItem(response.version_id, (response,), "repair", 1.0)])
    html = page(team, Item.objects.get(pk=made))
    assert "marked--ungrounded" in html
    assert "in its pair" in html
    repair = reverse("annotation:repair", kwargs={"slug": team.project.slug})
    assert "marked--ungrounded" not in team.client(team.annotator).get(repair).content.decode()
    assert "marked--ungrounded" in team.client(team.lead).get(repair).content.decode()
    assert claim(who=team.annotator, campaign=repairs) is not None
