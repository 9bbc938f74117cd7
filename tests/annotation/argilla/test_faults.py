"""What the SDK raises becomes what a job can act on: try again, or say what the server will not take."""

import httpx
import pytest

pytest.importorskip("argilla", reason="the extra `argilla` is not installed")

from argilla._exceptions import ArgillaAPIError, SettingsError, UnprocessableEntityError

from annotation.bridge.sdk import TooMuch, faults
from core.errors import Refused, Unavailable

REQUEST = httpx.Request("POST", "https://argilla.example/api/v1/datasets")


def answered(status):
    return httpx.HTTPStatusError("no", request=REQUEST, response=httpx.Response(status, text="because"))


def raised(error, *wrapped_in):
    """The error as the SDK lets it out, wrapped so many times; what comes of it."""
    for outer in wrapped_in:
        outer.__cause__ = error
        error = outer
    with pytest.raises(Refused) as found, faults():
        raise error
    return found.value


@pytest.mark.parametrize("wrapped_in", [[], [SettingsError()], [SettingsError(), SettingsError()]])
@pytest.mark.parametrize("kind", [httpx.ReadError, httpx.ReadTimeout, httpx.ConnectError])
def test_a_connection_that_breaks_is_tried_again_however_deep_the_sdk_hides_it(kind, wrapped_in):
    told = raised(kind("reset", request=REQUEST), *wrapped_in)
    assert isinstance(told, Unavailable)
    assert kind.__name__ in str(told)


@pytest.mark.parametrize(
    ("status", "kind"), [(500, Unavailable), (429, Unavailable), (404, Refused), (422, TooMuch)]
)
@pytest.mark.parametrize("wrapped_in", [[], [SettingsError()]])
def test_an_answer_of_the_server_is_told_by_its_status(status, kind, wrapped_in):
    assert type(raised(answered(status), *wrapped_in)) is kind


def test_what_the_server_will_not_take_says_why():
    told = raised(UnprocessableEntityError("labels must be unique", status_code=422), SettingsError())
    assert isinstance(told, TooMuch)
    assert "labels must be unique" in str(told)
    assert isinstance(raised(ArgillaAPIError("odd", status_code=418)), Refused)
