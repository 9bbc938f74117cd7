"""Are there enough different people behind a snapshot? Looked at before a signature, and blocks it with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Project
from annotation.diversity import summarise
from annotation.models import JudgmentRevision
from annotation.queries import People, people_behind
from snapshots.actions.verify_snapshot import check
from snapshots.models import PeopleGate, Snapshot
from snapshots.verification import Finding, Verdict

A_SIDE = 0.001
"""p-value below which sides, drawn at random, were chosen rather than answers."""


def gate_of(project: Project) -> PeopleGate | None:
    """The rules that hold now."""
    return PeopleGate.objects.filter(project=project).order_by("-pk").first()


def check_for_signature(snapshot: Snapshot) -> Verdict:
    """Every check of a sealed snapshot, and what the project asks of the people behind it."""
    verdict = check(snapshot)
    verdict.findings.append(check_people(snapshot))
    return verdict


def check_people(snapshot: Snapshot) -> Finding:
    """What was asked for and what is there; holds, and says so, where nothing is asked for."""
    gate = gate_of(snapshot.project)
    if gate is None or not any((gate.least_effective, gate.largest_share, gate.least_groups, gate.no_side)):
        return Finding("people", True, _("not asked for"))
    revisions = JudgmentRevision.objects.filter(rows__row__snapshot=snapshot).distinct()
    said = _compared(gate, people_behind(snapshot.project, revisions))
    broken = [words for holds, words in said if not holds]
    return Finding("people", not broken, "; ".join(broken or [words for _holds, words in said]))


def _compared(gate: PeopleGate, people: People) -> list[tuple[bool, str]]:
    """(holds, words) of everything asked for."""
    found = []
    numbers = summarise(people.votes.values())
    if gate.least_effective is not None:
        there = numbers.n_eff or 0.0
        words = _("%(there).1f annotators effectively, %(asked).1f asked for")
        found.append((there >= gate.least_effective, words % {"there": there, "asked": gate.least_effective}))
    if gate.largest_share is not None:
        most = max(people.votes.values(), default=0) / (numbers.votes or 1)
        words = _("one annotator gave %(there).0f %% of the judgments, at most %(asked).0f %% asked for")
        enough = numbers.votes > 0 and most <= gate.largest_share
        found.append((enough, words % {"there": most * 100, "asked": gate.largest_share * 100}))
    if gate.least_groups is not None:
        for axis, shown in people.groups.items() or {_("no axis"): 0}.items():
            words = _("%(axis)s: published reports show %(there)d groups, %(asked)d asked for")
            holds = shown >= gate.least_groups
            found.append((holds, words % {"axis": axis, "there": shown, "asked": gate.least_groups}))
    if gate.no_side:
        left = people.left
        words = _("left chosen in %(share).0f %% of %(of)d (p %(p)s)")
        values = {"share": left.share * 100, "of": left.of, "p": left.p_words} if left else {}
        found.append(
            (left is None or left.p_value >= A_SIDE, words % values if left else _("no sides were shown"))
        )
        if people.one_sided < A_SIDE:
            found.append(
                (False, _("somebody takes a side whatever stands there (see the campaign's quality)"))
            )
    return found
