"""Which requests the assistant will get: who asks what, in which session, with which trouble built in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from examples.assistant import identifiers, questions
from examples.assistant.library import SYNTAX
from examples.assistant.questions import Question

USERS = tuple(f"user-{number:02d}" for number in range(1, 41))
OPTED_OUT = "user-13"
UNDECIDED = "user-27"
SHARES = {
    "both_variants": 0.12, "follow_up": 0.10, "arithmetic": 0.07, "tracker": 0.04, "identifier": 0.06, "near": 0.05,
    "n_best": 0.06, "regenerated": 0.03, "truncated": 0.025, "too_long": 0.015, "person": 0.02, "foreign": 0.01,
}  # fmt: skip
LONG_PASTE = "Here is my whole log:\n" + "\n".join(f"line {number} of the log" for number in range(400))


@dataclass(slots=True)
class Ask:
    """One request. `after` is the request it follows up on, `twin_of` the held-out question it repeats."""

    question: str
    domain: str
    document: str
    user: str
    session: str
    variant: str
    kind: str = "plain"
    after: Ask | None = None
    near_of: Ask | None = None
    twin_of: str = ""
    twin_exact: bool = False
    planted: list[tuple[str, str]] = field(default_factory=list)
    choices: int = 1
    max_tokens: int = 400

    @property
    def training_use(self) -> str:
        """What the user said about training on their requests."""
        return {OPTED_OUT: "denied", UNDECIDED: "unknown"}.get(self.user, "allowed")


class Planner:
    """Builds a plan from a seed: the same seed gives the same texts in the same order."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.pool = [*questions.tasks(), *questions.generated(self.rng)]
        head = list(questions.tasks())
        self.rng.shuffle(head)
        self.pool = self.pool[len(head) :]
        for place, task in enumerate(head):
            self.pool.insert(place * 3, task)
        self.place, self.sessions = 0, 0
        self.asks: list[Ask] = []

    def plan(self, traces: int) -> list[Ask]:
        """Exactly this many requests, in the order they are made."""
        for held_out in questions.quarantine()[: max(2, traces // 30)]:
            self._twin(held_out)
        kinds = [kind for kind, share in SHARES.items() for _ in range(int(share * traces))]
        self.rng.shuffle(kinds)
        for kind in kinds:
            getattr(self, f"_{kind}")()
        while len(self.asks) < traces:
            self._ask(self._next())
        return self._ordered()[:traces]

    def _ordered(self) -> list[Ask]:
        """Shuffled, but nothing before what it refers to."""
        ordered = [ask for ask in self.asks if not (ask.after or ask.near_of)]
        self.rng.shuffle(ordered)
        for ask in self.asks:
            if first := ask.after or ask.near_of:
                earliest = next(place for place, one in enumerate(ordered) if one is first) + 1
                ordered.insert(self.rng.randint(earliest, min(len(ordered), earliest + 40)), ask)
        return ordered

    def _next(self) -> Question:
        question = self.pool[self.place % len(self.pool)]
        self.place += 1
        return question

    def _ask(self, question: Question, text: str = "", **more: object) -> Ask:
        self.sessions += 1
        values: dict[str, object] = {
            "question": text or question.text, "domain": question.domain, "document": question.document,
            "user": self.rng.choice(USERS), "session": f"session-{self.sessions:05d}",
            "variant": self.rng.choice(("concise", "thorough")),
        } | more  # fmt: skip
        ask = Ask(**values)  # type: ignore[arg-type]
        self.asks.append(ask)
        return ask

    def _twin(self, held_out: dict[str, str]) -> None:
        exact = self.rng.random() < 0.5
        text = held_out["text"] if exact else questions.near(held_out["text"], self.rng)
        self._ask(
            Question(text, held_out["domain"], ""),
            kind="twin",
            twin_of=held_out["id"],
            twin_exact=text == held_out["text"],
        )

    def _both_variants(self) -> None:
        question, user = self._next(), self.rng.choice(USERS)
        for variant in ("concise", "thorough"):
            self._ask(question, kind="both_variants", variant=variant, user=user)

    def _follow_up(self) -> None:
        first = self._ask(self._next())
        for _ in range(self.rng.choice((1, 1, 2))):
            subject = first.document.removeprefix("reference/") or "that"
            text = self.rng.choice(questions.FOLLOW_UPS).format(subject)
            question = Question(text, first.domain, first.document)
            first = self._ask(
                question,
                kind="follow_up",
                after=first,
                user=first.user,
                session=first.session,
                variant=first.variant,
            )

    def _arithmetic(self) -> None:
        numbers = {name: self.rng.randrange(3, 900) for name in "abc"}
        self._ask(
            Question(self.rng.choice(questions.ARITHMETIC).format(**numbers), "math", ""), kind="arithmetic"
        )

    def _tracker(self) -> None:
        question = self._next_named()
        text = self.rng.choice(questions.TRACKER).format(question.document)
        self._ask(question, text, kind="tracker")

    def _identifier(self) -> None:
        question, planted, text = self._next(), [], ""
        text = question.text
        for kind in self.rng.sample(identifiers.KINDS, self.rng.choice((1, 1, 2))):
            text, value = identifiers.plant(text, kind, self.rng)
            planted.append((kind, value))
        self._ask(question, text, kind="identifier", planted=planted)

    def _near(self) -> None:
        first = self._ask(self._next())
        question = Question(questions.near(first.question, self.rng), first.domain, first.document)
        self._ask(question, kind="near", near_of=first, variant=first.variant)

    def _n_best(self) -> None:
        self._ask(self._next(), kind="n_best", choices=2)

    def _regenerated(self) -> None:
        first = self._ask(self._next())
        question = Question(first.question, first.domain, first.document)
        self._ask(question, kind="regenerated", near_of=first, user=first.user, session=first.session,
                  variant="thorough" if first.variant == "concise" else "concise")  # fmt: skip

    def _truncated(self) -> None:
        self._ask(self._next(), kind="truncated", variant="thorough", max_tokens=self.rng.randrange(15, 25))

    def _too_long(self) -> None:
        question = self._next()
        self._ask(question, f"{question.text}\n{LONG_PASTE}", kind="too_long")

    def _person(self) -> None:
        question, mail = self._next_named(), identifiers.email(self.rng)
        text = self.rng.choice(questions.PERSON).format(question.document, mail=mail)
        self._ask(question, text, kind="person", planted=[("EMAIL_ADDRESS", mail)])

    def _foreign(self) -> None:
        text, document = self.rng.choice(questions.FOREIGN)
        self._ask(Question(text, SYNTAX, document), kind="foreign")

    def _next_named(self) -> Question:
        while not (question := self._next()).document or question.domain == SYNTAX:
            pass
        return question
