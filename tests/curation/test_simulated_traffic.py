"""Traffic that says it is simulated keeps the mark on its head, where rows, manifests and model cards read it."""

import pytest

from curation.ingest.rows import heads_of, says_simulated
from curation.models import Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import chat
from tests.curation.test_otlp_route import make_token, post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "kept"), [(True, True), ("true", True), (False, False), ("no", False), (None, False)]
)
def test_the_sender_says_what_is_simulated(team: Team, said: object, kept: bool) -> None:
    body = chat(**({} if said is None else {"winnow.simulated": said})).SerializeToString()
    assert post(make_token(team, "ingest"), body).status_code == 200
    assert Trace.objects.get().simulated is kept


def test_one_marked_span_marks_its_trace() -> None:
    spans = [
        {"trace_id": "t", "parent_id": "p", "start": 2, "resource": {}, "attributes": {}},
        {
            "trace_id": "t",
            "parent_id": "p",
            "start": 1,
            "resource": {"winnow.simulated": True},
            "attributes": {},
        },
    ]
    assert [says_simulated(span) for span in spans] == [False, True]  # type: ignore[arg-type]
    assert heads_of(spans)["t"].simulated  # type: ignore[arg-type]
