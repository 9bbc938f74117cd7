"""The same acts over the API, as problem documents where they are refused."""

from typing import Any

from accounts.actions.api_tokens import create_token
from core.jobs.runner import run
from snapshots.merkle import proves
from snapshots.models import Snapshot, SnapshotRow
from tests.snapshots.conftest import World

JSON = "application/json"


def test_from_selection_to_signature_and_withdrawal(world: World) -> None:
    world.repair(world.answer("good"), "accepted")
    base = f"/api/v1/projects/{world.team.project.slug}"
    engineer, lead = world.team.client(world.team.engineer), world.team.client(world.team.lead)
    assert engineer.post(f"{base}/selections/preview", {"kind": "sft"}, JSON).json()["rows"] == 1
    selection = engineer.post(f"{base}/selections", {"name": "s", "spec": {"kind": "sft"}}, JSON).json()
    built = engineer.post(f"{base}/snapshots", {"selection": selection["id"]}, JSON)
    assert (built.status_code, built.json()["standing"]) == (202, "building")
    one = f"{base}/snapshots/{built.json()['id']}"
    run(str(Snapshot.objects.get().job_id))
    assert engineer.get(one).json()["counts"]["rows"] == 1
    assert all(finding["holds"] for finding in engineer.post(f"{one}/verify").json())
    review = engineer.post(f"{one}/reviews", {"note": "please"}, JSON).json()
    approve = f"{one}/reviews/{review['id']}/approve"
    own = engineer.post(approve, {"reason": "mine"}, JSON)
    assert (own.status_code, own["Content-Type"]) == (403, "application/problem+json")
    approval = lead.post(approve, {"reason": "looked"}, JSON).json()
    assert engineer.get(f"{base}/approvals").json()[0]["root"] == approval["root"]
    ended = lead.post(f"{base}/approvals/{approval['id']}/withdraw", {"reason": "licence"}, JSON)
    assert ended.status_code == 201
    assert engineer.get(f"{base}/approvals").json() == []
    assert engineer.get(f"{base}/snapshots").json()["results"][0]["standing"] == "withdrawn"


def test_a_row_comes_with_a_proof_anybody_can_check(world: World, sealed: Snapshot) -> None:
    row = SnapshotRow.objects.filter(snapshot=sealed).order_by("position")[2]
    url = f"/api/v1/projects/{world.team.project.slug}/snapshots/{sealed.pk}/rows"
    client = world.team.client(world.team.engineer)
    assert [one["position"] for one in client.get(url).json()["results"]] == [0, 1, 2, 3]
    answer: dict[str, Any] = client.get(f"{url}/{row.leaf}").json()
    proof = [bytes.fromhex(node) for node in answer["proof"]]
    assert proves(bytes.fromhex(row.leaf), row.position, 4, proof, bytes.fromhex(answer["root"]))
    assert answer["body"]["kind"] == "sft"


def test_a_selection_that_means_nothing_is_refused_by_field(world: World) -> None:
    client = world.team.client(world.team.engineer)
    url = f"/api/v1/projects/{world.team.project.slug}/selections"
    answer = client.post(url, {"name": "s", "spec": {"kind": "sft", "min_strength": 9}}, JSON)
    assert (answer.status_code, answer.json()["field"]) == (409, "min_strength")
    assert client.post(url, {"name": "s", "spec": []}, JSON).status_code == 409


def test_a_reading_token_reads_and_does_not_ask(world: World, sealed: Snapshot) -> None:
    _, secret = create_token(who=world.team.engineer, project=world.team.project, name="ci", scopes=["read"])
    client = world.team.client(world.team.annotator)
    client.logout()
    url = f"/api/v1/projects/{world.team.project.slug}/snapshots/{sealed.pk}"
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get(f"{url}/manifest", headers=headers).json()["root"] == sealed.root
    assert client.post(f"{url}/reviews", {}, JSON, headers=headers).status_code == 403
    assert client.get(f"{url}/lines", headers=headers).status_code == 403
