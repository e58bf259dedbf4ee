"""Seconds against size as an SVG, both axes in tens; written by hand so that it needs no library."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 24, 48
# Okabe and Ito: told apart by the colour-blind too; each line has its name at its end besides.
COLOURS = ["#0072b2", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#000000"]
LABEL = 15  # least distance between two names


def svg(lines: Mapping[str, Mapping[int, float]]) -> str:
    """`lines`: name -> size -> seconds."""
    sizes = sorted({size for line in lines.values() for size in line})
    spent = [seconds for line in lines.values() for seconds in line.values()]
    low, high = math.floor(math.log10(min(spent))), math.ceil(math.log10(max(spent)))
    high = max(high, low + 1)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        part = (math.log10(size) - first) / (last - first) if last > first else 0.5
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(seconds: float) -> float:
        part = (math.log10(seconds) - low) / (high - low)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Seconds by number of candidates" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(
            f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
            f"{size:,}</text>"
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">candidates</text>'
    )
    names: list[tuple[float, float, str, str]] = []
    for i, (name, line) in enumerate(lines.items()):
        colour, ends = COLOURS[i % len(COLOURS)], sorted(line.items())
        points = " ".join(f"{x(size):.1f},{y(seconds):.1f}" for size, seconds in ends)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.extend(
            f'<circle cx="{x(size):.1f}" cy="{y(seconds):.1f}" r="3.5" fill="{colour}"/>'
            for size, seconds in ends
        )
        size, seconds = ends[-1]
        names.append((y(seconds) + 4, x(size) + 8, name, colour))
    lowest = -math.inf
    for at, beside, name, colour in sorted(names):
        lowest = max(at, lowest + LABEL)
        parts.append(
            f'<text x="{beside:.1f}" y="{lowest:.1f}" fill="{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])
