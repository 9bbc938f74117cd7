"""A lead names, joins, adds and removes domains: each a new version of the taxonomy, and every label follows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core import embedding
from core.errors import Refused
from core.jobs import enqueue
from core.locks import named_lock
from curation.actions.taxonomy import PHRASE_TOKENS, publish_taxonomy, taxonomy_version
from curation.actions.who import Who, allowed, person_of
from curation.domain_vectors import model_name
from curation.jobs import RELABEL
from curation.models import AssetVersion
from curation.strata import OTHER, UNASSIGNED, Taxonomy

LONGEST_NAME = 60
MOST_PHRASES = 8
RESERVED = frozenset({OTHER, UNASSIGNED})
CARRIED = ("found_in", "report", "learned")


@dataclass(frozen=True, slots=True)
class _Held:
    version: AssetVersion
    taxonomy: Taxonomy


def rename_domain(*, who: Who, project: Project, name: str, new: str) -> AssetVersion:
    """Call a domain something else. A name that another domain has is a merge, and is asked for as one."""
    new = _named(new)

    def change(held: _Held) -> Taxonomy:
        _require_known(held, [name])
        if new in held.taxonomy.domains:
            raise Refused(
                "name_taken", _("%(name)s is a domain already; merge the two instead.") % {"name": new}
            )
        return held.taxonomy.renamed({name: new})

    return _changed(who, project, change, f"{name} → {new}", moved={name: new})


def merge_domains(*, who: Who, project: Project, names: Sequence[str], into: str) -> AssetVersion:
    """Make one domain of several; `into` is one of them or a new name."""
    into, together = _named(into), sorted(set(names))

    def change(held: _Held) -> Taxonomy:
        _require_known(held, together)
        if len({*together, into}) < 2:
            raise Refused("nothing_to_merge", _("Choose at least two domains to merge."))
        if into in held.taxonomy.domains and into not in together:
            raise Refused("name_taken", _("%(name)s is a domain of its own; choose it too.") % {"name": into})
        return held.taxonomy.renamed(dict.fromkeys(together, into))

    moved = {name: into for name in together if name != into}
    return _changed(who, project, change, f"{', '.join(together)} → {into}", moved=moved)


def add_domain(*, who: Who, project: Project, name: str, phrases: Sequence[str]) -> AssetVersion:
    """One domain more, described by a few questions that belong in it; texts nearest to them get it in the background."""
    name, said = _named(name), [" ".join(phrase.split()) for phrase in phrases if phrase.strip()]
    if not 1 <= len(said) <= MOST_PHRASES:
        raise Refused(
            "bad_phrases",
            _("Give between 1 and %(most)d questions that belong in it.") % {"most": MOST_PHRASES},
        )
    if not embedding.available():
        raise Refused(
            "embedding_missing", _("A new domain is found by embedding: install the extra `embed`.")
        )
    vectors = embedding.encode(said, max_tokens=PHRASE_TOKENS)

    def change(held: _Held) -> Taxonomy:
        if name in held.taxonomy.domains:
            raise Refused("name_taken", _("%(name)s is a domain already.") % {"name": name})
        if held.taxonomy.model != model_name():
            raise Refused(
                "other_model",
                _("The domains were found by another embedding model; let them be found anew first."),
            )
        return held.taxonomy.with_domain(name, vectors)

    return _changed(who, project, change, f"+ {name}", relabel=True)


def remove_domain(*, who: Who, project: Project, name: str) -> AssetVersion:
    """One domain less: what lay in it gets what is nearest now, or `other`. The last one cannot go."""

    def change(held: _Held) -> Taxonomy:
        _require_known(held, [name])
        if len(held.taxonomy.domains) < 2:
            raise Refused("last_domain", _("A taxonomy has at least one domain."))
        return held.taxonomy.without(name)

    return _changed(who, project, change, f"− {name}", moved={name: OTHER}, relabel=True)


def _changed(
    who: Who,
    project: Project,
    change: Callable[[_Held], Taxonomy],
    note: str,
    *,
    moved: dict[str, str] | None = None,
    relabel: bool = False,
) -> AssetVersion:
    """Under the lock of the project's labels: publish, move labels that only change their name, queue the rest."""
    actor = allowed(who, "curation.manage", project)
    with named_lock(f"stratify:{project.pk}"), transaction.atomic():
        held = _held(project)
        about = {name: held.version.body[name] for name in CARRIED if name in held.version.body}
        version = publish_taxonomy(
            project, change(held), actor, person=person_of(who), note=note, about=about
        )
        for name, new in (moved or {}).items():
            move_labels(project, name, new, version, person_of(who))
        if relabel:
            enqueue_relabel(version)
    return version


def enqueue_relabel(version: AssetVersion) -> None:
    """Give every label that no person gave anew, in the background; a run for an earlier version is no run for this one."""
    enqueue(
        kind=RELABEL,
        project_id=version.project_id,
        payload={"project": str(version.project_id)},
        dedupe_key=f"{version.project_id}:{version.number}",
    )


def move_labels(project: Project, name: str, new: str, version: AssetVersion, person: User | None) -> int:
    """What carries a name carries the new one: a revision for each labelled version, and the projection; how many.

    A label a person gave stays a person's: the one who renamed it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_labelrevision (project_id, version_id, axis, number, value, confidence, source, author_id, evidence)
            SELECT %(project)s, l.version_id, 'domain', l.number + 1, %(new)s, l.confidence, %(source)s,
                   CASE WHEN l.author_id IS NULL THEN NULL ELSE coalesce(%(person)s, l.author_id) END,
                   jsonb_build_object('renamed_from', %(name)s::text)
            FROM (SELECT DISTINCT ON (version_id) version_id, number, value, confidence, author_id
                  FROM curation_labelrevision WHERE project_id = %(project)s AND axis = 'domain'
                    AND version_id IN (SELECT version_id FROM curation_curationstate
                                       WHERE project_id = %(project)s AND domain = %(name)s)
                  ORDER BY version_id, number DESC) l
            WHERE l.value = %(name)s
            ON CONFLICT (version_id, axis, number) DO NOTHING
            """,
            {"project": project.pk, "name": name, "new": new, "source": f"taxonomy v{version.number}",
             "person": person.pk if person else None},
        )  # fmt: skip
        cursor.execute(
            "UPDATE curation_curationstate SET domain = %s, updated_at = now() WHERE project_id = %s AND domain = %s",
            [new, project.pk, name],
        )
        return int(cursor.rowcount)


def _held(project: Project) -> _Held:
    version = taxonomy_version(project)
    if version is None:
        raise Refused(
            "no_taxonomy",
            _("No domains were found yet."),
            hint=_(
                "They are found once there are enough conversations; or the extra `embed` is not installed."
            ),
        )
    return _Held(version, Taxonomy.from_data(version.body))


def _require_known(held: _Held, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in held.taxonomy.domains]
    if unknown or not names:
        raise Refused(
            "unknown_domain", _("There is no domain %(name)s.") % {"name": ", ".join(unknown) or "–"}
        )


def _named(name: str) -> str:
    """One spelling of a name; refuses the ones that mean something else."""
    clean = " ".join(name.replace("\0", "").split())
    if not clean or len(clean) > LONGEST_NAME or clean in RESERVED or "×" in clean:
        raise Refused(
            "bad_name",
            _("A domain's name has 1 to %(most)d characters, no × and is none of %(taken)s.")
            % {"most": LONGEST_NAME, "taken": ", ".join(sorted(RESERVED))},
        )
    return clean
