"""Maps as plain SVG: where each circle goes and how large it is. The template draws, a table tells the same.

No outline and no tiles: the centres of a county's municipalities, drawn as faint dots, show its shape.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

WIDTH, LOWEST, HIGHEST = 400, 240, 520  # of the drawing, in its own units
LARGEST = 30.0  # the radius of the largest circle
TARGET = 15.0  # a link is at least so large, as a finger is
MARGIN = 38.0
LETTER, LINE = 7.2, 14.0  # of a label, generously
KM_PER_DEGREE = 111.2
SCALES = (1, 2, 5, 10, 20, 50, 100, 200)
ROUNDS = 120  # of pushing circles apart

Degrees = tuple[float, float]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spot:
    """One place on a map. `value` is the circle's area, `part` of it is filled; `cells` are its row."""

    name: str
    latitude: float
    longitude: float
    value: int
    part: int | None = None
    cells: tuple[int | str, ...] = ()
    url: str = ""
    kind: str = ""  # a class of its own: home, school


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    anchor: str
    box: tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Circle:
    """A spot in the drawing. (home_x, home_y) is where it is; it may be pushed a little aside."""

    spot: Spot
    x: float
    y: float
    r: float
    inner: float
    home_x: float
    home_y: float
    label: Label | None
    said: str

    @property
    def moved(self) -> bool:
        return math.hypot(self.x - self.home_x, self.y - self.home_y) > 4

    @property
    def reach(self) -> float:
        return max(self.r, TARGET) if self.spot.url else self.r


@dataclass(frozen=True)
class Map:
    """Circles on a county. `head`: the table's columns, the first for the name. `frame`: its shape."""

    key: str
    title: str
    says: str
    head: Sequence[str]
    spots: Sequence[Spot]
    frame: Sequence[Degrees] = ()
    first: str = ""
    second: str = ""
    largest: int = 0  # so that two maps can be compared

    @property
    def linked(self) -> bool:
        """Links in it: then it is a group of them, since nobody can reach into a picture."""
        return any(spot.url for spot in self.spots)

    @property
    def width(self) -> int:
        return WIDTH

    @cached_property
    def view(self) -> View:
        at = [(s.latitude, s.longitude) for s in self.spots]
        return View.around([*self.frame, *at])

    @property
    def height(self) -> int:
        return self.view.height

    @property
    def dots(self) -> list[tuple[float, float]]:
        return [self.view.place(*degrees) for degrees in self.frame]

    @property
    def bar(self) -> tuple[float, int]:
        """The scale: how long, and how many kilometres that is."""
        km = max((s for s in SCALES if s * self.view.per_km <= WIDTH / 3), default=SCALES[0])
        return round(km * self.view.per_km, 1), km

    @cached_property
    def circles(self) -> list[Circle]:
        """The largest first, so that a small one is never hidden and a large one gets its label."""
        spots = sorted(self.spots, key=lambda s: (-s.value, s.name))
        if not spots:
            return []
        most = max(self.largest, spots[0].value, 1)
        sizes = [radius(s.value, most) for s in spots]
        homes = [self.view.place(s.latitude, s.longitude) for s in spots]
        reach = [max(r, TARGET) if s.url else r for s, r in zip(spots, sizes, strict=True)]
        places = apart(homes, reach, WIDTH, self.height)
        labels = self._labels(spots, places, sizes)
        return [
            Circle(
                spot=spot,
                x=x,
                y=y,
                r=size,
                inner=radius(spot.part or 0, most),
                home_x=home[0],
                home_y=home[1],
                label=label,
                said=self._said(spot),
            )
            for spot, (x, y), size, home, label in zip(
                spots, places, sizes, homes, labels, strict=True
            )
        ]

    @property
    def on_tiles(self) -> str:
        """The spots for a script that draws them on tiles: what stands in the table, and where."""
        return json.dumps(
            [
                {
                    "latitude": spot.latitude,
                    "longitude": spot.longitude,
                    "value": spot.value,
                    "said": self._said(spot),
                    "url": spot.url,
                }
                for spot in self.spots
            ]
        )

    @property
    def table(self) -> list[tuple[Spot, tuple[int | str, ...]]]:
        return [(spot, spot.cells or (spot.value,)) for spot in self.spots]

    def _said(self, spot: Spot) -> str:
        cells = spot.cells or (spot.value,)
        told = (f"{what} {cell}" for what, cell in zip(self.head[1:], cells, strict=False))
        return f"{spot.name}: {', '.join(told)}"

    def _labels(
        self,
        spots: Sequence[Spot],
        places: Sequence[tuple[float, float]],
        sizes: Sequence[float],
    ) -> list[Label | None]:
        """A name beside each circle where there is room for it; the rest are in the table."""
        circles = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(places, sizes, strict=True)]
        bar = (0.0, self.height - 24.0, self.bar[0] + 70, float(self.height))
        taken: list[tuple[float, float, float, float]] = [bar]
        found: list[Label | None] = []
        for n, (spot, (x, y), r) in enumerate(zip(spots, places, sizes, strict=True)):
            others = [*circles[:n], *circles[n + 1 :], *taken]
            label = next(
                (
                    offer
                    for offer in _offers(x, y, r, len(spot.name) * LETTER)
                    if self._inside(offer.box)
                    and not any(meets(offer.box, other) for other in others)
                ),
                None,
            )
            if label:
                taken.append(label.box)
            found.append(label)
        return found

    def _inside(self, box: tuple[float, float, float, float]) -> bool:
        return box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= self.height


