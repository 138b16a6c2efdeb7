"""How much of a file is let in at all, before anybody looks at it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LARGEST_BODY = 12 * 2**20
"""Bytes of one request with files. The screens say less; this is what keeps the disk from being filled."""


class Quota(FileUploadHandler):
    """Stop reading files when a request is too large; what stood before them in the form is there all the same."""

    seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Stop at once where the request itself says that it is too large."""
        super().new_file(*args, **kwargs)
        self._stop_at(int(self.request.META.get("CONTENT_LENGTH") or 0) if self.request else 0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count what comes in, all files together."""
        self.seen += len(raw_data)
        self._stop_at(self.seen)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to who keeps it."""

    def _stop_at(self, size: int) -> None:
        if size > LARGEST_BODY:
            # A little too much is read to its end, so that the sentence arrives; far too much is not worth it.
            raise StopUpload(connection_reset=size > 10 * LARGEST_BODY)
