"""Bar charts as plain SVG: where the rectangles stand. The template draws, a table tells the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, LEFT, RIGHT, ROW, BAR = 420, 110, 44, 34, 20


@dataclass(frozen=True)
class Bar:
    """One bar, and a thinner one in front of it when the chart compares two series. Pixels."""

    label: str
    value: int
    value2: int
    y: int
    width: float
    width2: float

    height = BAR
    height2 = 8

    @property
    def y2(self) -> int:
        return self.y + 6

    @property
    def text_y(self) -> int:
        return self.y + 15

    @property
    def value_text(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Chart:
    """A horizontal bar chart. `rows`: (label, value) or (label, value, value to compare)."""

    title: str
    what: str
    first: str
    rows: Sequence[tuple[str, int] | tuple[str, int, int]]
    second: str = ""
    width: int = field(default=WIDTH, init=False)
    left: int = field(default=LEFT, init=False)

    @property
    def room(self) -> int:
        return WIDTH - LEFT - RIGHT

    @property
    def height(self) -> int:
        return max(len(self.rows), 1) * ROW

    @property
    def bars(self) -> list[Bar]:
        largest = max((max(row[1:]) for row in self.rows), default=0) or 1
        bars = []
        for n, row in enumerate(self.rows):
            value, value2 = int(row[1]), int(row[2]) if len(row) == 3 else 0
            bars.append(
                Bar(
                    label=str(row[0]),
                    value=value,
                    value2=value2,
                    y=n * ROW + 4,
                    width=round(self.room * value / largest, 1),
                    width2=round(self.room * value2 / largest, 1),
                )
            )
        return bars

    @property
    def in_words(self) -> str:
        """The chart read aloud."""
        told = [
            f"{row[0]}: {row[1]}" + (f" / {row[2]}" if len(row) == 3 else "") for row in self.rows
        ]
        return f"{self.title}. " + "; ".join(told)
