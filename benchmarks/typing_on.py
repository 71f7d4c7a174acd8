"""Whether a right article that is shown stays on screen while its question is typed on, letter by letter.

    python benchmarks/typing_on.py SET_FOLDER [--data DIR] [--model NAME] [--questions 120]

SET_FOLDER holds `articles/` and `questions.jsonl`. Each beginning is asked as the server asks, knowing what
is shown. On screen is what the widget shows: every answer at once, or an empty one only after it has lasted
for some letters or the question is at its end.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from encoders import ENGLISH
from quality import Bench

from kb.content.question_files import Question, read_questions
from kb.search.engine import Engine
from kb.search.query import Query
from kb.settings import FLOOR

# Nobody is asked less than the widget asks.
FIRST = 3
# Letters typed within the widget's second at 24, 48 and 72 words a minute (five letters and a space each).
PATIENCE = (0, 2, 5, 7)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"), help="its models are used and kept")
    parser.add_argument("--model", default=ENGLISH)
    parser.add_argument("--questions", type=int, default=120)
    options = parser.parse_args()
    bench = Bench(models=options.data / "models", model=options.model, multilingual=options.model)
    questions = [q for q in read_questions(options.folder / "questions.jsonl") if q.articles]
    some = random.Random(1).sample(questions, min(options.questions, len(questions)))
    with bench.indexed(options.folder / "articles", "--model", options.model) as data:
        engine = Engine(Path(data), floor=FLOOR)
        engine.load()
        asked = [list(typed_on(engine, question)) for question in some]
    print("an empty answer waits    right article shown, then gone    right article shown at the end")
    for patience in PATIENCE:
        seen = [list(on_screen(answers, patience)) for answers in asked]
        gone = sum(True in one and False in one[one.index(True) :] for one in seen)
        right = sum(one[-1] for one in seen)
        print(
            f"{patience} letters {100 * gone / len(seen):37.1f} % {100 * right / len(seen):31.1f} %",
            flush=True,
        )
    return 0


def typed_on(engine: Engine, question: Question) -> Iterator[tuple[bool, bool]]:
    """Of each beginning, whether anything is suggested, and whether a right article is."""
    shown: tuple[str, ...] = ()
    for length in range(min(FIRST, len(question.text)), len(question.text) + 1):
        query = Query(text=question.text[:length], locale=question.locale, shown=shown)
        shown = tuple(one.slug for one in engine.suggest(query).suggestions)
        yield bool(shown), bool(question.articles & set(shown))


def on_screen(answers: Sequence[tuple[bool, bool]], patience: int) -> Iterator[bool]:
    """Of each beginning, whether a right article is on screen."""
    right, empty = False, 0
    for place, (anything, found) in enumerate(answers, start=1):
        empty = 0 if anything else empty + 1
        if anything or empty > patience or place == len(answers):
            right = found
        yield right


if __name__ == "__main__":
    sys.exit(main())
