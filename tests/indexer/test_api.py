"""The endpoints: the same actions for machines."""

import gzip

import pytest
from django.test import Client

from indexer.models import IndexBuild, Source
from tests.conftest import Team
from tests.indexer.conftest import deliver_rows, jsonl, run_build


def base(team: Team) -> str:
    return f"/api/v1/projects/{team.project.slug}/index"


def send(client: Client, team: Team, body: bytes, kind: str = "application/x-ndjson", query: str = ""):  # type: ignore[no-untyped-def]
    return client.post(f"{base(team)}/documents{query}", body, content_type=kind)


def test_documents_are_delivered_built_searched_cited_and_deleted(
    team: Team, bread: dict[str, object]
) -> None:
    client = team.client(team.lead)
    delivered = send(client, team, jsonl(bread).getvalue() + b"\n{broken")
    assert delivered.status_code == 202
    body = delivered.json()
    assert body["counts"] == {"new": 1, "refused": 1}
    assert body["refusals"][0]["line"] == 2
    assert client.get(f"{base(team)}/builds/{body['build']}").json()["state"] == "queued"
    run_build(IndexBuild.objects.get(pk=body["build"]))
    answer = client.get(f"{base(team)}/search", {"q": "linen"}).json()
    assert answer["ranked_by"] == "words"
    assert answer["why_words_only"] == "index_built_without_vectors"
    place = answer["results"][0]["occurrences"][0]
    text = client.get(f"{base(team)}/documents/{place['document']}").json()["text"]
    assert text[place["start"] : place["end"]] == answer["results"][0]["text"]
    found = client.get(f"{base(team)}/citations/{place['citation']}").json()
    assert (found["quote"], found["is_current"]) == (answer["results"][0]["text"], True)
    assert client.delete(f"{base(team)}/documents/{place['document']}").status_code == 204
    assert client.get(f"{base(team)}/search", {"q": "linen"}).json()["results"] == []
    found = client.get(f"{base(team)}/citations/{place['citation']}").json()
    assert (found["state"], found["is_current"]) == ("deleted", False)


def test_a_gzipped_body_is_taken(team: Team, bread: dict[str, object]) -> None:
    packed = gzip.compress(jsonl(bread).getvalue())
    assert send(team.client(team.lead), team, packed, "application/gzip").json()["counts"] == {"new": 1}


def test_a_complete_delivery_removes_the_rest(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread, {"doc_id": "gone", "text": "x y z"})
    sent = send(team.client(team.lead), team, jsonl(bread).getvalue(), query="?complete=true").json()
    assert sent["counts"] == {"same": 1, "removed": 1}


def test_any_span_can_be_named(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    client = team.client(team.annotator)
    version = client.get(f"{base(team)}/documents").json()["results"][0]
    start = str(bread["text"]).index("240")
    wanted = {"version_key": version["key"], "start": start, "end": start + 3}
    found = client.post(f"{base(team)}/citations", wanted, content_type="application/json").json()
    assert found["quote"] == "240"
    wanted["end"] = 10**6
    refused = client.post(f"{base(team)}/citations", wanted, content_type="application/json")
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("span_outside")


def test_the_licence_filter_is_repeated_for_several(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread, {"doc_id": "free", "text": "linen for free"})
    client = team.client(team.lead)

    def count(query: str) -> int:
        return len(client.get(f"{base(team)}/search?q=linen{query}").json()["results"])

    assert (count(""), count("&licence=cc-by"), count("&licence="), count("&licence=cc-by&licence=")) == (
        2,
        1,
        1,
        2,
    )


def test_bad_parameters_are_problems(team: Team) -> None:
    client = team.client(team.lead)
    for query in ("", "?q=x&k=0", "?q=x&k=many"):
        answer = client.get(f"{base(team)}/search{query}")
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
    assert client.get(f"{base(team)}/search?q=x").status_code == 404


@pytest.mark.parametrize("person", ["annotator", "engineer"])
def test_who_may_not_manage_may_read_only(team: Team, bread: dict[str, object], person: str) -> None:
    deliver_rows(team.project, bread)
    client = team.client(getattr(team, person))
    assert client.get(f"{base(team)}/documents").status_code == 200
    assert client.get(f"{base(team)}/builds").status_code == 200
    assert send(client, team, b"{}").status_code == 403
    assert client.post(f"{base(team)}/builds").status_code == 403
    assert client.delete(f"{base(team)}/documents/{Source.objects.get().pk}").status_code == 403


def test_another_project_answers_not_found(team: Team, other_team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    source = Source.objects.get().pk
    stranger = other_team.client(other_team.lead)
    for path in ("documents", f"documents/{source}", "builds", "search?q=x"):
        assert stranger.get(f"{base(team)}/{path}").status_code == 404
    deliver_rows(other_team.project, {**bread, "doc_id": "other"})
    assert stranger.get(f"{base(other_team)}/documents/{source}").status_code == 404
    assert stranger.get(f"{base(other_team)}/documents/{source}/versions").status_code == 404
    assert stranger.delete(f"{base(other_team)}/documents/{source}").status_code == 404
