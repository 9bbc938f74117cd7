"""Model instances out of hand-written SQL, for the few paths where building a query costs more than running it."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """All columns of a model under an alias: `{columns}` in an SQL text, `take` on the row it gives.

    Several stand side by side in one SELECT; each takes its own values off the row, in the order of the text.
    """

    def __init__(self, model: type[M], alias: str) -> None:
        self._model = model
        fields = model._meta.concrete_fields
        self._names = [field.attname for field in fields]
        self._readers = [getattr(field, "from_db_value", None) for field in fields]
        self._text = ", ".join(f'{alias}."{field.column}"' for field in fields)

    def __str__(self) -> str:
        return self._text

    def take(self, values: Iterator[Any]) -> M:
        """The instance made of the next values of a row."""
        own = [
            reader(value, None, connection) if reader else value
            for reader, value in zip(self._readers, values, strict=False)
        ]
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, own)
