"""The whole build up to the seal: a plan of rows with leaves, and the tally of everything left out."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Project
from core.keyring import project_key
from curation.actions.screening import Content, screen_contents
from curation.models import AssetVersion
from curation.split_groups import split_groups
from snapshots.build.candidates import survey
from snapshots.build.contents import BuiltRow, Workshop, build_rows
from snapshots.build.salts import Salted, content_key, salt_rows
from snapshots.choose import choose_reported
from snapshots.chunks import chunked
from snapshots.manifest import Tally
from snapshots.reasons import Exclusion
from snapshots.selection import SelectionSpec

SCREEN_BATCH = 1_000
Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class PlannedRow:
    """A row with its place in the tree."""

    row: BuiltRow
    content_hash: str
    salted: Salted

    @property
    def leaf(self) -> str:
        """Hex of the salted leaf hash."""
        return self.salted.leaf


@dataclass(frozen=True)
class Plan:
    """Rows sorted by leaf, and what was counted on the way."""

    rows: list[PlannedRow]
    tally: Tally


def preview(project: Project, spec: SelectionSpec, quarantine: AssetVersion) -> Tally:
    """What would enter and leave by reason, from facts alone: texts are read only by the build itself."""
    field = survey(project, spec, quarantine)
    kept, dropped, given = choose_reported(field.candidates, spec)
    tally = Tally(dropped=+field.settled, sampling=given)
    for exclusion in dropped:
        tally.drop(exclusion)
    for one in kept:
        tally.kept[one.evidence.reason] += 1
        tally.simulated += one.evidence.simulated
        tally.strata[field.versions[UUID(one.candidate.version)].stratum] += 1
    return tally


def compose(
    project: Project, spec: SelectionSpec, quarantine: AssetVersion, report: Report = lambda *_: None
) -> Plan:
    """Everything but the seal. Writes salts and screenings, which are harmless to repeat."""
    field = survey(project, spec, quarantine)
    kept, dropped, given = choose_reported(field.candidates, spec)
    tally = Tally(dropped=+field.settled, sampling=given)
    for exclusion in dropped:
        tally.drop(exclusion)
    shop = Workshop(project, spec, field, project_key(project.pk, "split"), split_groups(project))
    built: dict[str, BuiltRow] = {}
    key = content_key(project)
    for done, outcome in enumerate(build_rows(shop, kept), start=1):
        if isinstance(outcome, Exclusion):
            tally.drop(outcome)
        elif (name := key.mac(outcome.data).hex()) in built:
            tally.drop(Exclusion.SAME_ROW)
        else:
            built[name] = outcome
        if done % 200 == 0:
            report(done, len(kept), "making rows")
    clean = _screened(project, built, tally, report)
    return Plan(_salted(project, clean, tally), tally)


def _screened(
    project: Project, built: dict[str, BuiltRow], tally: Tally, report: Report
) -> dict[str, BuiltRow]:
    clean: dict[str, BuiltRow] = {}
    done = 0
    for some in chunked(built.items(), SCREEN_BATCH):
        contents = [Content(name, row.texts, row.home.version) for name, row in some]
        verdicts = screen_contents(project=project, contents=contents)
        for name, row in some:
            if verdicts.get(name) == "clean":
                clean[name] = row
            else:
                tally.drop(Exclusion.QUARANTINED if name in verdicts else Exclusion.NOT_SCREENED)
        done += len(some)
        report(done, len(built), "screening rows against the quarantine")
    return clean


def _salted(project: Project, rows: dict[str, BuiltRow], tally: Tally) -> list[PlannedRow]:
    salted = salt_rows(project, content_key(project), {name: row.data for name, row in rows.items()})
    planned = []
    for name, row in rows.items():
        if salted[name].salt is None:
            tally.drop(Exclusion.ERASED)
            continue
        tally.keep(row=row.body, stratum=row.home.stratum, training_use=row.home.training_use)
        planned.append(PlannedRow(row, name, salted[name]))
    return sorted(planned, key=lambda one: one.leaf)
