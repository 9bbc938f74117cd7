"""Quality numbers on published crowds: MACE against the majority, alpha and concentration against their definitions."""

import csv
import json
import time
from collections import Counter
from collections.abc import Hashable, Iterator
from pathlib import Path

from annotation.agreement import alpha, tabulate
from annotation.crowd import Label, mace, vote_shares
from annotation.diversity import gini, herfindahl, hill_number
from benchmarks.contract import Row

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "preferences"
KNOWN = {"alpha, nominal": 0.377, "alpha, ordinal": 0.500, "Hill number q=2": 108.9, "HHI": 0.0092}
"""As measured and written down with the data."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the real judgments beside the checkout; `quick` reads two of the eight debates."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data/preferences is absent: nothing to measure on.")
    votes = list(_table("judgments.csv"))
    if quick:
        debates = sorted({row["debate"] for row in votes})[:2]
        votes = [row for row in votes if row["debate"] in debates]
    labels = [Label((row["debate"], row["pair_id"]), row["worker"], row["value"]) for row in votes]
    yield Row("judgments of the crowd", len(labels))
    yield from _agreement(labels, quick)
    yield from _models(labels, quick)
    yield from _pandalm()


def _agreement(labels: list[Label], quick: bool) -> Iterator[Row]:
    work = list(Counter(label.annotator for label in labels).values())
    counts = tabulate(((one.item, one.value) for one in labels), domain=("a1", "equal", "a2"))
    found = {
        "alpha, nominal": alpha(counts, level="nominal"),
        "alpha, ordinal": alpha(counts, level="ordinal"),
        "Hill number q=2": hill_number(work, q=2),
        "HHI": herfindahl(work),
        "Gini": gini(work),
    }
    for name, value in found.items():
        yield Row(f"convarg: {name}", float("nan") if value is None else value)
        if name in KNOWN and not quick and value is not None:
            places = len(str(KNOWN[name]).split(".")[1])
            yield Row(
                f"convarg: {name} beside what is known, rounded alike",
                round(value, places) - KNOWN[name],
                "",
                "== 0",
            )


def _models(labels: list[Label], quick: bool) -> Iterator[Row]:
    here = {label.item for label in labels}
    gold = {
        item: row["mace_gold"]
        for row in _table("pairs.csv")
        if row["mace_gold"] and (item := (row["debate"], row["pair_id"])) in here
    }
    began = time.perf_counter()
    modelled = mace(labels)
    seconds = time.perf_counter() - began
    assert modelled is not None
    majority, better = (_right(soft, gold) for soft in (vote_shares(labels), modelled.soft))
    yield Row("convarg: majority right", 100 * majority, "%")
    yield Row("convarg: MACE right", 100 * better, "%")
    yield Row(
        "convarg: MACE above the majority", 100 * (better - majority), "points", "" if quick else ">= 0.5"
    )
    yield Row("convarg: MACE, import included", seconds, "s")


def _right(soft: dict[Hashable, dict[str, float]], gold: dict[tuple[str, str], str]) -> float:
    """A draw is right as often as its share of the draw."""
    hits = 0.0
    for item, answer in gold.items():
        best = [value for value, share in soft[item].items() if share == max(soft[item].values())]
        hits += (answer in best) / len(best)
    return hits / len(gold)


def _pandalm() -> Iterator[Row]:
    records = json.loads((DATA / "pandalm_testset_v1.json").read_text(encoding="utf-8"))
    votes = [(record["idx"], record[f"annotator{n}"]) for record in records for n in (1, 2, 3)]
    found = alpha(tabulate(votes, domain=(1, 0, 2)), level="nominal")
    yield Row("pandalm: alpha, nominal", float("nan") if found is None else found, "", ">= 0.8635")


def _table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / "convarg" / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
