"""All sections of the file, in its order."""

from ..models import AnnotatorProfile
from .of_account import of_account
from .of_argilla import of_argilla
from .of_judging import of_judging
from .of_leading import of_leading
from .section import Section


def sections(profile: AnnotatorProfile) -> list[Section]:
    """Every table that says something about this person here."""
    return [*of_judging(profile), *of_argilla(profile), *of_leading(profile), *of_account(profile)]
