"""Secrets that have a shape: keys and tokens of the common vendors, headers, URLs, assignments.

Prefixes are those the vendors document (or that GitHub's secret scanning lists) as of November 2026.
"""

from __future__ import annotations

from typing import Any

_BEFORE = r"(?<![0-9A-Za-z_\-])"
_BEFORE_LOOSE = r"(?<![0-9A-Za-z])"
_WORD, _DASHED = "[A-Za-z0-9]", r"[A-Za-z0-9_\-]"
_HEX = "[0-9a-fA-F]"

# id, prefix, characters, shortest, longest (0: open), check
VENDORS: list[tuple[str, str, str, int, int, str]] = [
    ("openai_key", r"sk-(?:proj-|svcacct-|admin-|ant-|or-v1-|lf-)?", _DASHED, 20, 0, "mixed"),
    ("langfuse_public_key", "pk-lf-", _DASHED, 20, 0, "mixed"),
    ("stripe_key", "(?:[sr]k|pk|whsec)_(?:live_|test_)?", _WORD, 16, 0, "mixed"),
    ("aws_key", "(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)", "[A-Z0-9]", 16, 16, ""),
    ("github_token", "gh[pousr]_", _WORD, 30, 0, ""),
    ("github_fine_token", "github_pat_", "[A-Za-z0-9_]", 22, 0, ""),
    ("gitlab_token", "gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|oas)-", _DASHED, 20, 0, ""),
    ("slack_token", r"(?:xox[abceoprs]|xapp)-", r"[A-Za-z0-9\-]", 10, 0, "mixed"),
    ("google_key", "AIza", _DASHED, 35, 35, ""),
    ("google_oauth", r"(?:ya29\.|GOCSPX-|1//0)", _DASHED, 20, 0, "mixed"),
    ("huggingface_token", "(?:hf|api_org)_", _WORD, 20, 0, "mixed"),
    ("npm_token", "npm_", _WORD, 30, 0, "mixed"),
    ("pypi_token", "pypi-", _DASHED, 30, 0, "mixed"),
    ("rubygems_token", "rubygems_", _HEX, 40, 0, ""),
    ("docker_token", "dckr_(?:pat|oat)_", _DASHED, 20, 0, ""),
    ("xai_key", "xai-", _WORD, 20, 0, "mixed"),
    ("groq_key", "gsk_", _WORD, 20, 0, "mixed"),
    ("perplexity_key", "pplx-", _WORD, 20, 0, "mixed"),
    ("replicate_key", "r8_", _WORD, 30, 0, "mixed"),
    ("fireworks_key", "fw_", _WORD, 20, 0, "mixed"),
    ("pinecone_key", "pcsk_", "[A-Za-z0-9_]", 30, 0, "mixed"),
    ("langsmith_key", r"ls(?:v2_)?(?:pt|sk)_", "[A-Za-z0-9_]", 30, 0, "mixed"),
    ("sendgrid_key", r"SG\.[A-Za-z0-9_\-]{16,}\.", _DASHED, 16, 0, ""),
    ("twilio_key", "SK", "[0-9a-f]", 32, 32, "mixed"),
    ("mailgun_key", "key-", "[0-9a-f]", 32, 32, "mixed"),
    ("brevo_key", "xkeysib-", r"[A-Za-z0-9\-]", 40, 0, ""),
    ("telegram_token", "[0-9]{8,10}:", _DASHED, 35, 35, "mixed"),
    ("discord_token", r"[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.", _DASHED, 27, 0, ""),
    ("databricks_token", "dapi", "[0-9a-f]", 32, 0, ""),
    ("digitalocean_token", "do[opr]_v1_", "[a-f0-9]", 40, 0, ""),
    ("shopify_token", "shp(?:at|ca|pa|ss|tka)_", _HEX, 20, 0, ""),
    ("square_token", r"(?:sq0(?:atp|csp|idp)-|EAAA)", _DASHED, 22, 0, "mixed"),
    ("heroku_key", "HRKU-", _DASHED, 30, 0, "mixed"),
    ("new_relic_key", "NR(?:AK|JS|II|BR|RA)-", _DASHED, 19, 0, "mixed"),
    ("grafana_token", "gl(?:c|sa)_", "[A-Za-z0-9+/=_]", 32, 0, "mixed"),
    ("supabase_key", "(?:sbp_|sb_(?:secret|publishable)_)", _DASHED, 20, 0, "mixed"),
    ("vercel_token", "vc[pikra]_", _DASHED, 20, 0, "mixed"),
    ("linear_key", "lin_(?:api|oauth)_", _WORD, 32, 0, ""),
    ("notion_token", "(?:ntn|secret)_", _WORD, 40, 0, "mixed"),
    ("figma_token", "fig[duo]_", _DASHED, 30, 0, "mixed"),
    ("postman_key", "PMAK-", r"[0-9a-f\-]", 30, 0, "mixed"),
    ("doppler_token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"[A-Za-z0-9_.\-]", 30, 0, ""),
    ("vault_token", r"hv[sbr]\.", _DASHED, 24, 0, "mixed"),
    ("terraform_token", r"[A-Za-z0-9]{14}\.atlasv1\.", _DASHED, 40, 0, ""),
    ("atlassian_token", "(?:ATATT3|ATCTT3|ATBB)", r"[A-Za-z0-9_\-=]", 24, 0, "mixed"),
    ("sentry_token", "sntry[su]_", r"[A-Za-z0-9+/=_\-]", 30, 0, ""),
    ("tailscale_key", r"tskey-[a-z]{3,10}-", _DASHED, 16, 0, "mixed"),
    ("pulumi_token", "pul-", "[0-9a-f]", 40, 0, "mixed"),
    ("airtable_token", r"pat[A-Za-z0-9]{14}\.", "[0-9a-f]", 64, 64, ""),
    ("dropbox_token", r"sl\.(?:u\.)?", _DASHED, 60, 0, "mixed"),
    ("mailchimp_key", r"[0-9a-f]{32}-us", "[0-9]", 1, 2, ""),
    ("plaid_token", "(?:access|public)-(?:sandbox|development|production)-", r"[0-9a-f\-]", 30, 0, "mixed"),
    ("onepassword_token", "ops_eyJ", _DASHED, 40, 0, ""),
    ("age_key", "AGE-SECRET-KEY-1", "[0-9A-Z]", 40, 0, ""),
    ("winnow_token", "wnw_", _DASHED, 20, 0, "mixed"),
]  # fmt: skip


# Where a prefix begins with a long run, the screen goes by what stands behind it: runs are dear to screen for.
SCREENS = {
    "terraform_token": r"\.atlasv1\.",
    "telegram_token": r"[0-9]:[A-Za-z0-9_\-]{30}",
    "discord_token": r"\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{20}",
    "sendgrid_key": r"SG\.[A-Za-z0-9_\-]",
    "mailchimp_key": "[0-9a-f]-us[0-9]",
    "airtable_token": r"\.[0-9a-f]{20}",
}


def _vendor(name: str, prefix: str, characters: str, least: int, most: int, check: str) -> dict[str, Any]:
    before = _BEFORE if name in {"openai_key", "stripe_key"} else _BEFORE_LOOSE
    after = rf"(?!{characters})" if most else ""
    return {
        "id": name,
        "kind": "secret",
        "pattern": f"{before}{prefix}{characters}{{{least},{most or ''}}}{after}",
        "screen": (SCREENS.get(name) or f"{prefix}{characters}{{{min(least, 8)}}}",),
        "check": check,
    }


_NAMES = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|api[_\-]?key|account[_\-]?key|access[_\-]?key|app(?:lication)?[_\-]?key"
    r"|access[_\-]?token|auth[_\-]?token|refresh[_\-]?token|api[_\-]?token|bot[_\-]?token|signing[_\-]?key|encryption[_\-]?key)"
)
_SCREEN_GAP = r"(?:[\s\"'\\_\-\]\x80-\xff]|\\+[nrtf]|\\+u[0-9a-fA-F]{4})*"
_QUERY_NAMES = (
    r"(?:access_token|refresh_token|id_token|auth_token|auth|token|api[_\-]?key|apikey|key|sig|signature|secret"
    r"|client_secret|password|passwd|pwd|pass|code|jwt|session(?:id)?|sid|x-amz-(?:signature|credential|security-token)"
    r"|x-goog-(?:signature|credential)|awsaccesskeyid|hapikey|subscription-key)"
)

