"""Bar charts as plain SVG: how long the bars are. The template draws, a table tells the same."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One bar, and the frame it should fill when the chart compares two series. In percent."""

    label: str
    value: int
    value2: int
    width: float
    width2: float


@dataclass(frozen=True)
class Chart:
    """A horizontal bar chart. `rows`: (label, value) or (label, value, value to compare)."""

    title: str
    what: str
    first: str
    rows: Sequence[tuple[str, int] | tuple[str, int, int]]
    second: str = ""

    @property
    def bars(self) -> list[Bar]:
        largest = max((max(row[1:]) for row in self.rows), default=0) or 1
        bars = []
        for row in self.rows:
            value, value2 = int(row[1]), int(row[2]) if len(row) == 3 else 0
            bars.append(
                Bar(
                    label=str(row[0]),
                    value=value,
                    value2=value2,
                    width=round(100 * value / largest, 1),
                    width2=round(100 * value2 / largest, 1),
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
