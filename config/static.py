"""Style sheets as production serves them: those of every page gathered into one file."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class GatheringStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Nine small files are nine waits on a phone before anything shows."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            texts = []
            for name in settings.SHEETS:
                storage, path = paths[name]
                with storage.open(path) as sheet:
                    texts.append(sheet.read().decode())
            # It lies where our own do, so their addresses of fonts and pictures hold in it.
            if self.exists(settings.GATHERED_SHEET):
                self.delete(settings.GATHERED_SHEET)
            self._save(settings.GATHERED_SHEET, ContentFile("\n".join(texts).encode()))
            paths = {**paths, settings.GATHERED_SHEET: (self, settings.GATHERED_SHEET)}
        yield from super().post_process(paths, dry_run, **options)
