"""What becomes of a right article that is shown as its question is typed on, letter by letter.

    python benchmarks/typing_on.py SET_FOLDER [--data DIR] [--questions 200]

SET_FOLDER holds `articles/` and `questions.jsonl`. Each question is asked after every second letter, as the
server asks (knowing what is shown) and each beginning alone.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from encoders import ENGLISH, open_encoder

from kb.content.question_files import Question, read_questions
from kb.index.snapshot import MODELS
from kb.search.engine import Engine
from kb.search.query import Query
from kb.settings import FLOOR

BIN = Path(sysconfig.get_path("scripts")) / "selfhelp"
FIRST, STEP = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Of one question: the right article was shown and gone again, it is shown at the end, and how many
    articles went at each beginning.
    """

    lost: bool
    right: bool
    gone: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"), help="its models are used and kept")
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    open_encoder(ENGLISH, options.data)
    questions = [q for q in read_questions(options.folder / "questions.jsonl") if q.articles]
    some = random.Random(1).sample(questions, min(options.questions, len(questions)))
    with tempfile.TemporaryDirectory() as name:
        engine = _index(options.folder / "articles", Path(name), options.data)
        print("percent of the questions  right, then gone   right at the end   articles gone a beginning")
        for kind, knowing in (("each beginning alone", False), ("knowing what is shown", True)):
            seen = [typed_on(engine, question, knowing=knowing) for question in some]
            lost = 100 * sum(one.lost for one in seen) / len(seen)
            right = 100 * sum(one.right for one in seen) / len(seen)
            gone = sum(one.gone for one in seen) / len(seen)
            print(f"{kind:24}  {lost:16.1f}   {right:16.1f}   {gone:25.3f}", flush=True)
    return 0


def _index(articles: Path, folder: Path, data: Path) -> Engine:
    (folder / MODELS).symlink_to((data / MODELS).resolve())
    subprocess.run([BIN, "index", articles, "--data", folder], check=True, capture_output=True)
    engine = Engine(folder, floor=FLOOR)
    engine.load()
    return engine


def typed_on(engine: Engine, question: Question, *, knowing: bool) -> Seen:
    shown: tuple[str, ...] = ()
    was = lost = False
    gone = beginnings = 0
    for length in range(FIRST, len(question.text) + STEP, STEP):
        query = Query(text=question.text[:length], locale=question.locale, shown=shown if knowing else ())
        found = tuple(one.slug for one in engine.suggest(query).suggestions)
        right = bool(question.articles & set(found))
        lost |= was and not right
        was |= right
        gone += len(set(shown) - set(found))
        beginnings += 1
        shown = found
    return Seen(lost=lost, right=bool(question.articles & set(shown)), gone=gone / max(1, beginnings))


if __name__ == "__main__":
    sys.exit(main())
