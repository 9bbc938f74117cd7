"""What screens are written in, and the places of a text that one of them finds.

A screen is a pattern that matches wherever its rule matches, in a text and in any serialised form of it: canonical JSON, JSON
inside JSON strings, protobuf. It is written for bytes and for re2 (no lookaround), and uses these tokens:

    ‹ ›   edges of a word: no letter or digit beside it
    «     the edge before a letter, where a backslash is half of an escape
    ␣     one separator: space, dash, dot, slash, bracket, exotic or escaped ones too     ␣*  any number of them

Characters that JSON may escape (quotes, backslash, control, non-ASCII) must not stand in a screen except inside a class that
also takes a backslash; a slash is widened by `raw`. Any other escaped printable character is suspicious in itself (ESCAPED).
"""

from __future__ import annotations

import re

import re2  # type: ignore[import-untyped]

MEMORY = 256 << 20
SEPARATOR = (
    r"(?:[ .\-/()\\]|\xe2\x80[\x87\x90-\x95\xaf]|\xe2\x88\x92|\xc2\xa0|\xef\xbc[\x88\x89\x8f]"
    r"|\\u(?:201[0-5]|2212|00[aA]0|2007|202[fF]|[fF]{2}0[89fF]))"
)
EDGE_BEFORE = r"(?:^|[^0-9A-Za-z]|\\[nrtbf]|\\u[0-9A-Fa-f]{4})"
WORD_EDGE = r"(?:^|[^0-9A-Za-z\\]|\\\\|\\[nrtbf]|\\u[0-9A-Fa-f]{4})"
EDGE_AFTER = r"(?:$|[^0-9A-Za-z])"
ESCAPED = r"\\u00(?:2[013-589a-fA-F]|3[0-9abdfABDF]|[4-7][0-9a-fA-F])"
FOLDED = (
    r"\xef\xbc[\x85\x8b\x8d\x8e\x90-\x99\x9d\xa0-\xbf]|\xef\xbd[\x81-\x9a]|\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0\xa5[\xa6-\xaf]"
    r"|\\u(?:[fF]{2}(?:05|0[bBdDeE]|1[0-9dD]|[23][0-9a-fA-F]|4[1-9a-fA-F]|5[0-9aA])|06[67]|06[fF]|096[6-9a-fA-F])"
)
UNSEEN = (
    r"\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad"
    r"|\\u(?:200[b-dB-D]|2060|[fF][eE][fF]{2}|00[aA][dD])"
)
DASH = (
    r"(?:[ \-]|\xe2\x80[\x87\x90-\x95\xaf]|\xe2\x88\x92|\xc2\xa0|\\u(?:201[0-5]|2212|00[aA]0|2007|202[fF]))"
)
DIGITS = "[0-9](?:␣*[0-9]){5}"
NUMBER = rf"(?:^|[^0-9.,]|[^0-9][.,]|\\u[0-9A-Fa-f]{{4}}[.,])[0-9](?:{DASH}*[0-9]){{5}}"
GATES = (DIGITS, NUMBER)
DATA_URL = r"(?i)(?:text|json|xml|x-www-form-urlencoded)[^,\s]*;base64,"
BASE64 = "(?:[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589](?:[A-Za-z0-9+_\\-]|/)){3}"
"""Nine ASCII characters in a row, encoded: their high bits are zero, so a third of all letters may stand where."""
TOKENS = r"(?:token_)?logprob"
CARD_INTEGER = "‹(?:[3-6][0-9]{11,18}|(?:2131|1800|2[2-7][0-9]{2})[0-9]{11,12})›"
CARD_DOUBLE = r"[1-6]\.[0-9]+[eE]\+?1[0-9]"
DIGIT_RUN = "[0-9](?:[0-9]|␣){5,}[0-9]"
EVERYTHING = ""
_UNSAFE = re.compile(r"[^ !#-%(-.0-;=?-\[\]-~]+")
_LONGEST_KEY_HEAD = r"(?i)(?:^|[._\-])"
_HUMP = r"(?-i:(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]))"


class ScreenRefused(ValueError):
    """A screen that re2 cannot use, with the reason."""


def raw(pattern: str) -> bytes:
    """The pattern re2 gets: tokens spelled out, slashes as JSON may write them, everything else as it stands."""
    wide = pattern.replace("/", r"\\*/").replace("␣", SEPARATOR).replace("«", WORD_EDGE)
    return wide.replace("‹", EDGE_BEFORE).replace("›", EDGE_AFTER).encode("ascii")


def spelled(text: str) -> bytes:
    """A text as its screens see it: in UTF-8, backslashes doubled as in JSON, where a single one is half of an escape."""
    data = encoded(text)
    return data.replace(b"\\", b"\\\\") if b"\\" in data else data


def encoded(text: str) -> bytes:
    """UTF-8, lone surrogates too."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def literal(text: str) -> str:
    """The longest part of an anchor that stands unescaped in every serialised form; EVERYTHING when there is none."""
    parts = _UNSAFE.split(text)
    return re.escape(max(parts, key=len)) if any(parts) else EVERYTHING


def key_screen(sensitive: str) -> str:
    """Where a name of the sensitive keys could stand as a key; a pattern of another form cannot be screened."""
    if not (sensitive.startswith(_LONGEST_KEY_HEAD + "(?:") and sensitive.endswith(")$")):
        return EVERYTHING
    names = sensitive.removeprefix(_LONGEST_KEY_HEAD).removesuffix("$")
    return rf"(?i)(?:{names})(?:$|[\"\\])"


def key_pattern(sensitive: str) -> re.Pattern[str]:
    """The names of the sensitive keys, also where they begin at a capital inside a longer name: `newPassword`, `dbAPIKey`."""
    if sensitive.startswith(_LONGEST_KEY_HEAD + "(?:"):
        sensitive = rf"(?i)(?:^|[._\-]|{_HUMP})" + sensitive.removeprefix(_LONGEST_KEY_HEAD)
    return re.compile(sensitive, re.ASCII)


def compiled(pattern: str) -> re.Pattern[bytes]:
    """A single screen, to find the places where its rule is worth trying; raises ScreenRefused."""
    try:
        return re2.compile(raw(pattern), options())  # type: ignore[no-any-return]
    except re2.error as error:
        raise ScreenRefused(f"re2 cannot use this screen: {error}") from error


def windows(
    locator: re.Pattern[bytes] | None, text: str, data: bytes, before: int, reach: int
) -> list[tuple[int, int]]:
    """Stretches of the text around what a screen finds in its bytes, merged where they touch; all of it without a screen."""
    if locator is None:
        return [(0, len(text))]
    narrow = len(data) == len(text)
    found: list[tuple[int, int]] = []
    characters = counted = 0
    for match in locator.finditer(data):
        start, end = match.span()
        if not narrow:
            characters += len(data[counted:start].decode("utf-8", "ignore"))
            counted = start
            start, end = characters, characters + end - start
        low, high = max(0, start - before), min(len(text), end + reach)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def options() -> re2.Options:
    """Bytes as they are, and memory enough for an automaton of all screens."""
    made = re2.Options()
    made.max_mem = MEMORY
    made.encoding = re2.Options.Encoding.LATIN1
    made.log_errors = False
    return made
