"""Pairs and repairs wait for the visitor; simulated annotators, marked as such, do the rest."""

from collections.abc import Callable

from annotation.actions.campaigns import create_campaign
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.profile import define_axis
from annotation.actions.simulate import simulate_judgments
from annotation.board import Board, read_board
from annotation.models import AnnotatorProfile, Axis, Campaign, Decision, Item, Judgment
from demo.story import Facts, Telling

PAIRS = 400
REPAIRS = 80
LEFT_FOR_VISITOR = 30
VOTES = 700


def annotate(telling: Telling) -> Facts:
    """Two campaigns; what is left open is a sitting of "Judge 20 pairs, 2 minutes"."""
    cast = telling.cast
    pairs = _campaign(telling, "Which answer is better?", "pair", overlap=2)
    repairs = _campaign(telling, "Accept, fix or drop", "repair", overlap=1)
    if not Axis.objects.filter(project=cast.project).exists():
        define_axis(who=cast.lead, project=cast.project, name="locale", values=["de", "en", "fr", "hi"])
    made = make_pairs(who=cast.lead, campaign=pairs, limit=PAIRS)
    repaired = make_repairs(who=cast.lead, campaign=repairs, limit=REPAIRS)
    for campaign in (pairs, repairs):
        simulate_judgments(
            who=cast.lead, campaign=campaign, limit=VOTES, leave=LEFT_FOR_VISITOR, progress=_say(telling)
        )
    board = read_board(pairs)
    judgments = Judgment.objects.filter(project=cast.project)
    outcomes = Decision.objects.filter(project=cast.project)
    return {
        "pairs": f"{made.total} ({_words(made.made)}); not made: {_words(made.not_made) or 'none'}",
        "repairs": repaired,
        "judgments": f"{judgments.count()}, of which {judgments.filter(simulated=True).count()} simulated",
        "annotators": f"{AnnotatorProfile.objects.filter(project=cast.project, simulated=True).count()} simulated",
        "diversity": _diversity(board),
        "agreement": _agreement(board),
        "decided": f"{outcomes.exclude(outcome='conflict').count()} items",
        "waiting for you": f"{Item.objects.waiting().filter(campaign__in=[pairs, repairs]).count()} items under Judge",
    }


def _diversity(board: Board) -> str:
    people = board.people
    if people.n_eff is None or people.n_eff_q2 is None:
        return "nobody has judged"
    return f"{people.n_eff:.1f} effective annotators of {people.annotators} (Hill q=1), {people.n_eff_q2:.1f} (q=2)"


def _agreement(board: Board) -> str:
    alpha = board.quality.nominal
    return f"Krippendorff α {alpha.value:.2f} [{alpha.low:.2f}, {alpha.high:.2f}]" if alpha else "undefined"


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))


def _say(telling: Telling) -> Callable[[int, int], None]:
    def say(done: int, of: int) -> None:
        if done % 200 == 0:
            telling.say(f"{done} of {of} simulated judgments")

    return say


def _campaign(telling: Telling, name: str, kind: str, *, overlap: int) -> Campaign:
    """The campaign of that name; a second demo adds to the first one's."""
    cast = telling.cast
    found = Campaign.objects.filter(project=cast.project, name=name).first()
    return found or create_campaign(
        who=cast.lead, project=cast.project, name=name, kind=kind, overlap=overlap
    )
