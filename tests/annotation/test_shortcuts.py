"""Single keys can be moved, given Alt, or switched off, and never mean two things on one page."""

from typing import Any

import pytest
from django.urls import reverse

from annotation.actions.choose_keys import choose_keys, keys_of
from annotation.shortcuts import EVERY, JUDGE, MARK, REPAIR, USUAL, Clash, Keys, checked_keys
from core.errors import Refused


@pytest.mark.parametrize("page", [JUDGE, REPAIR, MARK])
def test_the_usual_keys_never_clash(page):
    keyed = [act.key for act in EVERY.values() if page in act.pages]
    assert len(keyed) == len(set(keyed))
    assert all(keyed)
    assert checked_keys({}) == {}


def test_a_key_that_is_taken_is_refused_and_says_by_what():
    with pytest.raises(Clash) as clash:
        checked_keys({"skip": "d"})
    assert (clash.value.name, clash.value.key, clash.value.other) == ("skip", "d", "diff")


def test_one_key_may_mean_one_thing_on_each_page():
    assert checked_keys({"undo": "8"}) == {"undo": "8"}


@pytest.mark.parametrize("key", ["ab", "?", "\x00"])
def test_what_is_no_single_key_is_refused(key):
    with pytest.raises(Clash):
        checked_keys({"skip": key})


def test_two_keys_can_be_exchanged():
    assert checked_keys({"skip": "f", "flag": "k"}) == {"skip": "f", "flag": "k"}


def test_an_act_can_lose_its_key():
    keys = Keys(chosen=checked_keys({"sync": ""}))
    assert keys["sync"] == ""
    assert "s" not in keys.on_page(JUDGE)


def test_alt_is_said_to_screen_readers_and_off_shows_nothing():
    assert Keys("alt").as_pressed("diff") == "Alt+D"
    assert Keys("off").as_pressed("diff") == ""
    assert Keys("off").on_page(JUDGE) == {}


def test_keys_are_kept_per_person(team: Any):
    choose_keys(who=team.annotator, mode="alt", keys={"skip": "."})
    assert (keys_of(team.annotator).mode, keys_of(team.annotator)["skip"]) == ("alt", ".")
    assert keys_of(team.lead) == USUAL


def test_the_page_names_the_clash_at_its_field(team: Any):
    client = team.client(team.annotator)
    url = reverse("annotation:keys", kwargs={"slug": team.project.slug})
    answer = client.post(url, {"mode": "plain", "skip": "d"})
    assert answer.status_code == 409
    assert "it already means" in answer.content.decode()
    assert 'id="key-skip" name="skip" value="D"' in answer.content.decode()
    assert keys_of(team.annotator) == USUAL
    assert client.post(url, {"mode": "off", "skip": "."}, follow=True).status_code == 200
    assert keys_of(team.annotator).stored("skip") == "."


def test_an_unknown_mode_is_refused(team: Any):
    with pytest.raises(Refused):
        choose_keys(who=team.annotator, mode="loud", keys={})


def test_keys_of_marking_are_ones_own_and_clash_only_among_themselves():
    assert checked_keys({"mark_wrong": "9", "mark_words": "5"}) == {"mark_wrong": "9", "mark_words": "5"}
    with pytest.raises(Clash) as clash:
        checked_keys({"mark_passage": "u"})
    assert clash.value.other == "undo"
    assert Keys(chosen={"mark_wrong": "9"}).for_judging()["marking"]["9"] == "mark_wrong"
    assert Keys("off").for_judging()["marking"] == {}
