"""A person in a browser of the product under test: signed in, typing secrets into every field that keeps what is typed."""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import urlencode

from tests.stack.canaries import Planter
from tests.stack.deliveries import Delivery

PAGES = "/p/acme/curation"
TYPED = {"Content-Type": "application/x-www-form-urlencoded"}


class Sends(Protocol):
    """What delivers and keeps the answers."""

    answers: list[tuple[str, int, bytes]]

    def send(self, one: Delivery) -> int:
        """The status."""


class Person:
    """Has the cookies of a session."""

    def __init__(self, sender: Sends) -> None:
        self.sender, self.cookies = sender, dict[str, str]()

    def sign_in(self, name: str, password: str, more: dict[str, str] | None = None, query: str = "") -> int:
        """302 when it was right, 200 when it was not."""
        self.send(Delivery("login page", "/login/", method="GET"))
        form = {"username": name, "password": password, **(more or {})}
        return self.post("sign in", f"/login/{query}", form)

    def post(self, name: str, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> int:
        """A form as it is typed."""
        return self.send(Delivery(name, path, urlencode(form).encode(), TYPED | (headers or {})))

    def get(self, name: str, path: str) -> str:
        """The page."""
        self.send(Delivery(name, path, method="GET"))
        return self.sender.answers[-1][2].decode()

    def send(self, one: Delivery) -> int:
        """With the session and the token of its forms."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = {"Cookie": cookies, "X-CSRFToken": self.cookies.get("csrftoken", ""), "Authorization": ""}
        status = self.sender.send(Delivery(one.name, one.path, one.body, token | one.headers, one.method))
        if status:
            said = self.sender.answers[-1][2].decode(errors="replace")
            self.cookies |= dict(re.findall(r"(csrftoken|sessionid)=(\w+)", said))
        return status


def types_everywhere(person: Person, plant: Planter, trace: str, tag: str) -> None:
    """Notes and reasons: each is about a conversation and may quote it."""
    item = {"reason": "unsafe", "note": plant.all(f"{tag} note")}
    assert person.post("needs work", f"{PAGES}/traces/{trace}/needs-work/", item) == 302
    number = re.search(r"/backlog/([0-9a-f-]{36})/", person.get("backlog", f"{PAGES}/backlog/"))
    assert number is not None
    ended = {"resolution": "dismissed", "note": plant.all(f"{tag} resolution")}
    assert person.post("resolve", f"{PAGES}/backlog/{number[1]}/resolution/", ended) == 302
    for wrong in ("reason", "resolution"):
        person.post(
            f"wrong {wrong}",
            f"{PAGES}/traces/{trace}/needs-work/",
            {wrong: plant.all(f"{tag} wrong {wrong}")},
        )
    person.post(
        "no such text",
        f"{PAGES}/traces/{trace}/redaction/",
        {"step": "miss", "path": plant.key(f"{tag} path")},
    )


def reports(person: Person, plant: Planter, trace: str, missed: str, tag: str) -> None:
    """A text that redaction missed, which is to go everywhere, with an example that quotes somebody."""
    page = f"{PAGES}/traces/{trace}/redaction/"
    assert person.post("find", page, {"step": "find", "text": missed, "within": ""}) == 200
    found = person.sender.answers[-1][2].decode()
    place = dict(re.findall(r'<input type="hidden" name="(path|start|end)" value="([^"]+)"', found))
    assert set(place) == {"path", "start", "end"}, found[-3000:]
    example = (
        f"{plant.email(tag + ' example')} asked for [[Iron Candle]] with {plant.key(tag + ' example end')}"
    )
    said = {
        "identifier": "other",
        "example": example,
        "rerun": "on",
        "erase": "on",
        "reason": f"{plant.email(tag + ' reason')} asked",
    }
    assert person.post("report a miss", page, {"step": "miss", **place, **said}) == 302
