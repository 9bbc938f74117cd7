"""Everything recorded about one annotator, as that person may read it: nobody else's, and not which items were gold.

Whether an answer took a slot is left unsaid, and so are the groups it was counted for and the preference that follows
from a fix by itself: they would tell gold from work. So would the exact numbers of a quality report, which move with
every answer that counts; of those the file says which checks named the person, and when.
"""

from .file import as_json, person_of
from .sections import sections

__all__ = ["as_json", "person_of", "sections"]
