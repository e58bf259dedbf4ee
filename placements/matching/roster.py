"""What candidates and slots are, as columns: made once for each problem, when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .problem import Candidate, Slot

Ints = npt.NDArray[np.int64]
Areas = tuple[str, ...]


class Roster:
    """Columns in canonical order. `slot_index`: the number of each slot."""

    def __init__(
        self, candidates: Sequence[Candidate], slots: Sequence[Slot], slot_index: dict[str, int]
    ) -> None:
        self.candidates, self.slots, self.slot_index = candidates, slots, slot_index

    @cached_property
    def capacity(self) -> Ints:
        return _column([slot.capacity for slot in self.slots])

    @cached_property
    def pinned(self) -> Ints:
        """The number of the slot each candidate is pinned to, -1 for none."""
        return self._numbers([candidate.pinned for candidate in self.candidates])

    @cached_property
    def previous(self) -> Ints:
        """The number of the slot where each candidate was, -1 for none."""
        return self._numbers([candidate.previous for candidate in self.candidates])

    @cached_property
    def priority(self) -> Ints:
        return _column([candidate.priority for candidate in self.candidates])

    @cached_property
    def schools(self) -> tuple[Ints, list[str]]:
        """The number of each candidate's school, and the schools in order of id; "" is one too."""
        each = [candidate.school or "" for candidate in self.candidates]
        names = sorted(set(each))
        number = {name: i for i, name in enumerate(names)}
        return _column([number[name] for name in each]), names

    @cached_property
    def lacks(self) -> tuple[Ints, list[Areas]]:
        """Which of the different sets of learning areas each candidate lacks, and what these are."""
        return _kinds([candidate.lacks for candidate in self.candidates])

    @cached_property
    def offers(self) -> tuple[Ints, list[Areas]]:
        """Likewise what each slot offers, and after the last slot what there is nowhere: nothing."""
        return _kinds([*(slot.offers for slot in self.slots), ()])

    def _numbers(self, names: list[str | None]) -> Ints:
        return _column([-1 if name is None else self.slot_index[name] for name in names])


def _kinds(areas: list[Areas]) -> tuple[Ints, list[Areas]]:
    number = {each: i for i, each in enumerate(dict.fromkeys(areas))}
    return _column([number[each] for each in areas]), list(number)


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
