"""The file itself: the person first, then every section, line by line."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from ..models import AnnotatorProfile
from .sections import sections

BATCH = 500


def person_of(profile: AnnotatorProfile) -> dict[str, Any]:
    """The person and the profile themselves."""
    user = profile.user
    assert user is not None
    return {
        "person": {
            "name": user.name,
            "email": user.email,
            "time_zone": user.time_zone,
            "account_since": user.created_at,
            "last_sign_in": user.last_login,
        },
        "profile": {
            "pseudonym": profile.pk,
            "team": profile.team,
            "languages": profile.languages,
            "expertise": profile.expertise,
            "expertise_claimed": profile.expertise_said,
            "decides_over_votes": profile.adjudicates,
            "warned_of_material": profile.sensitive_ok,
            "warned_of_material_per_day": profile.sensitive_per_day,
            "given_no_work_since": profile.deactivated_at,
            "since": profile.created_at,
        },
    }


def as_json(profile: AnnotatorProfile) -> Iterator[str]:
    """The whole of it as one JSON object, in pieces: a long history needs no more memory than a short one."""
    head = json.dumps(person_of(profile), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    yield head[: head.rindex("}")].rstrip()
    for section in sections(profile):
        yield f',\n "{section.name}": ['
        names = [name for name, _column in section.columns]
        rows = section.rows.order_by("pk").values_list(*(column for _name, column in section.columns))
        for n, row in enumerate(rows.iterator(chunk_size=BATCH)):
            said = dict(zip(names, row, strict=True))
            text = json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False)
            yield f"{',' if n else ''}\n  {text}"
        yield "]"
    yield "\n}\n"
