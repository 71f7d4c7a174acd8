"""What requests notice while a server takes a new snapshot.

    python benchmarks/swap.py ARTICLES [--swaps 5] [--rate 40] [--data DIR]

Requests come at a steady rate from two connections, every question new. Their p95 in the two seconds after a
snapshot is published is compared with that of the quiet seconds between. Two snapshots are named
in turn, so that no indexing disturbs the figures.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from latency import BIN, at, questions, serving

from kb.index.files import replace_text
from kb.index.snapshot import CURRENT, SNAPSHOTS, published_id

AROUND = 2.0
QUIET = 6.0


@dataclass(slots=True)
class Answers:
    """Of each answer: when it was asked, milliseconds, status, snapshot."""

    rows: list[tuple[float, float, int, str]] = field(default_factory=list)

    def between(self, start: float, end: float) -> list[float]:
        return [took for asked, took, _, _ in self.rows if start <= asked < end]

    def taken(self, snapshot: str, since: float) -> float:
        later = (asked for asked, _, _, served in self.rows if served == snapshot and asked >= since)
        return min(later) - since


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--swaps", type=int, default=5)
    parser.add_argument("--rate", type=float, default=40, help="requests a second in all")
    parser.add_argument("--data", type=Path, help="keep the index here between runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        command = [BIN, "index", options.articles, "--data", data]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
        asked = questions(options.articles, 2000)
        with serving(data) as (port, _, _):
            swaps, answers = measure(port, data, asked, options)
    report(swaps, answers)
    return 0


def measure(
    port: int, data: Path, asked: list[str], options: argparse.Namespace
) -> tuple[list[tuple[float, str]], Answers]:
    """When each snapshot was named, and all answers."""
    answers, stopping = Answers(), threading.Event()
    halves = [asked[::2], asked[1::2]]
    pause = 2 / options.rate
    threads = [threading.Thread(target=ask, args=(port, half, pause, answers, stopping)) for half in halves]
    for thread in threads:
        thread.start()
    names = [copied(data), published_id(data)]
    swaps: list[tuple[float, str]] = []
    for number in range(options.swaps):
        time.sleep(QUIET)
        name = names[number % 2]
        swaps.append((time.perf_counter(), name))
        replace_text(data / CURRENT, name + "\n")
    time.sleep(QUIET)
    stopping.set()
    for thread in threads:
        thread.join()
    return swaps, answers


def copied(data: Path) -> str:
    """The published snapshot once more, under another name."""
    name = f"{published_id(data)}-copy"
    shutil.copytree(data / SNAPSHOTS / published_id(data), data / SNAPSHOTS / name, dirs_exist_ok=True)
    return name


def ask(port: int, texts: list[str], pause: float, answers: Answers, stopping: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    number = 0
    while not stopping.is_set():
        body = json.dumps({"text": texts[number % len(texts)] + f" {number}", "min_confidence": 0})
        number += 1
        started = time.perf_counter()
        connection.request("POST", "/v1/suggestions", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        served = json.loads(response.read()).get("snapshot_id", "")
        took = time.perf_counter() - started
        answers.rows.append((started, 1000 * took, response.status, served))
        time.sleep(max(0.0, pause - took))


def report(swaps: list[tuple[float, str]], answers: Answers) -> None:
    failed = sum(status != 200 for _, _, status, _ in answers.rows)
    during = [took for when, _ in swaps for took in answers.between(when, when + AROUND)]
    quiet = [took for when, _ in swaps for took in answers.between(when - QUIET + AROUND, when)]
    slowest = max(answers.taken(name, when) for when, name in swaps)
    print(f"requests {len(answers.rows)}, failed {failed}")
    print(f"swaps {len(swaps)}, the slowest after {slowest:.2f} s")
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        still, swapping = at(quiet, share), at(during, share)
        print(f"{name}  quiet {still:6.2f} ms   swapping {swapping:6.2f} ms   ratio {swapping / still:.2f}")


if __name__ == "__main__":
    sys.exit(main())
