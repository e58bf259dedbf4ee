"""Many documents as one zip file, sent while they are made."""

from __future__ import annotations

import zipfile
from collections.abc import Container, Iterable, Iterator
from itertools import chain, count

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
    pipe, taken = _Pipe(), set[str]()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # needs no more of it
        for one in everybody:
            name = _free(facts.file_name(kind, one), taken)
            taken.add(name)
            archive.writestr(name, facts.make(kind, one))
            yield pipe.take()
    yield pipe.take()


def _free(name: str, taken: Container[str]) -> str:
    """Two may be called the same, and a third as the second of them would be."""
    stem = name.removesuffix(".pdf")
    numbered = (f"{stem}-{n}.pdf" for n in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)
