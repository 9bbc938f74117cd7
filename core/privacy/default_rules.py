"""The shipped rule set `structured@1`: identifiers and secrets that have a shape. Names and addresses are not in it."""

from __future__ import annotations

from typing import Any

DEFAULT_NAME = "structured"
DEFAULT_VERSION = 1

DEFAULT_SENSITIVE_KEYS = (
    r"(?i)(?:^|[._\-])(?:pass(?:word|wd|phrase)|pwd|(?:client[_-]?|shared[_-]?)?secret(?:[_-]?key)?|x?[_-]?api[_-]?key"
    r"|(?:access|refresh|auth|id|session|bearer)[_-]?token|authorization|private[_-]?key|set-cookie|cookie)$"
)

_NOT_IN_WORD = r"(?<![0-9A-Za-z_\-])"

DEFAULT_RULES: list[dict[str, Any]] = [
    {
        "id": "private_key",
        "kind": "secret",
        "pattern": r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:.{0,16000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\s\\]*)",
        "anchors": ("PRIVATE KEY",),
    },
    {
        "id": "url_credentials",
        "kind": "url_credentials",
        "pattern": r"://([^\s/?#@\[\]\"'<>\\]{1,256}(?::|%3[aA])[^\s/?#@\"'<>\\]{1,256})@",
        "anchors": ("://",),
        "group": 1,
    },
    {
        "id": "jwt",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z_\-])eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]+)?",
        "anchors": ("eyJ",),
    },
    {
        "id": "openai_key",
        "kind": "secret",
        "pattern": _NOT_IN_WORD + r"sk-(?:proj-|svcacct-|admin-|ant-|or-v1-|lf-)?[A-Za-z0-9_\-]{20,}",
        "anchors": ("sk-",),
        "check": "mixed",
    },
    {
        "id": "stripe_key",
        "kind": "secret",
        "pattern": _NOT_IN_WORD + r"(?:[sr]k|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}",
        "anchors": ("sk_", "rk_", "pk_", "whsec_"),
        "check": "mixed",
    },
    {
        "id": "aws_key",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z])(?:AKIA|ASIA|AROA|AIDA)[A-Z2-7][A-Z0-9]{15}(?![0-9A-Za-z])",
        "anchors": ("AKIA", "ASIA", "AROA", "AIDA"),
    },
    {
        "id": "github_token",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})",
        "anchors": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    },
    {
        "id": "slack_token",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z])xox[abeoprs]-[A-Za-z0-9\-]{10,}|hooks\.slack\.com/services/[A-Za-z0-9/]{20,}",
        "anchors": ("xox", "hooks.slack.com"),
    },
    {
        "id": "google_key",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z])(?:AIza[A-Za-z0-9_\-]{35}|ya29\.[A-Za-z0-9_\-]{20,}|GOCSPX-[A-Za-z0-9_\-]{20,})",
        "anchors": ("AIza", "ya29.", "GOCSPX-"),
    },
    {
        "id": "vendor_token",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z])(?:hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|glpat-[A-Za-z0-9_\-]{20,}"
        r"|xai-[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_\-]{30,}|SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}"
        r"|dop_v1_[a-f0-9]{40,}|shpat_[a-fA-F0-9]{20,})",
        "anchors": ("hf_", "npm_", "glpat-", "xai-", "gsk_", "pypi-", "SG.", "dop_v1_", "shpat_"),
        "check": "mixed",
    },
    {
        "id": "bearer",
        "kind": "secret",
        "pattern": r"(?<![A-Za-z])[Bb]earer\s+([A-Za-z0-9_\-.=+/~]{16,})",
        "anchors": ("earer ",),
        "check": "mixed",
        "group": 1,
    },
    {
        "id": "assigned_secret",
        "kind": "secret",
        "pattern": r"(?i)(?:password|passwd|pwd|secret|api[_\-]?key|access[_\-]?key|access[_\-]?token|auth[_\-]?token)"
        r"\\?[\"']?\s{0,3}(?:=|:|=>)\s{0,3}\\?[\"']?([A-Za-z0-9_\-+/=!#$%^&*~]{10,})(?![A-Za-z0-9_(.\[])",
        "anchors": (
            "assword",
            "ASSWORD",
            "asswd",
            "ASSWD",
            "pwd",
            "PWD",
            "ecret",
            "ECRET",
            "pi_key",
            "pi-key",
            "pikey",
            "piKey",
            "PI_KEY",
            "PI-KEY",
            "PIKEY",
            "ccess_key",
            "ccess-key",
            "ccessKey",
            "CCESS_KEY",
            "oken",
            "OKEN",
        ),
        "check": "random_looking",
        "group": 1,
    },
    {
        "id": "iban",
        "kind": "iban",
        "pattern": r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11,30}|(?:[ \-][A-Za-z0-9]{4}){2,7}(?:[ \-][A-Za-z0-9]{1,4})?)"
        r"(?![0-9A-Za-z])",
        "check": "iban",
        "near_digits": True,
    },
    {
        "id": "card",
        "kind": "card",
        "pattern": r"(?<![0-9A-Za-z])(?<![0-9][.,])(?<![0-9A-Fa-f]{4}-)(?:[0-9]{12,19}|[0-9]{4}([ \-.])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}"
        r"|[0-9]{4}([ \-.])[0-9]{6}\2[0-9]{4,5})(?![0-9A-Za-z])(?!\.[0-9])",
        "check": "card",
        "near_digits": True,
    },
    {
        "id": "email",
        "kind": "email",
        "pattern": r"(?<![\w.+\-])[\w.+\-]{0,63}[\w+\-](?:@|%40)(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}"
        r"(?![\w@])",
        "anchors": ("@", "%40"),
        "check": "email",
    },
    {
        "id": "us_ssn",
        "kind": "us_ssn",
        "pattern": r"(?<![0-9A-Za-z\-])(?!000|666|9)[0-9]{3}([\- ])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?![0-9A-Za-z\-])",
        "near_digits": True,
    },
    {
        "id": "ipv4",
        "kind": "ip",
        "pattern": r"(?<![0-9A-Za-z.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}"
        r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9A-Za-z]|\.[0-9])",
        "check": "ip",
        "near_digits": True,
    },
    {
        "id": "ipv6",
        "kind": "ip",
        "pattern": r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{1,4}:{1,2}){2,7}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z:])",
        "gate": r":[0-9A-Fa-f]{0,4}:",
        "check": "ip",
    },
    {
        "id": "phone",
        "kind": "phone",
        "pattern": r"(?<![0-9A-Za-z_+\-/$€£#])(?<![0-9][.,])(?:\+|00)?(?:[ ]?\([0-9]{1,5}\))?[ ]?[0-9]{1,15}"
        r"(?:(?:[ .\-/]{1,2}(?:\([0-9]{1,5}\)[ ]?)?|\([0-9]{1,5}\)[ ]?)[0-9]{1,12}){0,6}"
        r"(?:[ ]?(?:x|ext\.?)[ ]?[0-9]{1,6})?(?![0-9A-Za-z_%]|[.,:/\-][0-9])",
        "check": "phone",
        "near_digits": True,
    },
]
