"""A delivery is a difference: new, changed, same, removed, refused, and nothing is embedded twice."""

import gzip
import io

import pytest

from core.errors import PermissionRefused
from indexer.actions.search import search
from indexer.actions.sync_documents import sync_documents
from indexer.documents import Document, read_documents
from indexer.models import DocumentVersion, IndexBuild, Occurrence, Passage, Source
from tests.conftest import Team
from tests.indexer.conftest import ROBOT, deliver_rows, jsonl


def states(name: str) -> list[str]:
    return [v.state for v in DocumentVersion.objects.filter(source__external_id=name).order_by("number")]


def test_an_unchanged_delivery_changes_nothing_and_builds_nothing(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    again = deliver_rows(team.project, bread)
    assert again.counts == {"same": 1}
    assert again.build is None
    assert DocumentVersion.objects.count() == 1
    assert IndexBuild.objects.count() == 1


def test_a_changed_text_becomes_a_version_that_replaces_the_old_one_when_published(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    done = deliver_rows(team.project, {**bread, "text": f"{bread['text']}\n\nFreeze half."}, index=False)
    assert done.counts == {"changed": 1}
    assert states("bread") == ["live", "pending"]
    assert done.build is not None
    deliver_rows(team.project, {**bread, "text": f"{bread['text']}\n\nFreeze half. Really."})
    assert states("bread") == ["superseded", "superseded", "live"]


def test_a_change_taken_back_before_it_was_published_leaves_the_live_version(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(team.project, {**bread, "text": "Other."}, index=False)
    deliver_rows(team.project, bread)
    assert states("bread") == ["live", "superseded"]


def test_another_licence_is_another_version_of_the_same_passages(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    passages = Passage.objects.count()
    deliver_rows(team.project, {**bread, "licence": "cc0-1.0"})
    assert states("bread") == ["superseded", "live"]
    assert Passage.objects.count() == passages


def test_a_duplicate_document_shares_passages_and_keeps_both_sources(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread, {**bread, "doc_id": "copy", "uri": "https://mirror.example/bread"})
    answer = search(who=ROBOT, project=team.project, query="linen")
    uris = {place.document_version.uri for place in answer.results[0].occurrences}
    assert uris == {"https://example.org/bread", "https://mirror.example/bread"}
    assert Occurrence.objects.count() == 2 * Passage.objects.count()


def test_a_complete_delivery_removes_what_it_does_not_name(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread, {"doc_id": "gone", "text": "Ephemeral knowledge."})
    done = deliver_rows(team.project, bread, complete=True)
    assert done.counts == {"same": 1, "removed": 1}
    assert states("gone") == ["deleted"]
    assert not search(who=ROBOT, project=team.project, query="ephemeral").results


def test_an_unreadable_row_in_a_complete_delivery_withholds_removal(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread, {"doc_id": "kept", "text": "Still here."})
    stream = io.BytesIO(jsonl(bread).getvalue() + b'\n{"doc_id": "kept", "te')
    done = sync_documents(
        who=ROBOT, project=team.project, rows=read_documents(stream, "cut"), origin="cut", complete=True
    )
    assert done.removal_withheld
    assert done.counts["removed"] == 0
    assert states("kept") == ["live"]


def test_a_refused_row_that_names_its_document_does_not_remove_it(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    done = deliver_rows(team.project, {**bread, "text": 3}, complete=True)
    assert done.counts == {"refused": 1, "removed": 0}
    assert states("bread") == ["live"]


BAD_ROWS = [
    (b"{broken", "", "not JSON"),
    (b'{"doc_id": "a", "text": "\xff"}', "", "UTF-8"),
    (b'["list"]', "", "object"),
    (b'{"doc_id": "a"}', "text", "string"),
    (b'{"doc_id": "a", "text": 7}', "text", "string"),
    (b'{"text": "x"}', "doc_id", "non-empty"),
    (b'{"doc_id": "a", "text": "x", "colour": "red"}', "colour", "unknown field"),
    (b'{"doc_id": "a", "text": "x", "licence": 3}', "licence", "string or null"),
    (b'{"doc_id": "a", "text": "x\\u0000y"}', "text", "NUL"),
    (b'{"doc_id": "a\\u0000", "text": "xy"}', "doc_id", "NUL"),
    (b'{"doc_id": "a", "text": "\\ud800"}', "", "JSON"),
    (b'{"doc_id": "a", "text": "  "}', "text", "blanks"),
    (b'{"doc_id": "ok", "text": "second of its name"}', "doc_id", "line 1"),
]


def test_bad_rows_are_refused_with_line_field_and_reason_and_the_rest_goes_on(team: Team) -> None:
    lines = [
        b'{"doc_id": "ok", "text": "fine"}',
        *(raw for raw, _, _ in BAD_ROWS),
        b'{"doc_id": "end", "text": "fine"}',
    ]
    rows = read_documents(io.BytesIO(b"\n".join(lines)), "mixed.jsonl")
    done = sync_documents(who=ROBOT, project=team.project, rows=rows, origin="mixed.jsonl")
    assert done.counts == {"new": 2, "refused": len(BAD_ROWS)}
    refusals = list(done.sync.refusals.all())
    for number, (refusal, (_raw, field, reason)) in enumerate(zip(refusals, BAD_ROWS, strict=True), start=2):
        assert (refusal.line, refusal.field) == (number, field)
        assert reason in refusal.reason


def test_a_truncated_gzip_keeps_what_came_before_the_cut(bread: dict[str, object]) -> None:
    rows = [{**bread, "doc_id": f"d{n}", "text": f"{n} " * 2000} for n in range(50)]
    packed = gzip.compress(jsonl(*rows).getvalue())
    found = list(read_documents(io.BytesIO(packed[: len(packed) * 2 // 3]), "cut.gz"))
    assert any(isinstance(row, Document) for row in found)
    assert not isinstance(found[-1], Document)
    assert "gzip" in found[-1].reason


def test_a_gzip_bomb_of_documents_stops_at_the_limit(bread: dict[str, object]) -> None:
    rows = [{**bread, "doc_id": f"d{n}", "text": "again and again " * 2000} for n in range(100)]
    bomb = gzip.compress(jsonl(*rows).getvalue())
    found = list(read_documents(io.BytesIO(bomb), "bomb.gz", limit=1 << 20))
    assert len(found) < 50
    assert "more than 1 MB" in getattr(found[-1], "reason", "")


def test_only_who_manages_the_index_may_deliver(team: Team) -> None:
    for person in (team.annotator, team.engineer):
        with pytest.raises(PermissionRefused):
            sync_documents(who=person, project=team.project, rows=[], origin="x")
    assert not Source.objects.exists()
