"""Gaps: how well questions are grouped, and the whole path from keystrokes to articles that close gaps.

    python benchmarks/gaps.py --grouping DATA_FOLDER [--data DIR]
    python benchmarks/gaps.py --replay SET_FOLDER [--days 30] [--seed 1] [--share 1] [--keep DIR]

Grouping: the number of groups is not given and no setting is chosen on these sets:
`insurance/unanswered.jsonl`, and the near questions of `banking/questions.jsonl`. Exit status 1 when a
figure is missed.
benchmarks/README.md says what is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from checks import Checks
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import normalized_mutual_info_score

BIN = Path(sys.executable).with_name("selfhelp")
# set -> file, and the kind of its questions that counts (None: all)
SETS = {
    "insurance": ("insurance/unanswered.jsonl", None),
    "banking, near": ("banking/questions.jsonl", "near"),
}
# set -> least accuracy and NMI
LEAST = {"insurance": (74, 87), "banking, near": (62, 80)}
HEADS = ("questions", "topics", "groups", "accuracy", "NMI", "seconds")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"), help="its models are used and kept")
    parser.add_argument("--grouping", action="store_true", help="the table of grouping")
    parser.add_argument("--replay", action="store_true", help="a month over HTTP, then articles")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the questions, to try it out")
    parser.add_argument("--keep", type=Path, help="an empty folder for articles and database, to look into")
    options = parser.parse_args()
    missed = judged(grouping(options.folder, options.data)) if options.grouping else 0
    return (replayed(options) if options.replay else 0) or missed


def replayed(options: argparse.Namespace) -> int:
    from replay import replay

    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        return replay(options.folder, options.days, options.seed, options.share, work)


def grouping(folder: Path, data: Path) -> dict[str, tuple[float, float]]:
    """Prints the table; accuracy and NMI of each set."""
    found = {}
    print(f"{'':16}" + "".join(f"{head:>11}" for head in HEADS), flush=True)
    for name, (file, kind) in SETS.items():
        lines = [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines()]
        asked = [line for line in lines if kind is None or line["kind"] == kind]
        topics = [line["topic"] for line in asked]
        started = time.monotonic()
        groups = grouped([line["question"] for line in asked], data)
        seconds = time.monotonic() - started
        counts = f"{len(asked):11}{len(set(topics)):11}{len(set(groups)):11}"
        right = accuracy(topics, groups)
        nmi = float(100 * normalized_mutual_info_score(topics, groups))
        print(f"{name:16}{counts}{right:11.1f}{nmi:11.1f}{seconds:11.1f}", flush=True)
        found[name] = (right, nmi)
    return found


def judged(found: Mapping[str, tuple[float, float]]) -> int:
    """Says of each figure whether it held; 1 when one is missed."""
    checks = Checks()
    for name, figures in found.items():
        for figure, value, least in zip(("accuracy", "NMI"), figures, LEAST[name], strict=True):
            checks.must(value >= least, f"{name}: {figure} {value:.1f}, at least {least}")
    return 1 if checks.missed else 0


def grouped(questions: Sequence[str], data: Path) -> list[int]:
    """The group that `selfhelp gaps group` puts each question in."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "questions.jsonl"
        file.write_text("\n".join(json.dumps({"question": one}) for one in questions), encoding="utf-8")
        command = [BIN, "gaps", "group", file, "--json", "--data", data]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return [line["group"] for line in json.loads(done.stdout)["lines"]]


def accuracy(topics: Sequence[str], groups: Sequence[int]) -> float:
    """Percent of the questions in the group that stands for their topic, one group a topic."""
    rows, columns = sorted(set(topics)), sorted(set(groups))
    table = np.zeros((len(rows), len(columns)))
    for (topic, group), count in Counter(zip(topics, groups, strict=True)).items():
        table[rows.index(topic), columns.index(group)] = count
    return float(100 * table[linear_sum_assignment(-table)].sum() / len(topics))


if __name__ == "__main__":
    sys.exit(main())
