"""Stops an upload that is too large before it fills the disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MAX_UPLOAD = 6 * 2**20  # a little above what the importers take, so that they can say why


class LimitedUpload(FileUploadHandler):
    """First in `FILE_UPLOAD_HANDLERS`: of a request that says it is larger, no file is kept.

    The form fields before the file are still read, so that the page can answer with a sentence.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  # Django's own name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.too_large = content_length > MAX_UPLOAD
        if self.too_large:
            META["UPLOAD_TOO_LARGE"] = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if self.too_large:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
