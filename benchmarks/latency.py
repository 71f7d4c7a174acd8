"""What a suggestion costs over HTTP, beside what its encoder costs alone, in one run.

    python benchmarks/latency.py ARTICLES [--questions 400] [--data DIR] [--model NAME]

Every question is new to both, and the two take turns, so that a noisy machine disturbs them alike.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.folder import read_articles
from kb.content.passages import passages_of
from kb.index.encoder import OnnxEncoder
from kb.index.snapshot import MODELS, SNAPSHOTS, Snapshot, published_id

BIN = Path(sys.executable).with_name("selfhelp")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--data", type=Path, help="keep the index here between runs")
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        command = [BIN, "index", options.articles, "--data", data, "--model", options.model]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
        snapshot = Snapshot(data / SNAPSHOTS / published_id(data))
        encoder = OnnxEncoder(data / MODELS / snapshot.model, threads=1)
        with serving(data) as (port, pid, ready):
            bare, whole = measure(encoder, port, questions(options.articles, options.questions))
            memory = resident(pid)
    print(f"articles {len(snapshot.articles)}, passages {len(snapshot.passages)}, questions {len(whole)}")
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        alone, over_http = at(bare, share), at(whole, share)
        print(
            f"{name}  encoder alone {alone:6.2f} ms   POST /v1/suggestions {over_http:6.2f} ms   "
            f"ratio {over_http / alone:.2f}   (against the encoder's p50 {over_http / at(bare, 0.5):.2f})"
        )
    print(f"serving process {memory:.0f} MB, ready after {ready:.2f} s")
    return 0


def questions(folder: Path, count: int) -> list[str]:
    """Beginnings of titles and of sentences, no two alike, as if somebody were typing them."""
    chance = random.Random(1)
    texts = [p.text for a in read_articles(folder, "en").articles for p in passages_of(a)]
    cut = {text[:length].strip() for text in texts for length in range(10, min(80, len(text)) + 1)}
    if len(cut) < count:
        raise SystemExit(f"{folder}: too few articles for {count} questions that differ")
    return chance.sample(sorted(cut), count)


def measure(encoder: OnnxEncoder, port: int, asked: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of the encoder alone, and of a request over one kept-alive connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    bare, whole = [], []
    for number, text in enumerate(asked):
        started = time.perf_counter()
        encoder.encode_questions([text])
        encoded = time.perf_counter()
        body = json.dumps({"text": text, "min_confidence": 0})
        connection.request("POST", "/v1/suggestions", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        done = time.perf_counter()
        if response.status != 200:
            raise SystemExit(f"{text!r}: {response.status} {answer.decode()}")
        if number >= 20:  # the first ones warm caches up
            bare.append(1000 * (encoded - started))
            whole.append(1000 * (done - encoded))
    return bare, whole


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int, float]]:
    """A `selfhelp serve` of its own: port, process id, seconds until it was ready."""
    port = free_port()
    started = time.monotonic()
    process = subprocess.Popen([BIN, "serve", "--port", str(port), "--data", data], stdout=subprocess.DEVNULL)
    try:
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() - started > 30:
                raise SystemExit("the server did not get ready")
            time.sleep(0.01)
        yield port, process.pid, time.monotonic() - started
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def resident(pid: int) -> float:
    """Memory of a process in MB, from /proc."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    sys.exit(main())
