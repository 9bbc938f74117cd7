"""A simulated crowd for the annotator checks: honest people who differ in care, speed, taste for length, for ties and for big words.

Everything here is drawn by a seed; no person judged anything.
"""

import math
import random
from collections.abc import Callable, Iterator

from annotation.checks import CheckedVote

KEYS = {("a", 2): "1", ("a", 1): "2", ("tie", 0): "3", ("b", 1): "4", ("b", 2): "5"}

Habit = Callable[[CheckedVote, list[CheckedVote]], CheckedVote]


class Crowd:
    """`people` annotators, `overlap` of them on each of `items`, every vote in the order it was given."""

    def __init__(self, *, people: int, each: int, overlap: int = 3, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.people = [self._person() for _ in range(people)]
        self.items = people * each // overlap
        self.each, self.overlap = each, overlap

    def _person(self) -> dict[str, float]:
        draw = self.rng
        return {
            "care": draw.uniform(0.6, 0.97),
            "ties": draw.uniform(0.02, 0.35),
            "clear": draw.uniform(0.1, 0.7),
            "length": draw.uniform(0, 0.3),
            "words_a_minute": 240 * math.exp(draw.gauss(0, 0.35)),
        }

    def votes(self) -> Iterator[CheckedVote]:
        """Rounds in which everybody judges once."""
        draw, places = self.rng, list(range(len(self.people)))
        for turn in range(self.each):
            draw.shuffle(places)
            for place, who in enumerate(places):
                yield self._vote(who, (turn, place // self.overlap))

    def _vote(self, who: int, item: tuple[int, int]) -> CheckedVote:
        draw, person, about = self.rng, self.people[who], random.Random(repr(item))
        length = {"a": about.randrange(40, 300), "b": about.randrange(40, 300)}
        better, close = about.choice("ab"), about.random() < 0.15
        longest = max(length, key=lambda side: length[side])
        choice = better if draw.random() < person["care"] else "ab".replace(better, "")
        choice = longest if draw.random() < person["length"] else choice
        if draw.random() < (0.7 if close else person["ties"]):
            choice = "tie"
        strength = 0 if choice == "tie" else 2 if draw.random() < person["clear"] else 1
        swapped = draw.random() < 0.5
        shown = choice if choice == "tie" or not swapped else "ab".replace(choice, "")
        words = length["a"] + length["b"]
        minutes = words / person["words_a_minute"] * math.exp(draw.gauss(0, 0.4))
        return CheckedVote(
            item=item,
            annotator=who,
            answer=(choice, strength),
            key=KEYS[shown, strength],
            left=None if choice == "tie" else (choice == "a") != swapped,
            longer=None if choice == "tie" else choice == longest,
            seconds=minutes * 60,
            words=words,
            rationale=f"the answer {choice} says {draw.randrange(10**6)} things"
            if draw.random() < 0.3
            else "",
        )
