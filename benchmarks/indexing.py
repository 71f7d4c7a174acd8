"""What indexing costs when nothing, one article or everything has changed, and how near encoding comes to the
bare encoder.

    python benchmarks/indexing.py ARTICLES [--count 3000] [--data DIR]

Articles are repeated, each time with other words in them, until there are enough. Seconds are of whole
processes, beside those of `python -c pass`; a run that imports torch ends the benchmark.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexer.folder import read_articles
from kb.index.content import content_of
from kb.index.encoder import BATCH, OnnxEncoder
from kb.index.snapshot import MODELS, SNAPSHOTS, Snapshot, published_id

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy")
TIMED = f"""
import sys
from kb.cli import main
try:
    main()
finally:
    loaded = [name for name in {HEAVY!r} if name in sys.modules]
    if loaded:
        sys.exit(f"loaded {{loaded}}")
"""
TURNS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--data", type=Path, help="keep the index here between runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        articles, data = Path(temporary) / "articles", options.data or Path(temporary) / "data"
        repeat(options.articles, articles, options.count)
        arguments = ["index", str(articles), "--data", str(data), "--format", "json"]
        command = [sys.executable, "-c", TIMED, *arguments]
        plain = [sys.executable, "-c", "from kb.cli import main; main()", *arguments]
        first, _, told = timed(plain, plain=True)
        print(f"articles {told['articles']}, passages {told['passages']}; first index {first:.1f} s")
        report(command, articles)
        rates(articles, data)
    return 0


def repeat(source: Path, target: Path, count: int) -> None:
    """Copies with a sentence of their own in every paragraph."""
    files = sorted(source.rglob("*.md"))
    for number in range(count):
        turn, file = divmod(number, len(files))
        text = files[file].read_text(encoding="utf-8", errors="replace")
        if turn:
            text = re.sub(r"\n\n(?=\w)", f"\n\nOf edition {turn} of number {number}: ", text)
            text = re.sub(r"(?m)^(title: *\S.*?)(['\"]?)$", rf"\1 {turn}\2", text, count=1)
        path = target / "en" / f"{turn}" / f"{files[file].stem}-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def report(command: list[str], articles: Path) -> None:
    """Seconds and processor seconds of whole processes, the quickest of a few turns."""
    changed = next(iter(sorted(articles.rglob("*.md"))))
    python = min(timed([sys.executable, "-c", "pass"], plain=True)[0] for _ in range(TURNS))
    rows = {"nothing changed": [timed(command) for _ in range(TURNS)], "one article changed": []}
    for turn in range(TURNS):
        with changed.open("a", encoding="utf-8") as file:
            file.write(f"\n\nA line of turn {turn}, {time.time()}.\n")
        rows["one article changed"].append(timed(command))
    for name, runs in rows.items():
        seconds, processor, told = min(runs, key=lambda run: run[0])
        print(
            f"{name:20} {seconds:5.2f} s ({seconds / python:.0f} x python), processor {processor:.2f} s, "
            f"{told['encoded']} encoded"
        )


def timed(command: list[str], *, plain: bool = False) -> tuple[float, float, dict[str, object]]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode not in (0, 1) or (not plain and "loaded [" in ran.stderr):
        raise SystemExit(ran.stderr[-2000:])
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, processor, json.loads(ran.stdout.splitlines()[-1]) if ran.stdout else {}


def rates(articles: Path, data: Path) -> None:
    """Passages a second as an index run encodes them, and in full batches of one length, in turns."""
    snapshot = Snapshot(data / SNAPSHOTS / published_id(data))
    encoder = OnnxEncoder(data / MODELS / snapshot.model, threads=1)
    passages = [one.text for one in content_of(read_articles(articles, "en").articles).flat]
    sample = [passages[n] for n in np.random.default_rng(1).permutation(len(passages))[: 16 * BATCH].tolist()]
    bare, whole = [], []
    batches = bare_batches(encoder, sample)
    for _ in range(TURNS):
        whole.append(rate(lambda: encoder.encode_passages(sample), len(sample)))
        bare.append(rate(lambda: run_batches(encoder, batches), len(sample)))
    print(
        f"passages a second: encoded {max(whole):.0f}, the bare encoder's batches {max(bare):.0f}, "
        f"ratio {max(whole) / max(bare):.2f}"
    )


def bare_batches(encoder: OnnxEncoder, texts: list[str]) -> list[list[list[int]]]:
    """Tokenised and sorted by length: what is left is the graph alone."""
    tokens = sorted(encoder._tokens(texts), key=len)
    return [tokens[start : start + BATCH] for start in range(0, len(tokens), BATCH)]


def run_batches(encoder: OnnxEncoder, batches: list[list[list[int]]]) -> None:
    for batch in batches:
        encoder._run(batch)


def rate(work: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
