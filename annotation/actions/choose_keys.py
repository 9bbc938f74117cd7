"""Change the keys one judges with."""

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.columns import Columns
from core.errors import Refused
from core.prepared import select

from ..models import KeyMap
from ..models.guidance import KEY_MODES
from ..shortcuts import EVERY, USUAL, Clash, Keys, checked_keys

KEYS = Columns(KeyMap, "k")
OWN: Final = f"SELECT {KEYS} FROM annotation_keymap k WHERE k.user_id = %(user)s"


def keys_of(who: User) -> Keys:
    """This person's keys, in every project."""
    found = select(OWN, {"user": who.pk})
    if not found:
        return USUAL
    held = KEYS.take(iter(found[0]))
    return Keys(held.mode, held.keys)


def choose_keys(*, who: User, mode: str, keys: Mapping[str, str]) -> Keys:
    """Keep mode and keys; acts that are not named get their usual key. Refused, naming the act, where two clash."""
    if mode not in KEY_MODES:
        raise Refused("mode_unknown", _("Keys are plain, with Alt, or off."), field="mode")
    try:
        chosen = checked_keys(keys)
    except Clash as clash:
        raise _refusal(clash) from clash
    with transaction.atomic():
        KeyMap.objects.update_or_create(
            user=who, defaults={"mode": mode, "keys": chosen, "changed_at": Now()}
        )
        audit.record(actor=who.actor, verb="annotation.choose_keys", subject=who, project_id=None)
    return Keys(mode, chosen)


def _refusal(clash: Clash) -> Refused:
    label = EVERY[clash.name].label
    if clash.other:
        said = _("%(key)s is taken: it already means “%(other)s”.")
        words = {"key": clash.key.upper(), "other": EVERY[clash.other].label}
    else:
        said = _(
            "%(key)s cannot be a key for “%(label)s”: it takes one letter, digit or sign other than “?”."
        )
        words = {"key": clash.key.upper(), "label": label}
    return Refused("key_taken", said % words, field=clash.name)