SECRET_RULES: list[dict[str, Any]] = [
    {
        "id": "private_key",
        "kind": "secret",
        "pattern": r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:.{0,16000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\s\\]*)",
        "screen": ("-----BEGIN [A-Z0-9 ]*PRIVATE KEY",),
    },
    {
        "id": "url_credentials",
        "kind": "url_credentials",
        "pattern": r"://([^\s/?#@\[\]\"'<>\\]{0,256}(?::|%3[aA])[^\s/?#\"'<>\\]{1,256})@",
        "screen": (r"://[^\s\x2f?#\"<>]+@",),
        "group": 1,
    },
    {
        "id": "curl_user",
        "kind": "url_credentials",
        "pattern": r"(?<![0-9A-Za-z])curl\b[^|;]{0,400}?\s(?:-u[ ]{0,3}|--(?:proxy-)?user[ =]{1,3})"
        r"\\?[\"']?([^\s:\"'\\$<{]{1,128}:[^\s:\"'\\$<{][^\s\"'\\]{0,255})",
        "screen": (r"curl[^|;]*-u",),
        "group": 1,
    },
    {
        "id": "jwt",
        "kind": "secret",
        "pattern": r"(?<![0-9A-Za-z_\-])eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]+)?",
        "screen": (r"eyJ[A-Za-z0-9_\-]{8}",),
    },
    *(_vendor(*row) for row in VENDORS),
    {
        "id": "slack_webhook",
        "kind": "secret",
        "pattern": r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/]{20,})",
        "screen": (r"hooks\.slack\.com/",),
        "group": 1,
    },
    {
        "id": "discord_webhook",
        "kind": "secret",
        "pattern": r"discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/([0-9]{15,22}/[A-Za-z0-9_\-]{20,})",
        "screen": (r"webhooks/[0-9]{15}",),
        "group": 1,
    },
    {
        "id": "azure_key",
        "kind": "secret",
        "pattern": r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])",
        "screen": ("[A-Za-z0-9+/]{3}==›",),
        "check": "mixed",
    },
    {
        "id": "aws_secret",
        "kind": "secret",
        "pattern": r"(?i)(?:aws|amazon|secret.{0,4}access).{0,30}?(?:key|secret|token).{0,12}?"
        r"(?<![A-Za-z0-9/+=])([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        "screen": ("(?is)(?:aws|amazon|secret.*access).*(?:key|secret|token).*[A-Za-z0-9+/]{20}",),
        "check": "random_looking",
        "group": 1,
    },
    {
        "id": "bearer",
        "kind": "secret",
        "pattern": r"(?<![A-Za-z])[Bb](?i:earer)\s+([A-Za-z0-9_\-.=+/~]{16,})",
        "screen": (r"(?i)bearer[\x00-\x20\x80-\xff\\]",),
        "check": "mixed",
        "group": 1,
    },
    {
        "id": "basic_auth",
        "kind": "secret",
        "pattern": r"(?<![A-Za-z])(?i:basic)[ ]{1,3}([A-Za-z0-9+/]{8,}={0,2})(?![A-Za-z0-9+/=])",
        "screen": (r"(?i)basic +[A-Za-z0-9+/]{8}",),
        "check": "basic_auth",
        "group": 1,
    },
    {
        "id": "authorization_header",
        "kind": "secret",
        "pattern": r"(?i)(?<![A-Za-z])authorization\\?[\"']?\]?\s{0,3}[:=]\s{0,3}\\?[\"']?(?:[A-Za-z][A-Za-z0-9\-]{1,24}\s{1,3})?"
        r"([A-Za-z0-9_\-.=+/~:]{10,})(?![A-Za-z0-9_(\[])",
        "screen": (rf"(?i)authorization{_SCREEN_GAP}(?:=|:|\xef\xbc[\x9a\x9d])",),
        "check": "random_looking",
        "group": 1,
    },
    {
        "id": "query_secret",
        "kind": "secret",
        "pattern": rf"(?i)(?:[?&;]|%(?:3f|26|3b)){_QUERY_NAMES}(?:=|%3d)((?:(?!%26)[^&\s\"'<>#\\]){{6,}})",
        "screen": (rf"(?i)(?:[?&;]|\\u0026|%(?:3f|26|3b)){_QUERY_NAMES}(?:=|%3d)",),
        "check": "random_looking",
        "group": 1,
    },
    {
        "id": "cookie",
        "kind": "secret",
        "pattern": r"(?i)(?<![A-Za-z])(?:set-)?cookie:[ ]{0,2}([A-Za-z0-9_.\-]{1,64}=[^\s\"'<>]{4,}"
        r"(?:;[ ]?[A-Za-z0-9_.\-]{1,64}=[^\s\"'<>;]+)*)",
        "screen": (r"(?i)cookie: *[A-Za-z0-9_.\-]+=",),
        "group": 1,
    },
    {
        "id": "assigned_secret",
        "kind": "secret",
        "pattern": rf"(?i){_NAMES}"
        r"\\?[\"']?\]?\s{0,3}(?:=|:|=>)\s{0,3}\\?[\"']?([A-Za-z0-9_\-+/=!#$%^&*~]{10,})(?![A-Za-z0-9_(.\[])",
        "screen": (rf"(?i){_NAMES}{_SCREEN_GAP}(?:=|:|\xef\xbc[\x9a\x9d])",),
        "check": "random_looking",
        "group": 1,
    },
]
