"""A curation worker as a process of its own, for tests that kill it: `python -m tests.curation.dedup_worker PROJECT [NUMBER]`.

With a number it publishes that batch of `texts`; without one it probes and merges until nothing waits.
"""

import sys
import uuid

import django

BATCH = 40


def texts(number: int) -> list[str]:
    """Batch `number`: every text is a near-duplicate of one in every other batch."""
    from tests.curation.test_deduplication import edited, long_answer

    return [edited(long_answer(seed), 5 + 10 * number) for seed in range(BATCH)]


def main(slug: str, number: str | None) -> None:
    """Work in small steps, so that a kill falls between or inside any of them."""
    django.setup()
    from accounts.models import Project
    from curation.dedup.merge import merge
    from curation.dedup.probe import probe
    from tests.conftest import Team
    from tests.curation.written import write

    project = Project.objects.get(slug=slug)
    if number is not None:
        team, own = Team(project, *[None] * 5), texts(int(number))  # type: ignore[arg-type]
        for start in range(0, len(own), 5):
            write(team, own[start : start + 5], batch=f"{number}-{start}")
            print("published", flush=True)
            probe(project.pk, limit=3)
            merge(project.pk, limit=4)
    while probe(uuid.UUID(str(project.pk)), limit=7) + merge(project.pk, limit=9):
        pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
