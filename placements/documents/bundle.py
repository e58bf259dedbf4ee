"""Many documents as one zip file, sent while they are made."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator

from placements.documents import facts
from placements.documents.facts import Facts
from placements.documents.kinds import Kind

REQUIREMENTS = "slot__workplace__requirements"


class _Pipe:
    """What the zip is written to: it gives away what it has got so far."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = bytes(self.held)
        self.held.clear()
        return data


def zipped(kind: Kind, everybody: Iterable[Facts]) -> Iterator[bytes]:
    """The zip, piece by piece: one PDF for each, each in its recipient's language."""
    pipe, names = _Pipe(), Counter[str]()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # needs no more of it
        for one in everybody:
            name = facts.file_name(kind, one)
            names[name] += 1
            if names[name] > 1:  # two who are called the same
                name = f"{name.removesuffix('.pdf')}-{names[name]}.pdf"
            archive.writestr(name, facts.make(kind, one))
            yield pipe.take()
    yield pipe.take()
