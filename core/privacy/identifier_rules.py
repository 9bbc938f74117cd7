"""Identifiers of people: e-mail, phone, card, account, network addresses, and national numbers by check digits and words.

Numbers whose check digits are strong (a chance of 1 in 90 or less for random digits in that layout) stand by themselves; the
others need a word such as "passport" beside them. Check digits are python-stdnum's.
"""

from __future__ import annotations

from typing import Any

from core.privacy.screens import DASH, DIGITS

_LEFT, _RIGHT = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_IBAN_COUNTRIES = (
    "(?:A[DELTZ]|B[AEGHIRY]|C[HRYZ]|D[EJKO]|E[EGS]|F[IKOR]|G[BEILRT]|H[NRU]|I[ELQST]|JO|K[WZ]|L[BCITUVY]|M[CDEKNRTU]|N[ILO]"
    "|OM|P[KLST]|QA|R[OSU]|S[ACDEIKMOTV]|T[LNR]|U[AZ]|V[AG]|XK|YE)"
)
_PHONE = (
    r"(?=[+( 0-9])(?<![0-9A-Za-z_+\-/$€£#])(?<![0-9][.,])(?:\+|00)?(?:[ ]?\([0-9]{1,5}\))?[ ]?[0-9]{1,15}"
    r"(?:(?:[ .\-/]{1,2}(?:\([0-9]{1,5}\)[ ]?)?|\([0-9]{1,5}\)[ ]?)[0-9]{1,12}){0,6}"
    r"(?:[ ]?(?:x|ext\.?)[ ]?[0-9]{1,6})?(?![0-9A-Za-z_%]|[.,:/\-][0-9])"
)
_LINE = r"(?:[ \-]|[ ]?\r?\n[ ]?)"
_CARD_SCREEN = (
    "‹(?:[3-6][0-9]{11,18}|(?:2131|1800|2[2-7][0-9]{2})[0-9]{11,12}"
    "|(?:[3-6][0-9]{3}|2131|1800|2[2-7][0-9]{2})␣(?:[0-9]{4}␣[0-9]{4}␣[0-9]{1,7}|[0-9]{6}␣[0-9]{4,5}))›"
)
_PHONE_SCREEN = (
    r"\+␣*[0-9](?:␣*[0-9]){7}"
    r"|[2-9][0-9]{2}␣{1,2}[0-9]{3}␣?[0-9]{4}"
    rf"|‹0(?:(?:[0-9]|[/()]|{DASH})(?:␣*[0-9]){{7}}|\.␣?[0-9]{{1,12}}␣+[0-9])"
    r"|\(␣*[0-9](?:␣*[0-9]){8}"
    r"|\xef\xbc\x88␣*[0-9](?:␣*[0-9]){8}"
    r"|\\uff08␣*[0-9](?:␣*[0-9]){8}"
)
_SOME_SIGNS = r"(?:[\x00-\x2f\x3a-\x7f]|[\xc0-\xff][\x80-\xbf]*|\\u[0-9a-fA-F]{4}){0,26}"
_SEVEN_DIGITS = "[0-9](?:␣*[0-9]){6}"
_ANNOUNCED_SCREEN = (
    r"(?i)(?:phone|tel|mobile|cell|fax|desk|office|answering at|whatsapp|sms|messages to|number|contact|telefon|fono|handy"
    r"|vil|(?:call|calling|reach|reached|text)(?: (?:me|us|him|her|them|back))?(?: (?:on|at))?|number is)"
    rf"(?:[^0-9A-Za-z_][\x80-\xbf]*|\\u[0-9a-fA-F]{{4}}){_SOME_SIGNS}{_SEVEN_DIGITS}"
    rf"|(?i){_SEVEN_DIGITS}[0-9]*(?: ?(?:x|ext\.?) ?[0-9]{{1,6}})?(?:[ \-]|\\+[nrt]|[\x00-\x20\x80-\xff]|\\u[0-9a-f]{{4}})*"
    r"(?:fax|office|mobile|cell|home|work)"
)

