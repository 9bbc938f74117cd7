"""What is judged there: data sets and their records.

Responses are read as the server's JSON: the SDK's model drops their ids and times, and stops at values it does not expect.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from core.errors import Refused

from .blueprint import Blueprint
from .contents import Outgoing
from .sdk import FAILS, GONE, There, TooMuch, faults, sdk
from .session import Session
from .shapes import as_record, as_settings

PAGE = 250
UNREADABLE = "unreadable"


class Data(Session):
    """Data sets and records."""

    def __init__(self, url: str, api_key: str) -> None:
        super().__init__(url, api_key)
        self._datasets: dict[UUID, Any] = {}

    def dataset(self, dataset_id: UUID) -> There | None:
        """The data set, None if it is gone; `detail` is how many answers it asks for."""
        try:
            with faults():
                found = self._client.api.datasets.get(dataset_id)
        except Refused as refused:
            if refused.code == GONE:
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
            made = sdk().Dataset(
                name=name, workspace=workspace, settings=as_settings(plan), client=self._client
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
            models = [as_record(one, dataset).api_model() for one in records]
            stored, _updated = self._client.api.records.bulk_upsert(dataset_id=dataset_id, records=models)
        return {str(one.external_id): UUID(str(one.id)) for one in stored}

    def _whole_dataset(self, dataset_id: UUID) -> Any:
        """With its questions, which suggestions are joined to by id; read once per connection."""
        if dataset_id not in self._datasets:
            model = self._client.api.datasets.get(dataset_id)
            self._datasets[dataset_id] = sdk().Dataset.from_model(model, client=self._client).get()
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
            if refused.code == GONE:
                return None
            raise

    def remove(self, dataset_id: UUID, record_ids: Sequence[UUID]) -> None:
        """Take records out of people's sight."""
        ids = ",".join(map(str, record_ids))
        with faults():
            self._client.http_client.delete(
                f"/api/v1/datasets/{dataset_id}/records", params={"ids": ids}
            ).raise_for_status()
