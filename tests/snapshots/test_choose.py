"""From candidates to rows: bars come first, one row per cluster, and nothing disappears uncounted."""

from hypothesis import given
from hypothesis import strategies as st

from snapshots.choose import Candidate, choose
from snapshots.reasons import AnswerFacts, Evidence, Exclusion, Reason
from snapshots.selection import default_spec, parse_spec

ACCEPTED = AnswerFacts(evidence=(Evidence(Reason.ACCEPTED),))


def candidate(key: str, cluster: str = "", **more: object) -> Candidate:
    fields = {"is_representative": False, "bar": None, "facts": ACCEPTED} | more
    return Candidate(key=key, version=key, cluster=cluster or key, **fields)  # type: ignore[arg-type]


def keys(candidates: list[Candidate], **spec: object) -> list[str]:
    kept, _ = choose(candidates, parse_spec({"kind": "sft", **spec}))
    return sorted(one.candidate.key for one in kept)


def test_what_bars_a_conversation_outweighs_everything_said_for_it() -> None:
    kept, dropped = choose([candidate("a", bar=Exclusion.QUARANTINED)], default_spec("sft"))
    assert (kept, dropped) == ([], [Exclusion.QUARANTINED])


def test_one_row_per_cluster_and_it_is_the_representative_where_somebody_judged_it() -> None:
    twins = [candidate("a", "c"), candidate("b", "c", is_representative=True), candidate("z", "d")]
    assert keys(twins) == ["b", "z"]
    assert keys(twins[:1]) == ["a"]
    assert keys(twins, one_per_cluster=False) == ["a", "b", "z"]


def test_a_member_real_people_judged_beats_a_representative_only_simulated_ones_did() -> None:
    simulated = AnswerFacts(evidence=(Evidence(Reason.ACCEPTED, simulated=True),))
    twins = [candidate("a", "c"), candidate("b", "c", is_representative=True, facts=simulated)]
    assert keys(twins, include_simulated=True) == ["a"]


def test_a_limit_draws_the_same_rows_for_the_same_seed_in_any_order() -> None:
    many = [candidate(str(n)) for n in range(50)]
    drawn = keys(many, max_rows=10, seed=3)
    assert drawn == keys(many[::-1], max_rows=10, seed=3)
    assert drawn != keys(many, max_rows=10, seed=4)
    assert len(drawn) == 10


@given(
    st.lists(
        st.builds(
            candidate,
            st.uuids().map(str),
            st.sampled_from("abc"),
            bar=st.none() | st.sampled_from(Exclusion),
            facts=st.sampled_from(
                [ACCEPTED, AnswerFacts(), AnswerFacts(Exclusion.FAILED, ACCEPTED.evidence)]
            ),
        ),
        unique_by=lambda one: one.key,
    ),
    st.none() | st.integers(1, 5),
)
def test_every_candidate_is_kept_or_dropped_by_name(candidates: list[Candidate], limit: int | None) -> None:
    kept, dropped = choose(candidates, parse_spec({"kind": "sft", "max_rows": limit}))
    assert len(kept) + len(dropped) == len(candidates)
