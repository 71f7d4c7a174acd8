"""What docs/operate.md and the dashboard say of metrics is what /metrics has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import JSON, Boolean, Float, String, Text
from whole_server import Server

from kb.index.manifest import read_manifest
from kb.index.snapshot import SNAPSHOTS, published_id
from kb.search.engine import Engine
from kb.store.canary import WORKS, Trial, keep_trial
from kb.store.tables import UtcDateTime, gaps

DOCS = Path(__file__).parents[2] / "docs"
NAME = re.compile(r"\b(?:selfhelp|process|python)_\w+")
# Labels that queries compare with or group by.
LABEL = re.compile(r"(\w+) *(?:=~|!=|=)\s*\"|by \(([\w, ]+)\)|group_left \(([\w, ]+)\)")
PROMETHEUS_OWN = {"le", "job", "instance"}


@pytest.fixture
def exposed(make_server: Callable[..., Server], help_centre: Path) -> dict[str, set[str]]:
    """Names of all samples of a server that has done everything, with their labels."""
    server = make_server()
    engine = Engine(help_centre, floor=0.15)
    engine.load()
    server.engine._searcher = engine.searcher()
    server.ask("black screen", locale="en")
    ticket = {"email": "ann@example.com", "message": "It is broken."}
    server.client.post("/v1/tickets", json=ticket)
    now = datetime.now(UTC)
    keep_trial(server.store, Trial(server="a", state=WORKS, at=now, due_at=now + timedelta(minutes=5)))
    values = {UtcDateTime: now, JSON: {}, Text: "", String: "", Boolean: False, Float: 0.0}
    gap = {column.name: values.get(type(column.type), 1) for column in gaps.columns if not column.nullable}
    with server.store.writing() as connection:
        connection.execute(gaps.insert(), gap | {"gap_id": 1, "status": "open"})
    families = text_string_to_metric_families(server.client.get("/metrics").text)
    found: dict[str, set[str]] = {}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def base(name: str) -> str:
    """Without what a histogram appends; the moments at which counters began are nobody's metric."""
    return re.sub(r"_(bucket|count|sum)$", "", name)


def documented() -> dict[str, set[str]]:
    """The rows of the table: names with their labels."""
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", (DOCS / "operate.md").read_text(), re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def test_every_metric_is_in_the_table_and_every_row_is_a_metric(exposed: dict[str, set[str]]) -> None:
    ours: dict[str, set[str]] = {}
    for name, labels in exposed.items():
        if name.startswith("selfhelp_") and not name.endswith("_created"):
            ours.setdefault(base(name), set()).update(labels - {"le"})
    assert ours == documented()


def dashboard() -> list[str]:
    board = json.loads((DOCS / "grafana.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def alerts() -> list[str]:
    blocks = re.findall(r"^```yaml\n(.*?)^```", (DOCS / "operate.md").read_text(), re.MULTILINE | re.DOTALL)
    rules = next(block for block in map(yaml.safe_load, blocks) if "groups" in block)
    return [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("queries", [dashboard, alerts])
def test_queries_ask_for_metrics_and_labels_that_exist(
    exposed: dict[str, set[str]], queries: Callable[[], list[str]]
) -> None:
    labels = set().union(*exposed.values()) | PROMETHEUS_OWN
    asked = queries()
    assert len(asked) > 5
    for query in asked:
        names = NAME.findall(query)
        assert names or "up{" in query
        assert set(names) <= set(exposed), query
        used = {
            label for match in LABEL.findall(query) for part in match for label in re.findall(r"\w+", part)
        }
        assert used <= labels, query


def test_the_dashboard_shows_every_metric(exposed: dict[str, set[str]]) -> None:
    shown = {base(name) for query in dashboard() for name in NAME.findall(query)}
    assert set(documented()) <= shown


def test_the_snapshot_in_the_metrics_is_the_one_served(
    make_server: Callable[..., Server], help_centre: Path
) -> None:
    server = make_server()
    engine = Engine(help_centre, floor=0.15)
    engine.load()
    server.engine._searcher = engine.searcher()
    said = server.client.get("/metrics").text
    name = published_id(help_centre)
    made = datetime.fromisoformat(read_manifest(help_centre / SNAPSHOTS / name)["made_at"])
    assert f'id="{name}"' in said
    age = re.search(r"^selfhelp_snapshot_age_seconds (\S+)", said, re.MULTILINE)
    assert age
    assert float(age[1]) == pytest.approx((datetime.now(UTC) - made).total_seconds(), abs=5)
