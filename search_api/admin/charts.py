"""Charts as SVG, drawn by pygal; the page's own style sheet colours them, since no style may be inline."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType
from typing import Any, Final

from lxml import etree
from markupsafe import Markup

from kb.usage.intervals import Interval
from kb.usage.printable import printable
from search_api.admin.words import short_day

WIDE: Final = (760, 240)
NARROW: Final = (360, 150)
"""Width and height in the units that letters are 12 of."""
UNITS_A_LABEL: Final = 90
MOST_BARS: Final = 60
UNWANTED: Final = ("defs", "script", "desc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A share with its interval; None where there is nothing to take a share of."""

    name: str
    interval: Interval | None


def bars(counts: Mapping[date, int], title: str) -> Markup:
    """A bar for each day without a hole, or for each week where there would be too many."""
    if not counts:
        return Markup("")
    pygal = _pygal()
    days = _filled(counts)
    chart = pygal.Bar(**_look(NARROW), spacing=4)
    chart.x_labels = [short_day(one) for one in days]
    chart.x_labels_major = _some(chart.x_labels, NARROW)
    top = max(days.values())
    chart.y_labels = sorted({0, top // 2, top} if top > 1 else {0, 1})
    chart.value_formatter = lambda value: f"{value:.0f}"
    chart.add("", list(days.values()))
    return _svg(chart, title)


def bands(shares: Sequence[Band], title: str, *, joined: bool = True) -> Markup:
    """Points with their intervals, in percent; joined by a line where they follow each other in time."""
    if not any(one.interval for one in shares):
        return Markup("")
    pygal = _pygal()
    chart = pygal.Line(**_look(WIDE), stroke=joined, dots_size=5)
    chart.x_labels = [one.name for one in shares]
    chart.x_labels_major = _some(chart.x_labels, WIDE)
    known = [one.interval for one in shares if one.interval]
    chart.range = (100 * min(0.0, *(one.low for one in known)), 100 * max(one.high for one in known))
    chart.value_formatter = lambda value: f"{value:.0f} %"
    chart.add("", [_point(one.interval) for one in shares])
    return _svg(chart, title)


def _pygal() -> ModuleType:
    """Imported when the first chart is drawn, and without the finder that it leaves in `sys.meta_path`.

    That one is for maps, which are not drawn here, and without `find_spec`: every later import that finds
    nothing else would warn of it.
    """
    import pygal

    # A new list: another thread may be going through the old one.
    sys.meta_path = [one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)]
    module: ModuleType = pygal
    return module


def _point(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    low, high = 100 * interval.low, 100 * interval.high
    return {"value": 100 * interval.value, "ci": {"low": low, "high": high}}


def _look(size: tuple[int, int]) -> dict[str, Any]:
    return {
        "width": size[0],
        "height": size[1],
        "margin": 6,
        # Half of the last label.
        "margin_right": 40,
        "explicit_size": False,
        "show_legend": False,
        "show_minor_x_labels": False,
        "truncate_label": -1,
        "js": (),
        "css": (),
        "print_values": False,
        "include_x_axis": True,
        "disable_xml_declaration": True,
        "pretty_print": False,
    }


def _filled(counts: Mapping[date, int]) -> dict[date, int]:
    first, last = min(counts), max(counts)
    step = 1 if (last - first).days < MOST_BARS else 7
    days = {first + timedelta(days=n): 0 for n in range(0, (last - first).days + 1, step)}
    for at, number in counts.items():
        days[first + timedelta(days=(at - first).days // step * step)] += number
    return days


def _some(labels: Sequence[str], size: tuple[int, int]) -> list[str]:
    """As many as have room, the last among them."""
    step = -(-len(labels) * UNITS_A_LABEL // size[0])
    return list(reversed(list(reversed(labels))[::step]))


def _svg(chart: Any, title: str) -> Markup:
    """Without style, scripts and ids of its own: one picture with a name, as a screen reader hears it."""
    title = printable(title)
    root = chart.render_tree()
    for element in list(root.iter()):
        parent = element.getparent()
        drop = not isinstance(element.tag, str) or etree.QName(element).localname in UNWANTED
        if drop and parent is not None:
            parent.remove(element)
        elif isinstance(element.tag, str):
            for name in ("style", "id"):
                element.attrib.pop(name, None)
    heading = root.find("{*}title")
    if heading is not None:
        heading.text = title
    root.set("role", "img")
    root.set("aria-label", title)
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704  made of numbers and escaped text
