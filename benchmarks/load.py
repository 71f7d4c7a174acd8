"""What the server bears: load by wrk, several times too much of it, re-indexing meanwhile, for a long time.

    python benchmarks/load.py ARTICLES [--data DIR] [--rate 200] [--seconds 60] [--reindexes 20]
                              [--requests 200000] [--only steady,overload,reindex,memory]

Exit status 1 when something that must hold does not. All runs on this machine, the generator too; how much of
it others used meanwhile is printed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from latency import BIN, free_port, is_ready, questions, resident
from wrk import WRK, Bench, Load

CONNECTIONS = 64
CONNECTIONS_TO_THE_FULL = 8
CONNECTIONS_TOO_MANY = 240
TOO_MUCH = 5
LITTLE = 20
P95_MS = 50
RECOVERED_SECONDS = 5
GROWTH = 0.05
WARM_REQUESTS = 5000
TEXTS = 300


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        articles = Path(shutil.copytree(options.articles, Path(temporary) / "articles"))
        data = options.data or Path(temporary) / "data"
        index(articles, data)
        texts = Path(temporary) / "texts"
        texts.write_text("\n".join(map(safe, questions(articles, TEXTS))) + "\n", encoding="utf-8")
        with serving(data, Path(temporary)) as (port, pid):
            bench = Bench(port, pid, texts)
            bench.load(2, CONNECTIONS_TO_THE_FULL, 0)
            for name in options.only.split(","):
                print(f"{name}:")
                PHASES[name](bench, options, articles, data)
    print("all held" if not bench.missed else f"missed: {'; '.join(bench.missed)}")
    return 1 if bench.missed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--data", type=Path, help="keep the index here between runs")
    parser.add_argument("--rate", type=float, default=200, help="suggestions a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--reindexes", type=int, default=20)
    parser.add_argument("--requests", type=int, default=200_000, help="for the memory")
    parser.add_argument("--only", default="steady,overload,reindex,memory")
    options = parser.parse_args()
    if not Path(WRK).exists():
        raise SystemExit("wrk is not installed: apt install wrk")
    return options


def steady(bench: Bench, options: argparse.Namespace, *_: Path) -> None:
    load = bench.load(options.seconds, CONNECTIONS, options.rate)
    done = load.answered / load.seconds
    bench.must(done >= 0.98 * options.rate, f"{options.rate:.0f} suggestions a second ({done:.0f})")
    bench.must(load.p95 < P95_MS, f"p95 under {P95_MS} ms ({load.p95:.1f})")
    bench.must(load.failed == 0, f"no error ({load.failed})")


def overload(bench: Bench, options: argparse.Namespace, *_: Path) -> None:
    usual = bench.load(2, CONNECTIONS_TO_THE_FULL, LITTLE).p95
    full = bench.load(options.seconds / 6, CONNECTIONS_TO_THE_FULL, 0)
    rate = TOO_MUCH * full.answered / full.seconds
    load = bench.load(options.seconds / 2, CONNECTIONS_TOO_MANY, rate)
    since = time.monotonic()
    shed = load.statuses.get("503", 0) + load.statuses.get("429", 0)
    bench.must(load.requests >= 0.9 * rate * load.seconds, f"{rate:.0f} a second arrived")
    bench.must(load.requests == load.answered + shed > load.answered, f"the rest was shed ({shed})")
    bench.must(load.without_retry_after == 0, "each with Retry-After")
    bench.must(load.broken + load.timeouts == 0, "no connection broke")
    share = load.answered / load.seconds / (full.answered / full.seconds)
    print(f"   suggestions answered meanwhile: {100 * share:.0f} % of what it can do")
    after = recovered(bench, since, max(P95_MS, 2 * usual))
    bench.must(after < RECOVERED_SECONDS, f"recovered within {RECOVERED_SECONDS} s ({after:.1f})")


def recovered(bench: Bench, since: float, p95: float) -> float:
    """Seconds until a little load is answered without an error, in the time it usually takes."""
    while time.monotonic() - since < 6 * RECOVERED_SECONDS:
        begun = time.monotonic()
        load = bench.load(1, CONNECTIONS_TO_THE_FULL, LITTLE)
        if load.failed == 0 and load.p95 < p95:
            return begun - since
    return time.monotonic() - since


def reindex(bench: Bench, options: argparse.Namespace, articles: Path, data: Path) -> None:
    """One article is changed and published, again and again; the load ends with the last."""
    rate, published, seen = options.rate / 2, 0, threading.Event()
    loads: list[Load] = []

    def keep_loading() -> None:
        while not seen.is_set():
            loads.append(bench.load(5, CONNECTIONS, rate))

    loading = threading.Thread(target=keep_loading)
    loading.start()
    file = next(path for path in sorted(articles.rglob("*.md")))
    original, started = file.read_text(encoding="utf-8"), time.monotonic()
    for number in range(options.reindexes):
        file.write_text(f"{original}\n\nChanged {number} times today.\n", encoding="utf-8")
        published += index(articles, data)
    took = time.monotonic() - started
    time.sleep(2)
    seen.set()
    loading.join()
    failed = sum(load.failed for load in loads)
    bench.must(published == options.reindexes, f"{published} published in {took:.0f} s")
    bench.must(failed == 0, f"no failed request of {sum(load.requests for load in loads)} ({failed})")


def memory(bench: Bench, options: argparse.Namespace, *_: Path) -> None:
    done, before = 0, 0.0
    while done < options.requests:
        done += bench.load(options.seconds, CONNECTIONS_TO_THE_FULL, 0).requests
        now = resident(bench.pid)
        before = before or (now if done >= min(WARM_REQUESTS, options.requests / 10) else 0.0)
        print(f"   {done} requests, {now:.0f} MB")
    growth = now / before - 1
    bench.must(growth < GROWTH, f"memory flat ({before:.0f} to {now:.0f} MB, {100 * growth:+.1f} %)")


PHASES: dict[str, Callable[[Bench, argparse.Namespace, Path, Path], None]] = {
    "steady": steady, "overload": overload, "reindex": reindex, "memory": memory,
}  # fmt: skip


def index(articles: Path, data: Path) -> bool:
    ran = subprocess.run(
        [BIN, "index", articles, "--data", data], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        print(ran.stderr.strip().splitlines()[-1])
    return ran.returncode == 0


@contextmanager
def serving(data: Path, place: Path) -> Iterator[tuple[int, int]]:
    """A `selfhelp serve` of its own without rate limits, its database apart: port and process id."""
    port = free_port()
    settings = {
        "SELFHELP_RATE_LIMIT": "off",
        "SELFHELP_LOG_REQUESTS": "false",
        "SELFHELP_DATABASE_URL": f"sqlite:///{place}/load.sqlite3",
    }
    process = subprocess.Popen(
        [BIN, "serve", "--port", str(port), "--data", data],
        stdout=subprocess.DEVNULL, stderr=(place / "log").open("w"), env=os.environ | settings,
    )  # fmt: skip
    try:
        for _ in range(600):
            if is_ready(port):
                break
            time.sleep(0.05)
        else:
            raise SystemExit(f"the server did not get ready: {(place / 'log').read_text()[-500:]}")
        yield port, process.pid
        if process.poll() is not None:
            raise SystemExit("the server did not stay up")
    finally:
        process.terminate()
        process.wait(30)


def safe(text: str) -> str:
    """A text that stays itself inside a JSON string, cut anywhere."""
    return "".join(sign for sign in text if sign.isascii() and sign.isprintable() and sign not in '"\\')


if __name__ == "__main__":
    sys.exit(main())
