"""Curves of the largest debt, as an SVG of our own: a logarithmic axis, and each curve named at its end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 800, 340, 48, 36, 264, 40
LOW = 0.5
COLOURS = ("#00677f", "#8a6d00", "#9a4f96", "#b3432b")
DARK = ("#54c3dd", "#d9b94a", "#d79fd3", "#f08a72")


def draw(curves: Mapping[str, Sequence[float]], *, leads: int) -> str:
    """Draw curves over the leads that came in; light and dark by the reader's setting."""
    most = 10 ** math.ceil(math.log10(max(max(curve) for curve in curves.values())))
    shades = "".join(f".c{at}{{stroke:{one};fill:{one}}}" for at, one in enumerate(COLOURS))
    night = "".join(f".c{at}{{stroke:{one};fill:{one}}}" for at, one in enumerate(DARK))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Largest debt in leads, by way of choosing" font-family="system-ui, sans-serif" font-size="12">'
    )
    style = (
        "<style>text{fill:#4a5b61;stroke:none}.t{font-weight:600}.g{stroke:#dfe6e8}.l{fill:none;stroke-width:2}"
        f"{shades}.l{{fill:none}}@media(prefers-color-scheme:dark){{text{{fill:#b7c5ca}}.g{{stroke:#33444a}}{night}"
        ".l{fill:none}}</style>"
    )
    title = f'<text x="{LEFT}" y="16" class="t">Largest debt (leads, logarithmic) over the leads that came in</text>'
    parts = [head, style, title]
    for tick in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if tick <= most:
            y = _height(tick, most)
            parts.append(f'<path class="g" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = LEFT + share * (WIDTH - LEFT - RIGHT)
        parts.append(f'<text x="{x:.0f}" y="{HEIGHT - 16}" text-anchor="middle">{round(leads * share):,}</text>')
    ends: list[float] = []
    for at, (_, curve) in sorted(enumerate(curves.items()), key=lambda pair: pair[1][1][-1]):
        ends.append(min(_height(curve[-1], most), ends[-1] - 16 if ends else HEIGHT))
        parts += _curve(at, list(curves)[at], curve, most, ends[-1])
    return "\n".join([*parts, "</svg>", ""])


def _curve(at: int, name: str, curve: Sequence[float], most: float, end: float) -> list[str]:
    step = (WIDTH - LEFT - RIGHT) / (len(curve) - 1)
    path = "L".join(f"{LEFT + place * step:.1f} {_height(value, most)}" for place, value in enumerate(curve))
    x = WIDTH - RIGHT + 8
    return [
        f'<path class="l c{at}" d="M{path}"/>',
        f'<circle class="c{at}" cx="{x}" cy="{end:.1f}" r="3"/>',
        f'<text x="{x + 8}" y="{end + 4:.1f}">{name}</text>',
    ]


def _height(value: float, most: float) -> float:
    share = math.log(max(value, LOW) / LOW) / math.log(most / LOW)
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)
