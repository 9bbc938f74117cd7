"""Signed webhooks after the Standard Webhooks specification (v1, HMAC-SHA256 over id, time and body). Pure."""

import base64
import binascii
import hmac
from collections.abc import Mapping

TOLERANCE = 300
"""Seconds a message's time may lie in the past or the future."""

PREFIX = "whsec_"
LEAST_KEY_BYTES = 24


class BadSignature(Exception):
    """The message was not signed with our secret, or not now; which of the two is nobody's business but the log's."""


def verified_id(body: bytes, headers: Mapping[str, str], *, secret: str, now: float) -> str:
    """The id of a message that was signed with `secret` within the tolerance; compares in constant time."""
    message, sent, signatures = (
        headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not message or not signatures:
        raise BadSignature("unsigned")
    if not sent.isascii() or not sent.isdigit() or len(sent) > 12 or abs(now - int(sent)) > TOLERANCE:
        raise BadSignature("stale")
    wanted = base64.b64encode(hmac.digest(_key(secret), f"{message}.{sent}.".encode() + body, "sha256"))
    given = [one.partition(",") for one in signatures.split(" ")]
    matches = [
        hmac.compare_digest(wanted, value.encode("utf-8", "replace"))
        for version, _, value in given
        if version == "v1"
    ]
    if not any(matches):
        raise BadSignature("wrong")
    return message


def _key(secret: str) -> bytes:
    """The secret's bytes; a short one, or none, signs nothing."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("unusable secret") from error
    if len(key) < LEAST_KEY_BYTES:
        raise BadSignature("unusable secret")
    return key
