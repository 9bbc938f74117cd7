"""Keyset pages meet every row exactly once, forwards and backwards."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.paging import Page, keyset


def page(query: str, **options: object) -> Page[User]:
    order = options.pop("order", ("-name", "pk"))
    return keyset(User.objects.all(), QueryDict(query), order=order, size=3, **options)  # type: ignore[arg-type]


@pytest.fixture
def people(db: None) -> list[User]:
    return [User.objects.create_user(f"p{i}@x.example", name=f"name {i // 2}") for i in range(8)]


def walk(people: list[User]) -> list[Page[User]]:
    pages, query = [], ""
    while True:
        pages.append(page(query))
        if not pages[-1].next:
            return pages
        query = f"after={pages[-1].next}"


def test_every_row_is_met_once_although_names_repeat(people: list[User]) -> None:
    met = [user.pk for found in walk(people) for user in found]
    assert sorted(met, key=str) == sorted((user.pk for user in people), key=str)


def test_going_back_shows_the_same_page_again(people: list[User]) -> None:
    pages = walk(people)
    again = page(f"before={pages[1].previous}")
    assert list(again) == list(pages[0])
    assert again.previous == ""
    assert again.next


def test_the_first_page_has_no_previous_and_the_last_no_next(people: list[User]) -> None:
    pages = walk(people)
    assert (pages[0].previous, pages[-1].next) == ("", "")


def test_a_tampered_cursor_starts_from_the_beginning(people: list[User]) -> None:
    assert list(page("after=nonsense")) == list(page(""))


def test_counting_stops_at_the_cap(people: list[User]) -> None:
    assert page("").total == 8


def test_a_cursor_of_another_sorting_starts_from_the_beginning(people: list[User]) -> None:
    by_name = page("").next
    by_time = page(f"after={by_name}", order=("-created_at", "pk"))
    assert list(by_time) == list(page("", order=("-created_at", "pk")))


def test_the_cursor_is_a_range_of_the_index(people: list[User]) -> None:
    with CaptureQueriesContext(connection) as asked:
        page(f"after={page('').next}")
    assert any('"name" <= ' in one["sql"] for one in asked)