@dataclass(frozen=True)
class View:
    """Degrees to the drawing's units: flat, true to scale in the middle, north up."""

    middle: Degrees
    per_km: float
    height: int

    @classmethod
    def around(cls, points: Iterable[Degrees]) -> View:
        """Fitted to the points; one alone, or none, gets twenty kilometres of country around it."""
        found = list(points) or [(63.0, 10.0)]
        south, north = min(p[0] for p in found), max(p[0] for p in found)
        west, east = min(p[1] for p in found), max(p[1] for p in found)
        middle = ((south + north) / 2, (west + east) / 2)
        high = max((north - south) * KM_PER_DEGREE, 20.0)
        wide = max((east - west) * _km_east(middle[0]), 20.0)
        room = WIDTH - 2 * MARGIN
        height = min(max(room * high / wide + 2 * MARGIN, LOWEST), HIGHEST)
        per_km = min(room / wide, (height - 2 * MARGIN) / high)
        return cls(middle, per_km, round(height))

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        east = (longitude - self.middle[1]) * _km_east(self.middle[0])
        north = (latitude - self.middle[0]) * KM_PER_DEGREE
        return (
            round(WIDTH / 2 + east * self.per_km, 1),
            round(self.height / 2 - north * self.per_km, 1),
        )


def _km_east(latitude: float) -> float:
    return KM_PER_DEGREE * math.cos(math.radians(latitude))


def radius(value: int, most: int) -> float:
    """Twice as many is twice the area. Something is always seen; nothing is a ring's dot."""
    return round(max(LARGEST * math.sqrt(max(value, 0) / most), 3.0), 1) if value else 2.5


def apart(
    homes: Sequence[tuple[float, float]], reach: Sequence[float], width: float, height: float
) -> list[tuple[float, float]]:
    """The circles pushed off each other as little as need be, and kept within the drawing."""
    at: Numbers = np.array(homes, dtype=float)
    r: Numbers = np.array(reach, dtype=float) + 0.5
    low, high = r[:, None], np.array([width, height]) - r[:, None]
    turn = np.arange(len(at)) * 2.4
    at += 1e-3 * np.stack([np.cos(turn), np.sin(turn)], axis=1)  # two on one point can part
    for _ in range(ROUNDS):
        at = np.clip(at, low, high)
        gap = at[:, None, :] - at[None, :, :]
        far = np.hypot(gap[..., 0], gap[..., 1])
        np.fill_diagonal(far, np.inf)
        over = np.maximum(r[:, None] + r[None, :] - far, 0)
        if not over.any():
            break
        at += (gap / far[..., None] * (over / 2)[..., None]).sum(axis=1)
    at = np.clip(at, low, high)
    return [(round(x, 1), round(y, 1)) for x, y in at.tolist()]


def _offers(x: float, y: float, r: float, wide: float) -> list[Label]:
    """To the right, to the left, below, above, and askew."""
    off, half = r + 4, LINE / 2
    near = 0.75 * r + 3
    askew = [
        Label(
            round(x + side * near, 1),
            round(y + up * near + 4, 1),
            "start" if side > 0 else "end",
            (
                x + near if side > 0 else x - near - wide,
                y + up * near - half,
                x + near + wide if side > 0 else x - near,
                y + up * near + half,
            ),
        )
        for up in (-1, 1)
        for side in (1, -1)
    ]
    return [
        Label(x + off, y + 4, "start", (x + off, y - half, x + off + wide, y + half)),
        Label(x - off, y + 4, "end", (x - off - wide, y - half, x - off, y + half)),
        Label(x, y + off + 9, "middle", (x - wide / 2, y + off - 2, x + wide / 2, y + off + 12)),
        Label(x, y - off + 1, "middle", (x - wide / 2, y - off - 10, x + wide / 2, y - off + 4)),
        *askew,
    ]


def meets(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two boxes (left, top, right, bottom) overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
