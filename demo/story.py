"""The loop in the order a row travels it. Each stage says what it did in numbers, or why it did not run."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from core.errors import Refused
from demo.people import Cast, gather

log = structlog.get_logger(__name__)
Write = Callable[[str], object]
Facts = dict[str, Any]


class Omitted(Exception):
    """The stage was left out on purpose; the table says so and the demo is not whole unless it was asked for."""


@dataclass(frozen=True)
class Options:
    """What the visitor asked for."""

    once: bool
    traces: Path | None
    documents: Path | None
    without_training: bool


@dataclass
class Telling:
    """What stages share: who acts, what was asked, and what earlier stages made."""

    options: Options
    cast: Cast
    write: Write
    made: dict[str, Any] = field(default_factory=dict)

    def say(self, line: str) -> None:
        """One line of progress."""
        self.write(f"   {line}")


@dataclass(frozen=True)
class Outcome:
    """How one stage ended."""

    title: str
    state: str
    seconds: float
    facts: Facts


Stage = Callable[[Telling], Facts]


def tell(options: Options, *, write: Write) -> bool:
    """Run every stage; True when all ran, or were omitted because the visitor asked for that."""
    from demo.report import print_lineage, print_table, print_welcome
    from demo.stages import STAGES

    telling = Telling(options=options, cast=gather(), write=write)
    print_welcome(telling)
    outcomes = []
    for title, stage in STAGES:
        outcome = _run(telling, title, stage)
        outcomes.append(outcome)
        if outcome.state == "failed":
            break
    print_table(telling, outcomes)
    print_lineage(telling)
    ran = all(outcome.state in {"ran", "omitted"} for outcome in outcomes)
    return ran and len(outcomes) == len(STAGES)


def _run(telling: Telling, title: str, stage: Stage) -> Outcome:
    """One stage with its clock; a refusal ends it with the reason a person can act on."""
    telling.write(f"\n── {title}")
    began = time.monotonic()
    try:
        facts = stage(telling)
        state = "ran"
    except Omitted as reason:
        facts, state = {"omitted": str(reason)}, "omitted"
    except Refused as refused:
        facts, state = {"refused": str(refused)}, "failed"
    except Exception as fault:  # the table is printed whatever happens; the log has the rest
        log.exception("demo.fault", stage=title)
        facts, state = {"fault": f"{type(fault).__name__}: {fault}"}, "failed"
    outcome = Outcome(title, state, time.monotonic() - began, facts)
    for name, value in facts.items():
        telling.say(f"{name}: {value}")
    telling.say(f"{state} in {outcome.seconds:.1f} s")
    return outcome
