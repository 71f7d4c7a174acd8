"""What settling and reports cost at ten million events in one month, on SQLite.

    python benchmarks/reports.py [EVENTS] [FOLDER]

A database of that size is made through the real schema, settled by `settle`, and reported on; each step with
its time, and the peak memory of the process that settles and reports. The database stays in FOLDER. Exit
status 1 when the first report takes too long or the memory is too much.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from checks import Checks

from kb.store.store import Store
from kb.usage.deflection import deflection_report
from kb.usage.deflection_table import table_of
from kb.usage.settling import settle

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
REPORTED = BEGIN + MONTH + timedelta(days=3)
SUBJECTS = [
    "screen",
    "mouse",
    "printer",
    "invoice",
    "refund",
    "password",
    "login",
    "update",
    "sound",
    "cable",
]
TROUBLES = ["black", "broken", "missing", "slow", "late", "wrong", "locked", "empty"]
ARTICLES = [f"{trouble}-{subject}" for subject in SUBJECTS for trouble in TROUBLES]
CHUNK = 2_000
TYPED = timedelta(seconds=5)
LASTS = timedelta(minutes=2)
MOST_SECONDS = 10
MOST_MB = 1024


def make(path: Path, count: int) -> None:
    """Sessions of people of whom a third comes back: four states and six or seven events each.

    Past SQLAlchemy, which takes three times as long to write the same.
    """
    visits = _visits(count)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    while chunk := list(islice(visits, CHUNK)):
        for table, place in (("sessions", 0), ("queries", 1), ("events", 2)):
            rows = [row for visit in chunk for row in visit[place]]
            marks = ", ".join(f":{name}" for name in rows[0])
            statement = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"  # noqa: S608 - our names
            connection.executemany(statement, rows)
    connection.execute("COMMIT")
    connection.close()


def _visits(count: int) -> Iterator[tuple[list[dict[str, Any]], ...]]:
    """One session after the other, until there are `count` events."""
    chance = random.Random(1)
    made = number = 0
    while made < count:
        visit = _visit(number, chance, BEGIN + MONTH * (made / count))
        made += len(visit[2])
        number += 1
        yield visit


def _visit(number: int, chance: random.Random, at: datetime) -> tuple[list[dict[str, Any]], ...]:
    person = int(chance.paretovariate(1) * 1000) if chance.random() < 0.3 else 10**9 + number
    held_out = person % 10 == 0
    session = f"session-{number:015d}"
    article = chance.randrange(len(ARTICLES))
    text = f"my {SUBJECTS[article // len(TROUBLES)]} is {TROUBLES[article % len(TROUBLES)]} since monday"
    near = [ARTICLES[(article + n) % len(ARTICLES)] for n in range(3)]
    answered = chance.random() < 0.8
    offered = json.dumps([[slug, "en", 0.5] for slug in near] if answered else [])
    common = {"session_id": session, "locale": "en", "page": f"https://shop.example/help/{article % 40}"}
    asked = [
        common | {
            "query_id": f"q-{number:015d}-{n}", "at": _moment(at + n * TYPED), "text": text[: 9 * n + 9],
            "snapshot_id": "s", "answered": answered, "confidence": 0.5, "held_out": held_out,
            "suggestions": offered, "took_ms": 5.0,
        }
        for n in range(4)
    ]  # fmt: skip
    row = {
        "session_id": session,
        "person": f"{person:032d}",
        "first_seen": _moment(at),
        "last_seen": _moment(at + LASTS),
    }
    done = (
        []
        if held_out or not answered
        else [("shown", slug, n, {}) for n in (1, 2, 3) for slug in near[: 1 + n % 3]]
    )
    if done and chance.random() < 0.6:
        seconds = chance.expovariate(1 / 30)
        done += [("opened", near[0], 3, {"rank": 1}), ("closed", near[0], 3, {"seconds": seconds})]
        verdict = chance.choice(("solved", "solved", "not_solved", ""))
        done += [(verdict, near[0], 3, {})] if verdict else []
    done.append(("submitted" if chance.random() < 0.4 else "left", "", 3, {}))
    happened = [
        {
            "session_id": session, "query_id": f"q-{number:015d}-{n}", "type": kind, "slug": slug,
            "at": _moment(at + (4 + place) * TYPED), "received_at": _moment(at + (5 + place) * TYPED),
            "detail": json.dumps(detail),
        }
        for place, (kind, slug, n, detail) in enumerate(done)
    ]  # fmt: skip
    return [row], asked, happened


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def report(url: str, count: int) -> int:
    """Settles and reports, in a process of its own, for memory of its own; 1 when it costs too much."""
    store = Store.open(url)
    started, worked = time.perf_counter(), time.process_time()
    settled = settle(store, REPORTED)
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    print(f"settling: {settled:,} sessions in {seconds:.0f} s, of those {work:.0f} s at work")
    print(f"a million events: {seconds / count * 1e6:.0f} s, of those {work / count * 1e6:.0f} s at work")
    print(f"peak memory after settling: {_peak()} MB", flush=True)
    taken = []
    for attempt in ("first", "second"):
        started, worked = time.perf_counter(), time.process_time()
        made = deflection_report(store, REPORTED - timedelta(days=33, hours=-5), REPORTED, 8.0)
        seconds, work = time.perf_counter() - started, time.process_time() - worked
        print(f"report, {attempt} time: {seconds:.1f} s, of those {work:.1f} s at work", flush=True)
        taken.append(seconds)
    peak = _peak()
    print(f"peak memory: {peak} MB\n")
    print(table_of(made)[:2_000] + "\n")
    store.close()
    return judged(taken[0], peak)


def judged(seconds: float, peak: int) -> int:
    """Says of each figure whether it held; 1 when one is missed."""
    checks = Checks()
    checks.must(seconds < MOST_SECONDS, f"first report {seconds:.1f} s, less than {MOST_SECONDS}")
    checks.must(peak <= MOST_MB, f"peak memory {peak} MB, at most {MOST_MB}")
    return 1 if checks.missed else 0


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("events", type=int, nargs="?", default=10_000_000)
    parser.add_argument("folder", type=Path, nargs="?", help="a new one where none is named")
    parser.add_argument("--report", metavar="DATABASE", help="only settle and report")
    options = parser.parse_args()
    if options.report:
        return report(options.report, options.events)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="selfhelp-reports-"))
    path, count = folder / "selfhelp.sqlite3", str(options.events)
    url = f"sqlite:///{path}"
    if not path.exists():
        started = time.perf_counter()
        Store.open(url).close()
        make(path, options.events)
        size = path.stat().st_size / 2**30
        seconds = time.perf_counter() - started
        print(f"made {options.events:,} events in {seconds:.0f} s: {path}, {size:.1f} GB", flush=True)
    return subprocess.run([sys.executable, __file__, "--report", url, count], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
