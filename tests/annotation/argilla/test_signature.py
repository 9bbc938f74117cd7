"""A message is heard if it was signed with our secret, now; anything else is not."""

import base64
from datetime import UTC, datetime

import pytest

from annotation.bridge.signature import TOLERANCE, BadSignature, verified_id

SECRET = base64.b64encode(b"s" * 64).decode()
BODY, NOW = b'{"type": "response.created"}', 1_796_000_000


def signed(
    body: bytes = BODY, *, secret: str = SECRET, at: int = NOW, message: str = "msg_1"
) -> dict[str, str]:
    """Headers made by the reference implementation, which Argilla uses."""
    webhooks = pytest.importorskip("standardwebhooks.webhooks", reason="comes with the extra `argilla`")
    signature = webhooks.Webhook(secret).sign(message, datetime.fromtimestamp(at, UTC), body.decode())
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": signature}


def test_what_the_reference_implementation_signs_is_heard():
    assert verified_id(BODY, signed(), secret=SECRET, now=NOW) == "msg_1"
    assert verified_id(BODY, signed(), secret=f"whsec_{SECRET}", now=NOW) == "msg_1"


def test_one_of_several_signatures_is_enough():
    headers = signed()
    headers["webhook-signature"] = f"v1,AAAA v2,x {headers['webhook-signature']}"
    assert verified_id(BODY, headers, secret=SECRET, now=NOW) == "msg_1"


@pytest.mark.parametrize("late", [TOLERANCE + 1, -TOLERANCE - 1])
def test_a_message_of_another_time_is_not_heard(late):
    with pytest.raises(BadSignature):
        verified_id(BODY, signed(), secret=SECRET, now=NOW + late)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "١"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,ü"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-id": ""},
    ],
)
def test_a_message_that_was_touched_is_not_heard(changed):
    with pytest.raises(BadSignature):
        verified_id(BODY, signed() | changed, secret=SECRET, now=NOW)


def test_another_body_is_not_heard():
    with pytest.raises(BadSignature):
        verified_id(BODY + b" ", signed(), secret=SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "c2hvcnQ=", "no base64 !"])
def test_without_a_secret_nothing_is_heard_whatever_signs_it(secret):
    with pytest.raises(BadSignature):
        verified_id(BODY, signed(), secret=secret, now=NOW)


def test_another_secret_is_not_ours():
    with pytest.raises(BadSignature):
        verified_id(BODY, signed(secret=base64.b64encode(b"t" * 64).decode()), secret=SECRET, now=NOW)


def test_no_headers_at_all_are_not_heard():
    with pytest.raises(BadSignature):
        verified_id(BODY, {}, secret=SECRET, now=NOW)
