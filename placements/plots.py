"""Charts along a line of time as plain SVG, and heat maps as tables. Geometry only: the template draws."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from placements.templatetags.weeks import short

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 30, 8, 14, 24
WARMEST = 4
Row = tuple[int | str, ...]


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plot:
    """What every chart along time has: a scale upwards, a line of time, keys and a table."""

    key: str
    title: str
    says: str

    width = WIDTH
    height = HEIGHT
    base = HEIGHT - BOTTOM
    left = LEFT
    right = WIDTH - RIGHT

    @property
    def most(self) -> int:
        raise NotImplementedError

    @property
    def step(self) -> int:
        """Between two lines: 1, 2 or 5 times a power of ten, four lines at most."""
        least = max(self.most / 4, 1)
        power: int = 10 ** math.floor(math.log10(least))
        return next(n * power for n in (1, 2, 5, 10) if n * power >= least)

    @property
    def ticks(self) -> list[tuple[float, int]]:
        return [(self.y(n), n) for n in range(0, self.most + 1, self.step)]

    def y(self, value: float) -> float:
        top = max(self.most, 1)
        return round(self.base - (self.base - TOP) * value / top, 1)


@dataclass(frozen=True)
class Weeks(Plot):
    """Places as columns and need as a line over them, week by week. rows: (week, places, need)."""

    rows: Sequence[tuple[int, int, int]]
    head: Sequence[str]

    @property
    def most(self) -> int:
        return max((max(row[1:]) for row in self.rows), default=0)

    @property
    def each(self) -> float:
        return (self.right - LEFT) / max(len(self.rows), 1)

    @property
    def bars(self) -> list[Box]:
        wide = round(self.each * 0.72, 1)
        return [
            Box(
                round(self._x(n) + self.each * 0.14, 1),
                self.y(offered),
                wide,
                round(self.base - self.y(offered), 1),
            )
            for n, (_week, offered, _need) in enumerate(self.rows)
        ]

    @property
    def need(self) -> str:
        """A step for each week."""
        path = [
            f"{'L' if n else 'M'}{round(self._x(n), 1)} {self.y(row[2])}"
            f"L{round(self._x(n + 1), 1)} {self.y(row[2])}"
            for n, row in enumerate(self.rows)
        ]
        return "".join(path)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """As many week numbers as there is room for."""
        every = math.ceil(24 / self.each)
        return [
            (round(self._x(n) + self.each / 2, 1), str(row[0]))
            for n, row in enumerate(self.rows)
            if n % every == 0
        ]

    @property
    def table(self) -> list[Row]:
        return [(week, offered, need, max(need - offered, 0)) for week, offered, need in self.rows]

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """Weeks in a row that lack as much are said once: ("18–21", 51)."""
        found: list[tuple[list[int], int]] = []
        before = 0
        for week, offered, need in self.rows:
            missing = max(need - offered, 0)
            if missing and missing == before:
                found[-1][0].append(week)
            elif missing:
                found.append(([week], missing))
            before = missing
        return [
            (f"{weeks[0]}–{weeks[-1]}" if len(weeks) > 1 else str(weeks[0]), missing)
            for weeks, missing in found
        ]

    @property
    def short(self) -> bool:
        return any(need > offered for _week, offered, need in self.rows)

    def _x(self, n: int) -> float:
        return LEFT + n * self.each


@dataclass(frozen=True)
class Curve(Plot):
    """How many by then, day by day; the deadline is marked. days: how many on each day."""

    days: Sequence[tuple[dt.date, int]]
    whole: int
    start: dt.date
    limit: dt.date
    today: dt.date
    head: Sequence[str]

    @property
    def most(self) -> int:
        return max(self.whole, sum(n for _, n in self.days))

    @cached_property
    def sums(self) -> list[tuple[dt.date, int]]:
        total, found = 0, []
        for day, n in sorted(self.days):
            total += n
            found.append((day, total))
        return found

    @property
    def first(self) -> dt.date:
        return min([self.start, *(day for day, _ in self.days)])

    @property
    def last(self) -> dt.date:
        return max([self.limit, self.first + dt.timedelta(days=1), *(d for d, _ in self.days)])

    def x(self, day: dt.date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(LEFT + (self.right - LEFT) * share, 1)

    @property
    def curve(self) -> str:
        path, before = f"M{self.x(self.first)} {self.y(0)}", 0
        for day, total in self.sums:
            path += f"L{self.x(day)} {self.y(before)}L{self.x(day)} {self.y(total)}"
            before = total
        return path + f"H{self.x(max(self.first, min(self.today, self.last)))}"

    @property
    def limit_x(self) -> float:
        return self.x(self.limit)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """The first and the last day; one in between where there is room."""
        middle = self.first + (self.last - self.first) / 2
        days = [self.first, middle, self.last]
        places = [LEFT + 14.0, (LEFT + self.right) / 2, self.right - 16.0]
        return [(x, short(day, year=False)) for x, day in zip(places, days, strict=True)]

    @property
    def table(self) -> list[Row]:
        return [(short(day), total) for day, total in self.sums]


@dataclass(frozen=True)
class Cell:
    value: int
    warmth: int  # 0: nothing, to WARMEST


@dataclass(frozen=True)
class Heat:
    """A table whose cells are the warmer the more there is in them. rows: (name, a number per column).

    By the root of the number: one large town must not make all the others look alike."""

    title: str
    what: str
    columns: Sequence[int]
    rows: Sequence[tuple[str, Sequence[int]]]

    @property
    def cells(self) -> list[tuple[str, list[Cell]]]:
        most = max((n for _, row in self.rows for n in row), default=0) or 1
        return [
            (name, [Cell(n, math.ceil(WARMEST * math.sqrt(n / most))) for n in row])
            for name, row in self.rows
        ]

    @property
    def sums(self) -> list[int]:
        return [sum(row[n] for _, row in self.rows) for n in range(len(self.columns))]
