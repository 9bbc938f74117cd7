"""What may be said of groups, and what a reader who subtracts, adds up and remembers can find out."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import NAMESPACE_OID, UUID, uuid5

from annotation.disclosure import GroupVote, K, groups_alone, levels, releasable, shares, standing
from annotation.group_report import Word, report_of

Day = list[tuple[int, int, str]]
"""(vote, person, stratum) of one week."""
Division = Sequence[str | None]
"""The group of every person."""
Reader = Callable[[Division, list[Day]], Iterable[str]]
MODELS = ("m1", "m2", "m3")


def people(first: int, number: int) -> set[int]:
    return set(range(first, first + number))


def test_a_group_of_four_joins_the_rest() -> None:
    assert groups_alone({"a": people(0, 4), "b": people(10, 6), None: people(20, 5)}) == {"b"}


def test_the_next_smallest_joins_while_the_rest_is_too_few_to_hide_in() -> None:
    cells = {"a": people(0, 4), "b": people(10, 6), "c": people(20, 9)}
    assert groups_alone(cells) == {"c"}
    assert groups_alone({"a": people(0, 5), "b": people(10, 6), None: people(20, 1)}) == {"b"}


def test_a_division_into_one_group_says_what_everybody_is_and_is_not_shown() -> None:
    assert groups_alone({"a": people(0, 30)}) is None
    assert groups_alone({"a": people(0, 30), None: people(40, 4)}) is None
    assert groups_alone({}) is None


def test_who_changed_their_mind_protects_neither_group() -> None:
    assert groups_alone({"a": people(0, 6), "b": people(2, 6)}) is None
    assert groups_alone({"a": people(0, 9), "b": people(4, 12)}) is None
    assert groups_alone({"a": people(0, 9), "b": people(4, 10)}) is None
    assert groups_alone({"a": people(0, 5), "b": people(5, 5)}) == {"a", "b"}


def test_votes_of_a_stratum_wait_until_enough_people_came_and_keep_what_they_were_released_as() -> None:
    early = [GroupVote(n, n, "x", "a") for n in range(5)] + [GroupVote(9, 9, "x", "b")]
    assert releasable(early) == []
    late = [GroupVote(20 + n, 20 + n, "x", "b") for n in range(5)]
    released = releasable([*early, *late, GroupVote(50, 50, "y", "a")])
    assert {vote.vote for vote in released} == {vote.vote for vote in (*early, *late)}
    assert {vote.group for vote in standing(released)} == {"a", "b"}
    next_week = [GroupVote(100, 0, "x", "a"), *(GroupVote(101 + n, 60 + n, "x", "b") for n in range(5))]
    assert releasable(next_week) == []
    with_others = [*next_week, *(GroupVote(200 + n, 80 + n, "x", None) for n in range(4))]
    assert {vote.group for vote in releasable(with_others)} == {"b", None}


def test_levels_and_shares_carry_no_exact_number() -> None:
    votes = [GroupVote(n, n % 16, "x", "a" if n % 16 < 7 else "b") for n in range(64)]
    (row,) = levels(votes, groups=["a", "b", "c"], min_votes=30).values()
    assert [(one.group, one.shown, one.covered) for one in row] == [
        ("a", True, False), ("b", True, True), ("c", False, False),
    ]  # fmt: skip
    assert shares(votes, ["a", "b", "c"]) == {"a": 0.4, "b": 0.6, "c": None}


def crowd(seed: int) -> tuple[Division, list[Day]]:
    """Eleven people in two groups, two weeks, three strata: too few to hide in, were numbers exact."""
    rng = random.Random(seed)
    groups = ["a"] * 5 + ["b"] * 6
    rng.shuffle(groups)
    numbers = itertools.count()
    weeks = [
        [(next(numbers), person, stratum) for person in range(11) for stratum in "xyz"
         for _ in range(rng.randint(1, 12)) if rng.random() < 0.97]
        for _ in range(2)
    ]  # fmt: skip
    return groups, weeks


def exact_counts(groups: Division, weeks: list[Day]) -> tuple[str, ...]:
    """What a report with cells of five people and more, and nothing else, has said week by week."""
    seen, said = [], []
    for week in weeks:
        seen += week
        cells = Counter((stratum, groups[person]) for _, person, stratum in seen)
        hidden = {g for g in "ab" if len({person for _, person, _ in seen if groups[person] == g}) < K}
        said.append(str(sorted((cell, n) for cell, n in cells.items() if cell[1] not in hidden)))
    return tuple(said)


def said_of(weeks: list[Day], groups: Division) -> dict[int, Word]:
    """What every vote says: the n-th of a person in a stratum and week is on the same item as the n-th of the others."""
    rng = random.Random(9)
    found = {}
    for number, week in enumerate(weeks):
        given: Counter[tuple[int, str]] = Counter()
        for vote, person, stratum in week:
            given[person, stratum] += 1
            place = given[person, stratum]
            item = uuid5(NAMESPACE_OID, f"{number} {stratum} {place}")
            models = MODELS[place % 3], MODELS[(place + 1) % 3]
            likes_first = 0.7 if groups[person] == "a" else 0.5
            found[vote] = Word(item, "a" if rng.random() < likes_first else "b", models)
    return found


def released_reports(groups: Division, weeks: list[Day], words: dict[int, Word]) -> Iterator[str]:
    """What ours says week by week, every number of it."""
    released: list[GroupVote[int, UUID]] = []
    pending: list[GroupVote[int, UUID]] = []
    for week in weeks:
        pending += [
            GroupVote(vote, UUID(int=person), stratum, groups[person]) for vote, person, stratum in week
        ]
        batch = releasable(pending)
        done = {vote.vote for vote in batch}
        released, pending = released + batch, [vote for vote in pending if vote.vote not in done]
        yield str(report_of(released, words, "ab", kind="pair")) if released else ""


def divisions() -> list[Division]:
    """Every way to put five or six of eleven people into one group."""
    return [
        ["a" if person in five else "b" for person in range(11)]
        for size in (5, 6)
        for five in itertools.combinations(range(11), size)
    ]


def given_away(report: Reader, groups: Division, weeks: list[Day]) -> int:
    """How many people's group follows for a reader who knows all work and tries every division of them."""
    seen = list(report(groups, weeks))
    possible = [
        one for one in divisions() if all(a == b for a, b in zip(report(one, weeks), seen, strict=True))
    ]
    return sum(len({one[person] for one in possible}) == 1 for person in range(11))


def test_subtracting_every_report_ever_seen_names_nobody_where_exact_counts_name_everybody() -> None:
    groups, weeks = crowd(seed=1)
    words = said_of(weeks, groups)
    assert given_away(exact_counts, groups, weeks) == 11
    assert given_away(lambda one, days: released_reports(one, days, words), groups, weeks) == 0
