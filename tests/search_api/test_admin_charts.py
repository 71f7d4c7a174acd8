from __future__ import annotations

import importlib.util
import re
from datetime import date, timedelta

import pytest
from lxml import etree

from kb.usage.intervals import Interval
from search_api.admin.charts import MOST_BARS, Band, bands, bars

DAY = date(2026, 5, 1)


def heights(svg: str) -> list[float]:
    bars = etree.fromstring(svg).iterfind(".//{*}g[@class='bar']/{*}rect")
    return [float(bar.get("height", "")) for bar in bars]


def test_a_day_nobody_asked_is_a_bar_of_no_height() -> None:
    first, between, last = heights(bars({DAY: 2, DAY + timedelta(days=2): 1}, "Questions"))
    assert between == 0
    assert first == 2 * last > 0


def test_a_title_may_hold_signs_that_xml_forbids() -> None:
    svg = bars({DAY: 1}, "does it\x0bfit \x01four \ud800 slices")
    assert etree.fromstring(svg).get("aria-label") == "does it\ufffdfit \ufffdfour \ufffd slices"


def test_of_a_long_time_a_bar_is_a_week_and_nothing_is_lost() -> None:
    drawn = heights(bars({DAY + timedelta(days=n): 1 for n in range(100)}, "Questions"))
    assert len(drawn) == 15 < MOST_BARS
    assert sum(drawn) / drawn[0] == pytest.approx(100 / 7)


def test_an_interval_reaches_from_its_low_to_its_high_end() -> None:
    svg = bands([Band(name="May", interval=Interval(value=0.5, low=0.25, high=1.0))], "Rate")
    (mark,) = etree.fromstring(svg).iterfind(".//{*}g[@class='ci']/{*}path")
    (point,) = etree.fromstring(svg).iterfind(".//{*}circle")
    ys = {float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", mark.get("d", ""))}
    top, bottom, middle = min(ys), max(ys), float(point.get("cy", ""))
    assert middle - top == pytest.approx(2 * (bottom - middle))


def test_a_week_without_a_rate_is_a_hole_and_nothing_at_all_is_no_chart() -> None:
    known = Interval(value=0.5, low=0.4, high=0.6)
    svg = bands(
        [Band(name="1", interval=known), Band(name="2", interval=None), Band(name="3", interval=known)], "x"
    )
    assert svg.count("<circle") == 2
    assert bands([Band(name="1", interval=None)], "x") == ""
    assert bars({}, "x") == ""


def test_a_chart_is_one_picture_with_a_name_that_is_text() -> None:
    root = etree.fromstring(bars({DAY: 1}, 'asked "<b>"'))
    assert (root.get("role"), root.get("aria-label")) == ("img", 'asked "<b>"')
    assert not [one for one in root.iter() if one.get("style") or one.get("id")]


def test_after_a_chart_an_import_that_finds_nothing_warns_of_nothing() -> None:
    assert bars({DAY: 1}, "Questions a day")
    assert importlib.util.find_spec("nothing_of_this_name") is None
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nothing_of_this_name")
