"""One annotator's step, four ways. Each maker returns a function: (milliseconds to claim, to answer), None at the end."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction

from accounts.models import User
from accounts.sessions import SessionStore
from annotation import queue
from annotation.actions.claim import claim
from annotation.actions.submit import submit_judgment
from annotation.ballot import record_vote
from annotation.choices import Shown
from annotation.eligibility import Seeker
from annotation.models import AnnotatorProfile, Assignment, Campaign, Judgment, JudgmentRevision
from benchmarks.annotation.bare import claimed_and_voted
from core.prepared import select

Step = Callable[[], tuple[float, float] | None]
CARD = re.compile(r'data-assignment="([0-9a-f-]+)"')
LOCK = """
SELECT i.id, i.slots_asked, i.slots_left FROM annotation_item i
JOIN annotation_assignment s ON s.item_id = i.id WHERE s.id = %(assignment)s FOR UPDATE OF i
"""
COUNTED = "SELECT count(*) FROM annotation_judgment WHERE item_id = %(item)s AND slot IS NOT NULL"
DECIDED = "UPDATE annotation_item SET state = 'decided' WHERE id = %(item)s RETURNING id"
TOKEN = re.compile(r'name="lease_token" value="([0-9a-f-]+)"')


def ms(since: float) -> float:
    """Milliseconds from then to now."""
    return (time.perf_counter() - since) * 1000


def bare(wish: dict[str, Any], person: str) -> Step:
    """A queue without a product around it."""
    claim_bare, vote_bare = claimed_and_voted(UUID(person))

    def step() -> tuple[float, float] | None:
        began = time.perf_counter()
        item = claim_bare()
        claimed = ms(began)
        if item is None:
            return None
        began = time.perf_counter()
        vote_bare(item)
        return claimed, ms(began)

    return step


def store(wish: dict[str, Any], person: str) -> Step:
    """The claim statement, then a transaction that locks the item and writes the vote."""
    campaign = Campaign.objects.get(pk=wish["campaign"])
    profile = AnnotatorProfile.objects.select_related("user").get(
        user=UUID(person), project=campaign.project_id
    )
    wanted = queue.Wanted(campaign.pk, Seeker(profile), campaign.lease_seconds)

    def step() -> tuple[float, float] | None:
        began = time.perf_counter()
        taken = queue.take_slot(wanted)
        claimed = ms(began)
        if taken is None:
            return None
        began = time.perf_counter()
        with transaction.atomic():
            _vote(profile, taken.pk)
        return claimed, ms(began)

    return step


def _vote(profile: AnnotatorProfile, taken: UUID) -> None:
    ((item, asked, left),) = select(LOCK, {"assignment": taken})
    ((number,),) = select(COUNTED, {"item": item})
    judgment = Judgment(
        project_id=profile.project_id,
        item_id=item,
        profile=profile,
        assignment_id=taken,
        slot=number + 1,
        idempotency_key=uuid4(),
    )
    record_vote(judgment, JudgmentRevision(judgment=judgment, number=1, choice="tie", tags=[]))
    if number + 1 == asked and not left:
        select(DECIDED, {"item": item})


def actions(wish: dict[str, Any], person: str) -> Step:
    """Through `claim` and `submit_judgment`, as page and API do."""
    campaign = Campaign.objects.select_related("project").get(pk=wish["campaign"])
    who = User.objects.get(pk=person)

    def step() -> tuple[float, float] | None:
        began = time.perf_counter()
        mine = claim(who=who, campaign=campaign)
        claimed = ms(began)
        if mine is None:
            return None
        began = time.perf_counter()
        _answer(who, mine)
        return claimed, ms(began)

    return step


def _answer(who: User, mine: Assignment) -> None:
    submit_judgment(
        who=who,
        project=mine.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        key=uuid4(),
        shown=random.choice(list(Shown)),
        active_ms=4_000,
    )


def http(wish: dict[str, Any], person: str) -> Step:
    """The page once, then an answer up and the pair after next down, as the page's script does it."""
    client = _Client(wish, User.objects.get(pk=person))
    cards = client.cards("GET", f"?campaign={wish['campaign']}")

    def step() -> tuple[float, float] | None:
        if not cards:
            return None
        assignment, token = cards.pop(0)
        form = {
            "assignment": assignment,
            "lease_token": token,
            "key": str(uuid4()),
            "choice": random.choice(list(Shown)).value,
            "campaign": wish["campaign"],
            "have": " ".join(one for one, _token in cards),
            "active_ms": "4000",
        }
        began = time.perf_counter()
        cards.extend(client.cards("POST", "answer/", form))
        return 0.0, ms(began)

    return step


def session_of(who: User) -> str:
    """The key of a new session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(who.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class _Client:
    """A signed-in browser with one connection."""

    def __init__(self, wish: dict[str, Any], who: User) -> None:
        token = "b" * 32
        self.base = f"/p/{wish['slug']}/annotation/judge/"
        self.connection = HTTPConnection(wish["host"], wish["port"], timeout=60)
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(who)}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
            "X-Winnow-Judging": "1",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def cards(self, method: str, path: str, form: dict[str, str] | None = None) -> list[tuple[str, str]]:
        """Assignments and tokens of the cards in the answer."""
        self.connection.request(method, self.base + path, urlencode(form or {}), self.headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {page[:300]}")
        return list(zip(CARD.findall(page), TOKEN.findall(page), strict=True))
