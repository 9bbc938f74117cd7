"""What the styleguide shows in its components. Invented, and only ever shown there."""

from datetime import timedelta
from math import exp, sin
from typing import Any

from django import forms
from django.utils import timezone

from core import plots
from web.states import LOOKS

MARKDOWN = """A **near-duplicate cluster** keeps one representative. The rest are *dropped with a reason*:

1. exact copies by hash,
2. near copies whose Jaccard similarity is at least `0.8`.

```python
def jaccard(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0  # two empty texts are the same
```

| tier | found by | deleted by |
|---|---|---|
| exact | hash | machine |
| near | MinHash | machine, verified |
| semantic | embedding | a person |

> Nothing disappears uncounted. Ask [EMAIL:bcdfghjkmnpq] if in doubt.

![A chart](https://example.org/chart.png)
"""

CONVERSATION: dict[str, Any] = {
    "schema": 1,
    "messages": [
        {"role": "system", "parts": [{"type": "text", "text": "Answer from the documentation. Use tools for sums."}]},
        {
            "role": "user",
            "parts": [
                {"type": "text", "text": "I am [PERSON:cdfghjkmnpqr]. 17 % of 2,340? And how does `round` treat ties?"}
            ],
        },
        {
            "role": "assistant",
            "model": "small-1",
            "parts": [
                {"type": "reasoning", "text": "Two questions: a sum for the calculator, rounding stands in the docs."},
                {"type": "tool_call", "id": "1", "name": "calculator", "arguments": {"expression": "2340 * 0.17"}},
                {"type": "tool_call", "id": "2", "name": "weather", "arguments": {"city": "Bern"}},
            ],
        },
        {
            "role": "tool",
            "parts": [
                {"type": "tool_result", "id": "1", "result": {"value": 397.8}},
                {"type": "tool_result", "id": "2", "result": "timeout after 2 s", "is_error": True},
            ],
        },
        {
            "role": "assistant",
            "model": "small-1",
            "finish_reason": "length",
            "parts": [
                {"type": "text", "text": "It is **397.8**. `round` sends ties to the even side: `round(2.5)` is 2"}
            ],
        },
    ],
    "alternatives": [],
    "retrieval": [
        {
            "document_id": "functions#round",
            "score": 0.812,
            "text": "round(number, ndigits=None) … if two are equally close, rounding goes to the even one.",
        }
    ],
    "error": None,
}  # fmt: skip


class SampleForm(forms.Form):
    """A field of every kind, two of them turned down."""

    name = forms.CharField(
        label="Name", help_text="Shown on the snapshot and in its manifest.", max_length=20
    )
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))
    strength = forms.ChoiceField(
        label="Pair winners above", choices=[("1", "slightly better"), ("2", "clearly better")]
    )
    seed = forms.IntegerField(label="Seed", required=False)
    simulated = forms.BooleanField(label="Count simulated judgments", required=False)


def _losses() -> list[plots.Series]:
    steps = list(range(0, 400, 4))
    train = [1.8 + 2.6 * exp(-step / 90) + 0.06 * sin(step / 3.1) for step in steps]
    held = [1.95 + 2.5 * exp(-step / 95) for step in steps[::5]]
    width = [0.12 for _ in held]
    return [
        plots.Series("each step", steps, train, faint=True),
        plots.Series(
            "held out", steps[::5], held, [a - b for a, b in zip(held, width, strict=True)],
            [a + b for a, b in zip(held, width, strict=True)],
        ),
    ]  # fmt: skip


def sample_plots() -> list[plots.Plot]:
    """One of each kind."""
    domains, levels = ["language", "library", "tools", "small talk"], ["easy", "medium", "hard"]
    cells = {
        (domain, level): (7 * i + 3) * (3 - j) ** 2
        for i, domain in enumerate(domains)
        for j, level in enumerate(levels)
        if (i, j) != (3, 2)
    }
    return [
        plots.lines("Loss", _losses(), unit="nats per token", x_label="step", target=1.9, target_label="last run"),
        plots.funnel(
            "From raw to kept",
            [("received", 1200, 0), ("redacted", 1197, 3), ("exact copies", 1101, 96), ("near copies", 968, 133),
             ("screened", 951, 17), ("training allowed", 902, 49)],
            unit="conversations",
        ),
        plots.bars(
            "Judgments by stratum",
            [
                plots.Bar("language · easy", (40, 12), 45),
                plots.Bar("language · hard", (22, 3), 45),
                plots.Bar("tools", (9, 31), 45),
            ],
            unit="judgments", parts=("by people", "simulated"), colours=("p-s1", "p-neutral"), target_label="quota",
        ),
        plots.heat("Strata", domains, levels, cells, unit="conversations", note="A dot: no such stratum."),
        plots.dots(
            "Agreement by group",
            [plots.Dot("all", 0.61, 0.55, 0.66, "n = 412"), plots.Dot("experts", 0.72, 0.6, 0.81, "n = 74"),
             plots.Dot("newcomers", None, note="undefined, n = 3")],
            unit="Krippendorff’s α", reference=0.0, reference_label="chance",
        ),
    ]  # fmt: skip


def samples() -> dict[str, Any]:
    """Everything the page needs."""
    now = timezone.now()
    form = SampleForm({"name": "a name that is far too long", "reason": "", "strength": "2", "seed": ""})
    form.is_valid()
    return {
        "states": sorted(LOOKS),
        "markdown": MARKDOWN,
        "conversation": CONVERSATION,
        "form": form,
        "clean_form": SampleForm(initial={"strength": "2"}),
        "plots": sample_plots(),
        "moments": [
            now,
            now - timedelta(minutes=3),
            now - timedelta(hours=5),
            now - timedelta(days=90),
            None,
        ],
        "facts": [("Rows", "1,204"), ("Sealed", "yes"), ("Root", "b1946ac9"), ("Left out", None)],
        "spark_svg": plots.sparkline([3, 5, 4, 8, 9, 7, 12, 15, 14, 18], "pairs a day"),
        "tabs": [
            {"label": "All", "href": "#", "count": 12034, "current": True},
            {"label": "Kept", "href": "#", "count": 902},
            {"label": "Log", "href": "#"},
        ],
        "steps": [
            {"kind": "Trace", "label": "4f1c…", "href": "#"},
            {"kind": "Redaction", "label": "rules 3", "href": "#"},
            {"kind": "Cluster", "label": "7 copies", "href": "#"},
            {"kind": "Judged by", "label": "Mira, Jonas", "href": "#"},
            {"kind": "Snapshot row", "label": "sft/128", "current": True},
            {"kind": "Approved by", "label": "Lena", "href": "#"},
            {"kind": "Run", "label": "sft-7", "href": "#"},
            {"kind": "Model", "label": ""},
        ],
        "before": "The cache is kept for 10 minutes and then rebuilt by the worker.",
        "after": "The cache is kept for 15 minutes; the worker rebuilds it.",
    }
