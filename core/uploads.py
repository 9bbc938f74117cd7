"""Files sent to a page stay in memory: what came in is nowhere written before it was redacted, not even to a temporary file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, StopFutureHandlers


class InMemory(MemoryFileUploadHandler):
    """Of a request longer than FILE_UPLOAD_MAX_MEMORY_SIZE bytes each file is dropped unread; its size says why it is empty."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        if self.activated:
            super().new_file(*args, **kwargs)
        FileUploadHandler.new_file(self, *args, **kwargs)
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it, kept or dropped; None says that nobody else needs it."""
        return super().receive_data_chunk(raw_data, start) if self.activated else None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file, or an empty one of the same size in bytes."""
        if self.activated:
            return super().file_complete(file_size)
        return InMemoryUploadedFile(
            BytesIO(), self.field_name, self.file_name or "", self.content_type or "", file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
