"""The model card as Markdown, from plain facts: what went in, who vouched for it, what was measured, what to fear.

Pure, so that a card can be made again from stored facts. Cards are documents in English, not interface text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "base": "base pass from random weights (π0)",
    "sft": "supervised fine-tuning",
    "dpo": "direct preference optimisation",
    "ptq": "post-training quantisation",
}
VERDICTS = {
    "better": "lower than before; the interval excludes no change",
    "worse": "higher than before; the interval excludes no change",
    "no_difference": "no difference that this many rows could show",
    "too_few_rows": "too few held-out rows to tell",
    "trained_too_little": "trained too little to tell: an under-trained model hides what quantisation does",
}


@dataclass(frozen=True)
class DataFacts:
    """The approved snapshot behind the run."""

    name: str
    root: str
    rows: int
    simulated_rows: int
    by_reason: Mapping[str, int]
    licences: Mapping[str, int]
    redaction_rules: Sequence[str]
    requester: str
    approver: str
    approved_at: str
    reason: str
    judgments: int = 0
    annotators: int = 0
    simulated_annotators: int = 0
    simulated_traffic: int = 0

    @property
    def rests_on_simulation(self) -> bool:
        """Whether any judgment behind it was not a person's."""
        return bool(self.simulated_rows or self.simulated_annotators)


@dataclass(frozen=True)
class CardFacts:
    """Everything a card says."""

    name: str
    kind: str
    weights_sha256: str
    bytes: int
    recipe_name: str
    recipe: Mapping[str, Any]
    seed: int
    spec_sha256: str
    data: DataFacts
    summary: Mapping[str, Any]
    ancestors: Sequence[tuple[str, str]] = field(default_factory=tuple)
    ancestor_data: Sequence[DataFacts] = field(default_factory=tuple)


def model_card(facts: CardFacts) -> str:
    """The whole card."""
    sections = [_head(facts), _data(facts), _recipe(facts), _results(facts), _risks(facts)]
    return "\n".join(line for section in sections for line in [*section, ""])


def _head(facts: CardFacts) -> list[str]:
    lineage = " ← ".join([f"**{facts.name}**", *(f"{name} ({kind})" for name, kind in facts.ancestors)])
    return [
        f"# {facts.name}",
        "",
        f"Made by {KINDS[facts.kind]}. Lineage: {lineage}.",
        "",
        f"- parameters: {facts.summary.get('parameters', 0):,}",
        f"- files: {facts.bytes:,} bytes; weights sha256 `{facts.weights_sha256}`",
    ]


def _data(facts: CardFacts) -> list[str]:
    lines = ["## Data", "", *_one_snapshot(facts.data), *_rows_used(facts.summary.get("rows") or {})]
    for earlier in facts.ancestor_data:
        lines += ["", "Earlier in its lineage:", "", *_one_snapshot(earlier)]
    return lines


def _one_snapshot(data: DataFacts) -> list[str]:
    share = data.simulated_rows / data.rows if data.rows else 0.0
    return [
        f"- snapshot: {_words(data.name)}, {data.rows:,} rows, root `{data.root}`",
        f"- simulated: {data.simulated_rows:,} of {data.rows:,} rows ({share:.1%})",
        *([f"- from simulated traffic: {data.simulated_traffic:,} rows"] if data.simulated_traffic else []),
        f"- reasons: {_counts(data.by_reason)}",
        f"- licences: {_counts(data.licences)}",
        f"- redaction rules: {', '.join(data.redaction_rules) or 'none named'}",
        (
            f"- judged by: {data.annotators} annotators, {data.simulated_annotators} of them simulated, "
            f"{data.judgments:,} judgments"
        ),
        (
            f"- requested by {_words(data.requester)}, approved by {_words(data.approver)} on {data.approved_at}: "
            f"“{_words(data.reason)}”"
        ),
    ]


def _rows_used(rows: Mapping[str, Any]) -> list[str]:
    left_out = _counts(rows.get("left_out") or {}) or "none"
    return [
        (
            f"- used: {rows.get('train', 0):,} rows to train, {rows.get('held_out', 0):,} held out; "
            f"{rows.get('truncated', 0):,} cut to fit; left out: {left_out}"
        )
    ]


def _recipe(facts: CardFacts) -> list[str]:
    parameters = [f"| {name} | `{value}` |" for name, value in sorted(facts.recipe.items())]
    return [
        "## Recipe",
        "",
        f"{facts.recipe_name}, seed {facts.seed}, specification sha256 `{facts.spec_sha256}`",
        "",
        "| parameter | value |",
        "|---|---|",
        *parameters,
    ]


def _results(facts: CardFacts) -> list[str]:
    lines = ["## Measured on held-out rows", "", "| | value | 95 % interval | rows |", "|---|---|---|---|"]
    perplexity = facts.summary.get("perplexity") or {}
    for when in ("before", "after"):
        if when not in perplexity:
            continue
        shown = perplexity[when]
        interval = f"{shown['low']:.3f} to {shown['high']:.3f}"
        lines.append(f"| perplexity {when} | {shown['value']:.3f} | {interval} | {shown['rows']} |")
    change = facts.summary.get("comparison")
    if change:
        lines.append(
            f"| change | {change['change']:+.2%} | {change['low']:+.2%} to {change['high']:+.2%} | {change['rows']} |"
        )
    preference = facts.summary.get("preference")
    if preference:
        held = preference["accuracy"]
        lines.append(
            f"| pairs preferred as judged | {held['value']:.1%} | {held['low']:.1%} to {held['high']:.1%} "
            f"| {held['pairs']} |"
        )
    sizes = facts.summary.get("bytes")
    if sizes:
        lines.append(f"| weights, bytes | {sizes['after']:,} | from {sizes['before']:,} | |")
    if change:
        lines += ["", f"Reading: {VERDICTS[change['verdict']]}."]
    return lines


def _risks(facts: CardFacts) -> list[str]:
    return ["## Known risks", "", *(f"- {risk}" for risk in risks(facts))]


def risks(facts: CardFacts) -> Iterable[str]:
    """What a reader must know before using the model; each follows from a fact above."""
    tokens = int(facts.summary.get("tokens_trained", 0))
    if facts.summary.get("parameters", 0) < 50_000_000:
        yield (
            f"A tiny model trained on {tokens:,} tokens: it shows that the path works, it is not fit to answer people."
        )
    if any(data.rests_on_simulation for data in (facts.data, *facts.ancestor_data)):
        yield "Part of its data rests on simulated judgments; it says nothing about what people prefer."
    if any(data.simulated_traffic for data in (facts.data, *facts.ancestor_data)):
        yield "Part of its data is simulated traffic; real users ask other things."
    if facts.kind == "dpo":
        yield "Optimised on preferences: it may favour what annotators favour (length, style) over what is true."
    if facts.kind == "ptq":
        yield "Quantised weights: rare tokens, long contexts and tool calls can suffer before perplexity shows it."
    yield "It may repeat text of its training rows; redaction lowers that risk and does not remove it."
    yield "It was not evaluated for safety, grounding or bias; perplexity is not quality."


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{_words(name)} {count:,}" for name, count in sorted(counts.items()))


def _words(text: str) -> str:
    """Text of people inside the card cannot become markup of the card."""
    flat = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in flat)
