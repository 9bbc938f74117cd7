"""What the turn a row ends with should have done (answer, clarify, refuse, …), as the people behind the row said."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import inf

from snapshots.models import RowJudgment


def acts_of(rows: Sequence[int]) -> dict[int, str]:
    """The act that more votes name than any other, by row, from its sealed lineage; "" where none does."""
    said = RowJudgment.objects.filter(row__in=rows).values_list(
        "row_id", "revision__judgment__item__repair__response__turn", "revision__act"
    )
    by_turn: dict[int, dict[float, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row, turn, act in said:
        by_turn[row][inf if turn is None else turn][act] += 1
    return {row: _most_said(turns[max(turns)]) for row, turns in by_turn.items()}


def _most_said(acts: Counter[str]) -> str:
    ranked = Counter({act: n for act, n in acts.items() if act}).most_common(2)
    return ranked[0][0] if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]) else ""
