"""Which rules some moves would break, counted only where they change anything: for `explain`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from .tied import Tied


class Kept:
    """The rows of `tied` as an answer fills them. Asked for any few moves, one after the other."""

    def __init__(self, tied: Tied, assignments: Mapping[str, str]) -> None:
        self.tied = tied
        options = tied.options
        answer = options.find(assignments)
        x = tied.chosen(answer)
        self._answer: list[int] = answer.tolist()
        # Rows without a name are kept by whatever gives everybody one option.
        self._rows = [row for row in tied.rows if row.rule]
        self._sum = [int(row.weight @ x[row.column]) for row in self._rows]
        many = [len(row.column) for row in self._rows]
        column = np.concatenate([np.zeros(0, np.int64), *(row.column for row in self._rows)])
        weight = np.concatenate([np.zeros(0, np.int64), *(row.weight for row in self._rows)])
        order = np.argsort(column, kind="stable")
        self._row = np.repeat(np.arange(len(many)), many)[order]
        self._weight = weight[order]
        ends = np.searchsorted(column[order], np.arange(tied.width + 1))
        self._ends: list[int] = ends.tolist()
        self._load: list[int] = np.bincount(
            options.slot[answer], minlength=len(options.room)
        ).tolist()
        self._open = {slot: tied.first_open + i for i, slot in enumerate(tied.minimum)}

    def broken(self, moves: Mapping[str, str | None]) -> list[str]:
        """The rules that would not be kept if these candidates were there; None is nowhere."""
        slot, change, load = self.tied.options.slot, Counter[int](), Counter[int]()
        for name, to in moves.items():
            was = self._answer[self.tied.problem.candidate_index[name]]
            becomes = self.tied.option(name, to)
            change[was] -= 1
            change[becomes] += 1
            load[int(slot[was])] -= 1
            load[int(slot[becomes])] += 1
        for at, more in load.items():
            if at in self._open:
                change[self._open[at]] = (self._load[at] + more > 0) - (self._load[at] > 0)
        sums = Counter[int]()
        for column, by in change.items():
            for i in range(self._ends[column], self._ends[column + 1]):
                sums[int(self._row[i])] += by * int(self._weight[i])
        found = dict[str, None]()
        for i in sorted(sums):
            row = self._rows[i]
            if not row.least <= self._sum[i] + sums[i] <= row.most:
                found[row.rule] = None
        return list(found)
