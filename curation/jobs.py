"""Long work of this app, registered with the job runner; what it needs is imported when one runs."""

from typing import Any

from core.actors import Actor
from core.jobs import RunningJob, job_handler

REREDACT, REPLAY = "curation.reredact", "curation.replay"
RELABEL, LEARN, MINE = "curation.relabel", "curation.learn_domains", "curation.hard_negatives"
SEMANTIC = "curation.semantic"


@job_handler(REREDACT)
def reredact(running: RunningJob) -> dict[str, Any] | None:
    """Run the project's rules over what is stored."""
    from curation.actions.reredact import run_reredaction

    return run_reredaction(running)


@job_handler(REPLAY)
def replay(running: RunningJob) -> dict[str, Any] | None:
    """Replay the refused rows of one code; every row is its own transaction, so a second attempt goes on with the rest."""
    from accounts.models import Project
    from curation.actions.replay import replay_all

    project = Project.objects.get(pk=running.payload["project"])
    actor = Actor(**running.payload["actor"])
    return dict(
        replay_all(actor=actor, project=project, code=running.payload["code"], beat=running.heartbeat)
    )


@job_handler(RELABEL)
def relabel(running: RunningJob) -> dict[str, Any] | None:
    """Give domains anew under the taxonomy in force; a second attempt starts over, which changes nothing twice."""
    from accounts.models import Project
    from curation.actions.relabel_domains import relabel_domains

    project = Project.objects.get(pk=running.payload["project"])
    changed = relabel_domains(
        project, on_progress=lambda done, total: running.progress(done, total, "giving domains")
    )
    return {"changed": changed}


@job_handler(LEARN)
def learn(running: RunningJob) -> dict[str, Any] | None:
    """Learn domains from what people corrected."""
    from accounts.models import Project
    from curation.actions.learn_domains import learn_domains

    project = Project.objects.get(pk=running.payload["project"])
    running.progress(0, 1, "learning")
    return {"taxonomy": learn_domains(project).number}


@job_handler(MINE)
def mine(running: RunningJob) -> dict[str, Any] | None:
    """Find hard negatives; a second attempt finds the same and keeps each once."""
    from accounts.models import Project
    from curation.actions.mine_hard_negatives import mine_hard_negatives

    payload = running.payload
    project = Project.objects.get(pk=payload["project"])
    mining = mine_hard_negatives(
        project,
        per_stratum=int(payload["per_stratum"]),
        seed=int(payload["seed"]),
        on_progress=running.progress,
    )
    return mining.as_data()


@job_handler(SEMANTIC)
def semantic(running: RunningJob) -> dict[str, Any] | None:
    """Find what is alike in meaning among what is new; what was compared before is not compared again."""
    from curation.actions.semantic import run_search

    return run_search(running)
