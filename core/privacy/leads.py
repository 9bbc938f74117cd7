"""What the tagger reads before a value whose key says that it is somebody's name or address: the value alone is often too little.

The same for a value in a dict, in JSON in a string, and in an attribute list. Plain `name` is no such key: tools, models and
spans have names too, and a whole name is found without it.
"""

from __future__ import annotations

import re

_START = r"(?ai)(?:^|[^a-z]|(?-i:(?<=[a-z])(?=[A-Z])))"
_ENDS = r"(?:[_\-. ]?line)?[_\-. ]?[0-9]?$"
_SOMEBODY = "(?:customer|recipient|addressee|patient|passenger|travell?er|attendee|guest|assignee|cardholder|payee|employee|caller)"
_PART = "(?:first|last|full|given|family|middle|maiden|sur|nick|user|client|contact|sender|author|holder)"
_PLACE = "(?:shipping|billing|delivery|street|home|postal|mailing|work|office|customer|full)"
_LEADS = {
    "Name: ": rf"(?:{_PART}|{_SOMEBODY})[_\-. ]?names?$",
    "Customer: ": rf"{_SOMEBODY}s?$|account[_\-. ]?holders?$",
    "Address: ": rf"(?:ship|bill|deliver|send)[_\-. ]?to$|(?:{_PLACE}[_\-. ]?|(?<![_\- a-z]))address(?:es)?{_ENDS}|street{_ENDS}",
}
_MEANINGS = {lead: re.compile(f"{_START}(?:{keys})") for lead, keys in _LEADS.items()}


def lead_of(key: str) -> str:
    """The words before a value under this key; empty where the key says nothing of people or addresses."""
    return next((lead for lead, keys in _MEANINGS.items() if keys.search(key)), "")