IDENTIFIER_RULES: list[dict[str, Any]] = [
    {
        "id": "iban",
        "kind": "iban",
        "pattern": rf"(?i){_LEFT}{_IBAN_COUNTRIES}[0-9]{{2}}(?:[A-Za-z0-9]{{11,30}}|(?:[ \-][A-Za-z0-9]{{4}}){{2,7}}"
        rf"(?:[ \-][A-Za-z0-9]{{1,4}})?){_RIGHT}",
        "screen": (
            rf"(?i)‹{_IBAN_COUNTRIES}[0-9]{{2}}(?:[A-Za-z0-9]{{11}}|(?:{DASH}[A-Za-z0-9]{{4}}){{2}})",
        ),
        "check": "iban",
        "near_digits": True,
    },
    {
        "id": "card",
        "kind": "card",
        "pattern": r"[0-9](?<![0-9A-Za-z].)(?<![0-9][.,].)(?<![0-9A-Fa-f]{4}-.)"
        r"(?:[0-9]{11,18}|[0-9]{3}([ \-.])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}|[0-9]{3}([ \-.])[0-9]{6}\2[0-9]{4,5})"
        r"(?![0-9A-Za-z])(?!\.[0-9])",
        "screen": (_CARD_SCREEN, DIGITS),
        "check": "card",
        "near_digits": True,
    },
    {
        "id": "card_lines",
        "kind": "card",
        "pattern": rf"(?<![0-9A-Za-z])(?<![0-9][.,])(?<![0-9]\n)(?<![0-9]\r\n)[0-9]{{4}}"
        rf"(?:(?:{_LINE}[0-9]{{4}}){{2}}{_LINE}[0-9]{{1,7}}|{_LINE}[0-9]{{6}}{_LINE}[0-9]{{4,5}})(?![0-9A-Za-z])(?!\.[0-9]|\r?\n[0-9])",
        "screen": (r"[0-9]␣*(?:[\r\n]|\\+(?:[nr]|u000[aAdD]))+␣*[0-9]",),
        "check": "card",
        "near_digits": True,
    },
    {
        "id": "email",
        "kind": "email",
        "pattern": r"(?<![\w.+\-])[\w.+\-]{0,63}[\w+\-](?:@|%40|&#0{0,4}64;|&#[xX]0{0,4}40;|&commat;)"
        r"(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}"
        r"(?![\w@])",
        "screen": (
            r"(?:@|%40|(?:&|\\u0026)(?:#0*64|#[xX]0*40|commat);)(?:[0-9A-Za-z\x80-\xff]|\\+u)(?:[0-9A-Za-z_\-\x80-\xff]|\\+u[0-9a-fA-F]{4})*\.(?:[A-Za-z\x80-\xff]|\\+u|[0-9])",
        ),
        "check": "email",
    },
    {
        "id": "us_ssn",
        "kind": "us_ssn",
        "pattern": r"(?<![0-9A-Za-z\-])(?!000|666|9)[0-9]{3}([\- ])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?![0-9A-Za-z\-])",
        "screen": (rf"‹[0-8][0-9]{{2}}{DASH}[0-9]{{2}}{DASH}[0-9]{{4}}›", DIGITS),
        "near_digits": True,
    },
    {
        "id": "ipv4",
        "kind": "ip",
        "pattern": r"(?<![0-9A-Za-z.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}"
        r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9A-Za-z]|\.[0-9])",
        "screen": (r"‹[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}›",),
        "check": "ip",
        "near_digits": True,
    },
    {
        "id": "ipv6",
        "kind": "ip",
        "pattern": r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{1,4}:{1,2}){2,7}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z:])",
        "screen": (r"‹(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:)*[0-9A-Fa-f]{1,4}::[0-9A-Fa-f])",),
        "check": "ip",
    },
    {
        "id": "mac",
        "kind": "mac",
        "pattern": r"(?<![0-9A-Za-z:\-])(?:[0-9A-Fa-f]{2}([:\-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z:\-])",
        "screen": (r"‹[0-9A-Fa-f]{2}[:\-](?:[0-9A-Fa-f]{2}[:\-]){4}[0-9A-Fa-f]{2}›",),
        "check": "mixed",
    },
]  # fmt: skip

PHONE_RULES: list[dict[str, Any]] = [
    {
        "id": "phone",
        "kind": "phone",
        "pattern": _PHONE,
        "screen": (_PHONE_SCREEN, DIGITS),
        "check": "phone_shape",
        "near_digits": True,
    },
    {
        "id": "phone_announced",
        "kind": "phone",
        "pattern": _PHONE,
        "screen": (_ANNOUNCED_SCREEN, DIGITS),
        "check": "phone",
        "near_digits": True,
    },
]
