"""The quality table: every set of a folder, indexed and asked.

    python benchmarks/quality.py DATA_FOLDER [--data DIR] [--model NAME] [--multilingual NAME]
                                 [--only SET ...] [--misspelt | --searched]

A set is a folder with `articles/` and `questions.jsonl`. One with `solved.jsonl` gets a second row, after
learning from it. One whose questions have several locales is asked in each of them but English, with the
multilingual model: of the English articles, and of the articles in the same language, either alone and as
pages among the articles of all locales. The last rows are means over the locales. With `--misspelt` each
question has a slip of the finger in it, with `--searched` three words are left of it. benchmarks/README.md
says what each column means.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from searches import as_searches
from slips import misspelt

BIN = Path(sys.executable).with_name("selfhelp")
COLUMNS = ("success1", "success3", "typing_score", "thrown_out", "calibration_error")
HEADS = ("success@1", "success@3", "typing", "thrown out", "cal. error", "AUROC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where indexes are kept while the table is made, the model for sets in English, and that for sets in
    several languages.
    """

    models: Path
    model: str
    multilingual: str

    def row(self, articles: Path, questions: Path, *, locale: str = "en", more: Sequence[str] = ()) -> Any:
        """Indexes a folder and asks questions of it."""
        with self.indexed(articles, "--locale", locale, *more) as data:
            return asked_of(data, questions)

    @contextmanager
    def indexed(self, articles: Path, *more: str) -> Iterator[str]:
        """A data folder with these articles published."""
        with tempfile.TemporaryDirectory() as name:
            self.models.mkdir(parents=True, exist_ok=True)
            (Path(name) / "models").symlink_to(self.models.resolve())
            run("index", articles, "--data", name, *more)
            yield name


def asked_of(data: str, questions: Path) -> Any:
    return json.loads(run("eval", questions, "--json", "--data", data))


def run(*arguments: object) -> str:
    done = subprocess.run([BIN, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"selfhelp {' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"), help="its models are used and kept")
    parser.add_argument("--model", default="all-MiniLM-L6-v2", help="for sets in English")
    parser.add_argument("--multilingual", default="multilingual-e5-small", help="for the others")
    parser.add_argument("--only", nargs="*", default=[])
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--misspelt", action="store_true", help="a slip of the finger in each question")
    form.add_argument("--searched", action="store_true", help="of each question its three rarest words")
    options = parser.parse_args()
    bench = Bench(models=options.data / "models", model=options.model, multilingual=options.multilingual)
    print(f"{'':38}" + "".join(f"{head:>12}" for head in HEADS), flush=True)
    for path in sorted(options.folder.glob("*/questions.jsonl")):
        if not options.only or path.parent.name in options.only:
            asked = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
            texts = [one["question"] for one in asked]
            if options.misspelt:
                texts = [misspelt(text) for text in texts]
            elif options.searched:
                texts = as_searches(texts)
            asked = [{**one, "question": text} for one, text in zip(asked, texts, strict=True)]
            for name, report in rows(path.parent, asked, bench):
                print(line(name, report), flush=True)
    return 0


def rows(folder: Path, asked: list[dict[str, Any]], bench: Bench) -> Iterator[tuple[str, dict[str, Any]]]:
    locales = sorted({one["locale"] for one in asked if "locale" in one})
    if len(locales) > 1:
        yield from several(folder, asked, locales, bench)
        return
    with tempfile.TemporaryDirectory() as name:
        questions = written(asked, Path(name) / "questions.jsonl")
        model = ("--model", bench.model)
        yield folder.name, bench.row(folder / "articles", questions, more=model)
        if (folder / "solved.jsonl").exists():
            learned = (*model, "--learn", str(folder / "solved.jsonl"))
            yield f"{folder.name}, learned", bench.row(folder / "articles", questions, more=learned)


def written(asked: list[dict[str, Any]], path: Path) -> Path:
    path.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    return path


def several(
    folder: Path, asked: list[dict[str, Any]], locales: list[str], bench: Bench
) -> Iterator[tuple[str, dict[str, Any]]]:
    model = ("--model", bench.multilingual)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(locale: str, label: str, report: dict[str, Any]) -> None:
        found[label].append(report)
        print(line(f"  {folder.name} {locale} {label}", report), flush=True)

    with tempfile.TemporaryDirectory() as name, bench.indexed(folder / "articles", *model) as together:
        for locale in (one for one in locales if one != "en"):
            for page, where in (("en", "of English"), (locale, "of its own")):
                there = [{**one, "locale": page} for one in asked if one["locale"] == locale]
                mine = written(there, Path(name) / f"{locale}-{page}.jsonl")
                report = bench.row(folder / "articles" / page, mine, locale=page, more=model)
                add(locale, where, report)
                add(locale, f"{where}, among all", asked_of(together, mine))
    for label, reports in found.items():
        mean = {column: fmean(report[column] for report in reports) for column in COLUMNS}
        yield f"{folder.name} {label}, mean of {len(reports)}", {**mean, "auroc": {}}


def line(name: str, report: dict[str, Any]) -> str:
    values = [f"{report[column]:12.1f}" for column in COLUMNS[:-1]] + [f"{report[COLUMNS[-1]]:12.3f}"]
    against = ", ".join(f"{kind} {value:.1f}" for kind, value in report["auroc"].items())
    return f"{name:38}" + "".join(values) + ("   " + against if against else "")


if __name__ == "__main__":
    sys.exit(main())
