"""A card says what went in, who vouched, what was measured and what to fear; people's words stay words."""

from dataclasses import replace

from core.rendering.markdown import prose
from trainers.model_card import CardFacts, DataFacts, model_card

DATA = DataFacts(
    name="answers #1",
    root="ab" * 32,
    rows=200,
    simulated_rows=50,
    by_reason={"accepted": 150, "fixed": 50},
    licences={"MIT": 200},
    redaction_rules=["default v1"],
    requester="Eve",
    approver="Lea",
    approved_at="2026-03-01",
    reason="looks right",
    judgments=400,
    annotators=5,
    simulated_annotators=2,
)
FACTS = CardFacts(
    name="ptq-int4 v1",
    kind="ptq",
    weights_sha256="cd" * 32,
    bytes=1000,
    recipe_name="ptq-int4 v1",
    recipe={"bits": 4},
    seed=7,
    spec_sha256="ef" * 32,
    data=DATA,
    summary={
        "parameters": 1_000_000,
        "tokens_trained": 300_000,
        "perplexity": {
            "after": {"value": 9.1, "low": 8.0, "high": 10.0, "rows": 40},
            "before": {"value": 9.0, "low": 8.0, "high": 10.0, "rows": 40},
        },
        "comparison": {
            "change": 0.01,
            "low": -0.01,
            "high": 0.03,
            "rows": 40,
            "verdict": "trained_too_little",
        },
        "bytes": {"before": 4000, "after": 700},
    },
    ancestors=[("sft-tiny v1", "sft"), ("base-tiny v1", "base")],
)


def test_a_card_says_what_a_reader_needs() -> None:
    card = model_card(FACTS)
    for said in (
        "root `" + "ab" * 32,
        "simulated: 50 of 200 rows (25.0%)",
        "5 annotators, 2 of them simulated, 400 judgments",
        "requested by Eve, approved by Lea on 2026-03-01",
        "perplexity before | 9.000 | 8.000 to 10.000 | 40",
        "trained too little to tell",
        "700 | from 4,000",
        "**ptq-int4 v1** ← sft-tiny v1 (sft) ← base-tiny v1 (base)",
        "rests on simulated judgments",
        "300,000 tokens",
    ):
        assert said in card, said
    assert card.index("perplexity before") < card.index("perplexity after")


def test_a_model_without_simulated_data_does_not_claim_any() -> None:
    data = replace(DATA, simulated_rows=0, simulated_annotators=0)
    assert "rests on simulated" not in model_card(replace(FACTS, data=data))


def test_what_an_ancestor_was_trained_on_stays_marked() -> None:
    real = replace(DATA, simulated_rows=0, simulated_annotators=0)
    card = model_card(replace(FACTS, data=real, ancestor_data=[DATA]))
    assert "rests on simulated judgments" in card
    traffic = model_card(replace(FACTS, data=replace(real, simulated_traffic=12)))
    assert "from simulated traffic: 12 rows" in traffic
    assert "real users ask other things" in traffic
    assert "simulated traffic" not in model_card(replace(FACTS, data=real))


def test_words_of_people_cannot_become_markup() -> None:
    data = replace(DATA, reason="fine\n# Not a risk <script>x</script> [a](b)")
    card = model_card(replace(FACTS, data=data))
    assert "\n# Not a risk" not in card
    page = prose(card)
    assert "<script" not in page
    assert "<a " not in page
