"""The only module that imports argilla (2.2 s): jobs reach the server through it, and its faults become refusals.

Responses are read as the server's JSON: the SDK's model drops their ids and times, and stops at values it does not expect.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from django.utils.translation import gettext as _

from core.errors import Refused, Unavailable

from .blueprint import LANGUAGE, PRIORITY, STRATUM, Blueprint, Field, Question
from .contents import Outgoing

TIMEOUT = 60
RETRIES = 1
PAGE = 250
CHATTY = ("argilla.sdk", "httpx")
FAILS, UNREADABLE = "argilla_fails", "unreadable"
EVENTS = ("response.created", "response.updated", "response.deleted")


@dataclass(frozen=True, slots=True)
class There:
    """A user, a data set or a webhook as the server knows it."""

    id: UUID
    name: str
    detail: Any = None


class TooMuch(Refused):
    """The server understood and will not take it (422): one record of a batch, or a setting."""


def _sdk() -> Any:
    """The SDK, imported by the job that needs it."""
    import argilla

    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return argilla


@contextmanager
def faults() -> Iterator[None]:
    """Translate what the SDK raises; what is temporary is Unavailable, so that a job is tried again."""
    from argilla._exceptions import ArgillaAPIError, ArgillaError

    try:
        yield
    except httpx.HTTPStatusError as error:
        raise _refusal(error.response.status_code, error.response.text) from error
    except httpx.HTTPError as error:
        raise Unavailable(
            "argilla_away",
            _("The Argilla server does not answer (%(kind)s).") % {"kind": type(error).__name__},
            hint=_("The work is tried again; nothing that was done is lost."),
        ) from error
    except ArgillaAPIError as error:
        raise _refusal(error.status_code, str(error)) from error
    except ArgillaError as error:
        cause = _first(error)
        raise _refusal(getattr(cause, "status_code", 422), str(cause)) from error


def _first(error: BaseException) -> BaseException:
    """What the server answered: the SDK wraps it several times and keeps the reason inside."""
    from argilla._exceptions import ArgillaError

    while isinstance(error.__cause__, ArgillaError):
        error = error.__cause__
    return error


def _refusal(status: int, detail: str) -> Refused:
    said = {"detail": detail[:300]}
    if status in (401, 403):
        return Refused(
            "argilla_key_refused",
            _("Argilla does not let this API key do that: %(detail)s") % said,
            hint=_("Give the key of an owner (accounts, webhooks) or of an admin of the workspace."),
        )
    if status == 404:
        return Refused("argilla_gone", _("Argilla no longer has this: %(detail)s") % said)
    if status in (408, 429) or status >= 500:
        return Unavailable(FAILS, _("The Argilla server fails: %(detail)s") % said)
    return TooMuch("argilla_refused", _("Argilla does not take this: %(detail)s") % said)


class Server:
    """One signed-in connection, for the length of a job."""

    def __init__(self, url: str, api_key: str) -> None:
        with faults():
            self._client = _sdk().Argilla(api_url=url, api_key=api_key, timeout=TIMEOUT, retries=RETRIES)
        self._datasets: dict[UUID, Any] = {}

    def close(self) -> None:
        """Give the sockets back."""
        self._client.http_client.close()

    def me(self) -> There:
        """Whose key this is; `detail` is the role."""
        with faults():
            user = self._client.api.users.get_me()
        return There(user.id, user.username, user.role.value)

    def workspace(self, name: str) -> UUID:
        """The workspace of that name, made if it is not there."""
        with faults():
            found = next((one for one in self._client.api.workspaces.list() if one.name == name), None)
            made = found or _sdk().Workspace(name=name, client=self._client).create()
        return UUID(str(made.id))

    def users(self) -> dict[str, There]:
        """Every user by name; only an owner may see them."""
        with faults():
            return {one.username: There(one.id, one.username) for one in self._client.api.users.list()}

    def members(self, workspace: UUID) -> dict[str, There]:
        """The users of a workspace by name."""
        with faults():
            found = self._client.api.users.list_by_workspace_id(workspace)
        return {one.username: There(one.id, one.username) for one in found}

    def make_user(self, username: str, password: str) -> There:
        """A new annotator."""
        with faults():
            made = (
                _sdk()
                .User(
                    username=username,
                    first_name=username,
                    password=password,
                    role="annotator",
                    client=self._client,
                )
                .create()
            )
        return There(UUID(str(made.id)), username)

    def join(self, user_id: UUID, workspace: UUID) -> None:
        """Let a user into the workspace; being in already is fine."""
        try:
            with faults():
                self._client.api.users.add_to_workspace(workspace, user_id)
        except TooMuch:
            if user_id not in {one.id for one in self.members(workspace).values()}:
                raise

    def dataset(self, dataset_id: UUID) -> There | None:
        """The data set, None if it is gone; `detail` is how many answers it asks for."""
        try:
            with faults():
                found = self._client.api.datasets.get(dataset_id)
        except Refused as refused:
            if refused.code == "argilla_gone":
                return None
            raise
        return There(dataset_id, found.name, found.distribution.min_submitted if found.distribution else None)

    def make_dataset(self, name: str, workspace: UUID, plan: Blueprint) -> UUID:
        """The published data set of that name; one that an earlier attempt left unfinished is made anew."""
        with faults():
            found = self._client.api.datasets.get_by_name_and_workspace_id(name, workspace)
            if found is not None and found.status == "ready":
                return UUID(str(found.id))
            if found is not None:
                self._client.api.datasets.delete(found.id)
            made = _sdk().Dataset(
                name=name, workspace=workspace, settings=_settings(plan), client=self._client
            )
            made.create()
        return UUID(str(made.id))

    def tell(self, dataset_id: UUID, guidelines: str) -> None:
        """Show other guidelines from now on."""
        with faults():
            self._client.http_client.patch(
                f"/api/v1/datasets/{dataset_id}", json={"guidelines": guidelines or None}
            ).raise_for_status()

    def put(self, dataset_id: UUID, records: Sequence[Outgoing]) -> dict[str, UUID]:
        """Create or update by external id; their ids there."""
        with faults():
            dataset = self._whole_dataset(dataset_id)
            models = [_record(one, dataset).api_model() for one in records]
            stored, _updated = self._client.api.records.bulk_upsert(dataset_id=dataset_id, records=models)
        return {str(one.external_id): UUID(str(one.id)) for one in stored}

    def _whole_dataset(self, dataset_id: UUID) -> Any:
        """With its questions, which suggestions are joined to by id; read once per connection."""
        if dataset_id not in self._datasets:
            model = self._client.api.datasets.get(dataset_id)
            self._datasets[dataset_id] = _sdk().Dataset.from_model(model, client=self._client).get()
        return self._datasets[dataset_id]

    def pages(self, dataset_id: UUID, *, responses: bool) -> Iterator[list[dict[str, Any]]]:
        """Every record as JSON, page by page; one that the server itself cannot read is {UNREADABLE: why}."""
        include = {"include": "responses"} if responses else {}
        offset = 0
        while page := self._page(dataset_id, offset, PAGE, include):
            yield page
            offset += len(page)

    def _page(
        self, dataset_id: UUID, offset: int, limit: int, include: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """A page that the server trips over is read in halves: one damaged record must not hide the others."""
        path = f"/api/v1/datasets/{dataset_id}/records"
        try:
            found: list[dict[str, Any]] = self._get(path, {"offset": offset, "limit": limit, **include})[
                "items"
            ]
            return found
        except Refused as refused:
            if not isinstance(refused, TooMuch) and refused.code != FAILS:
                raise
            if limit == 1:
                return [{UNREADABLE: str(refused)}]
        half = limit // 2
        first = self._page(dataset_id, offset, half, include)
        if len(first) < half:
            return first
        return first + self._page(dataset_id, offset + half, limit - half, include)

    def record(self, record_id: UUID) -> dict[str, Any] | None:
        """One record with its responses; None if it is gone."""
        try:
            return self._get(f"/api/v1/records/{record_id}", {})
        except Refused as refused:
            if refused.code == "argilla_gone":
                return None
            raise

    def remove(self, dataset_id: UUID, record_ids: Sequence[UUID]) -> None:
        """Take records out of people's sight."""
        ids = ",".join(map(str, record_ids))
        with faults():
            self._client.http_client.delete(
                f"/api/v1/datasets/{dataset_id}/records", params={"ids": ids}
            ).raise_for_status()

    def listen(self, url: str) -> There:
        """Ask to be called when somebody answers; `detail` is the secret that signs the calls."""
        with faults():
            hook = (
                _sdk()
                .Webhook(url=url, events=list(EVENTS), description="Winnow", _client=self._client)
                .create()
            )
        return There(UUID(str(hook.id)), url, hook.secret)

    def stop_listening(self, webhook_id: UUID) -> None:
        """Not to be called any more; having been forgotten already is fine."""
        try:
            with faults():
                self._client.api.webhooks.delete(str(webhook_id))
        except Refused as refused:
            if refused.code != "argilla_gone":
                raise

    def _get(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        with faults():
            answer = self._client.http_client.get(path, params=params)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        return found


def _settings(plan: Blueprint) -> Any:
    rg = _sdk()
    return rg.Settings(
        guidelines=plan.guidelines or None,
        fields=[_field(one) for one in plan.fields],
        questions=[_question(one) for one in plan.questions],
        metadata=[
            rg.TermsMetadataProperty(name=STRATUM),
            rg.TermsMetadataProperty(name=LANGUAGE),
            rg.FloatMetadataProperty(name=PRIORITY),
        ],
        distribution=rg.TaskDistribution(min_submitted=plan.min_submitted),
    )


def _field(one: Field) -> Any:
    rg = _sdk()
    kind = rg.ChatField if one.chat else rg.TextField
    return kind(name=one.name, title=one.title, use_markdown=False, required=one.required)


def _question(one: Question) -> Any:
    rg = _sdk()
    named = {"name": one.name, "title": one.title, "required": one.required}
    if one.kind == "text":
        return rg.TextQuestion(**named)
    if one.kind == "span":
        return rg.SpanQuestion(field=one.field, labels=dict(one.labels or {}), **named)
    kind = rg.LabelQuestion if one.kind == "label" else rg.MultiLabelQuestion
    return kind(labels=dict(one.labels or {}), **named)


def _record(one: Outgoing, dataset: Any) -> Any:
    rg = _sdk()
    suggestions = [
        rg.Suggestion(question_name=s.question, value=s.value, score=s.score, agent=s.agent)
        for s in one.suggestions
    ]
    made = rg.Record(
        id=one.external_id,
        fields=one.fields,
        metadata=one.metadata,
        suggestions=suggestions,
        _dataset=dataset,
    )
    made.dataset = dataset
    return made
