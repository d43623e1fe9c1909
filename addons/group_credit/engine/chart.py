"""The structure chart as an SVG drawing, for print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from math import inf

from .layout import Line, Node, Picture, Size, layout

SIZE = Size(width=150, height=46, gap_x=18, gap_y=62, lane=10, per_row=6)
CONTROL, OTHER, CYCLE, TEXT = "#5a4b87", "#8a8f98", "#d9822b", "#22262b"
MARGIN, FONT = 8, 12
# Where a name may break: not after an opening bracket, nor before a closing one.
PIECES = "[（《“]?.[）》”、，。]*"
CHARACTERS = 11  # of a name on one line; a Latin letter counts half


def chart_svg(
    nodes: Iterable[Mapping], edges: Iterable[Mapping], limit: tuple = (inf, inf)
) -> str:
    """Draw ``{id, name, kind, member, root, controller}`` and ``{id, source, target,
    label, control, tie}`` as the screen does, scaled down to ``limit`` (width, height).

    Only plain elements with plain attributes: the printer's SVG knows no style sheets.

    >>> svg = chart_svg([{"id": 1, "name": "A & B", "kind": "company"}], [])
    >>> svg.startswith("<svg") and "A &amp; B" in svg
    True
    """
    nodes, edges = list(nodes), list(edges)
    picture = layout(
        [Node(n["id"], bool(n.get("controller") or n.get("root"))) for n in nodes],
        [
            Line(
                e["id"],
                e["source"],
                e["target"],
                bool(e.get("tie")),
                _width(e["label"]),
            )
            for e in edges
        ],
        SIZE,
    )
    width, height = picture.width + 2 * MARGIN, picture.height + 2 * MARGIN
    scale = min(1, limit[0] / width, limit[1] / height)
    drawn = [e for e in edges if e["id"] in picture.lines]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale:.0f}" '
        f'height="{height * scale:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f'<g transform="translate({MARGIN},{MARGIN})">',
        *(_line(edge, picture) for edge in drawn),
        *(_label(edge, picture) for edge in drawn),
        *(_box(node, picture) for node in nodes),
        "</g></svg>",
    ]
    return "".join(parts)


def wrap_name(name: str, limit: int = CHARACTERS) -> list[str]:
    """A name on at most two lines, cut with an ellipsis.

    >>> wrap_name("杭州南湖房地产开发有限公司")
    ['杭州南湖房地产开发', '有限公司']
    >>> wrap_name("山东元盛投资合伙企业（有限合伙）")
    ['山东元盛投资合伙企业', '（有限合伙）']
    >>> wrap_name("Anhui Precision Bearings Company Limited")
    ['Anhui Precision', 'Bearings Company…']
    """
    if _length(name) <= limit:
        return [name]
    first, form, rest = name.rpartition("有限公司")
    if form and not rest and _length(first) <= limit:
        return [first, form]
    pieces = name.split(" ") if " " in name else re.findall(PIECES, name)
    joint = " " if " " in name else ""
    lines = [""]
    for piece in pieces:
        longer = f"{lines[-1]}{joint}{piece}" if lines[-1] else piece
        if not lines[-1] or _length(longer) <= limit:
            lines[-1] = longer
        else:
            lines.append(piece)
    if len(lines) > 2:
        lines[1] = lines[1] if joint else lines[1][:-1]
        lines[1] += "…"
    return lines[:2]


def _length(text: str) -> float:
    return sum(1 if ord(char) >= 0x2E80 else 0.6 for char in text)


def _width(label: str) -> float:
    return _length(label) * (FONT - 2) + 6


def _line(edge: Mapping, picture: Picture) -> str:
    path, _x, _y, cycle = picture.lines[edge["id"]]
    color = CYCLE if cycle else CONTROL if edge.get("control") else OTHER
    dash = "" if edge.get("control") else ' stroke-dasharray="4 3"'
    width = 1.6 if edge.get("control") else 1
    line = (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width}"{dash}/>'
    )
    if edge.get("tie"):
        return line
    *_start, middle, x, y = (float(n) for n in re.findall(r"-?[\d.]+", path))
    up = 1 if middle < y else -1  # the last curve ends straight, downwards or upwards
    return (
        f'{line}<path d="M{x - 3.5},{y - 7 * up}L{x + 3.5},{y - 7 * up}L{x},{y}z" '
        f'fill="{color}"/>'
    )


def _label(edge: Mapping, picture: Picture) -> str:
    _path, x, y, _cycle = picture.lines[edge["id"]]
    half = _width(edge["label"]) / 2
    return (
        f'<rect x="{x - half:.1f}" y="{y - 8:.1f}" width="{2 * half:.1f}" height="15" '
        f'fill="#ffffff"/><text x="{x:.1f}" y="{y + 4:.1f}" font-size="{FONT - 2}" '
        f'text-anchor="middle" fill="{TEXT}">{escape(edge["label"])}</text>'
    )


def _box(node: Mapping, picture: Picture) -> str:
    x, y = picture.nodes[node["id"]]
    left, top = x - SIZE.width / 2, y - SIZE.height / 2
    radius = SIZE.height / 2 if node["kind"] == "person" else 5
    is_member, is_above = node.get("member"), node.get("controller")
    fill = "#f0eef6" if is_member else "#ffffff"
    stroke = CONTROL if is_member or is_above else OTHER
    dash = "" if is_member or is_above else ' stroke-dasharray="4 3"'
    weight = 2 if is_above or node.get("root") else 1
    lines = wrap_name(node["name"])
    first = y + 4 - (len(lines) - 1) * 8
    texts = "".join(
        f'<text x="{x:.1f}" y="{first + 16 * i:.1f}" font-size="{FONT}" '
        f'text-anchor="middle" fill="{TEXT}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{SIZE.width}" '
        f'height="{SIZE.height}" rx="{radius}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{weight}"{dash}/>{texts}'
    )
