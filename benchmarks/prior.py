"""Finds the default weights and calibration: those that serve several unlike help centres together.

    python benchmarks/prior.py DATA_FOLDER [--model NAME] [--data DIR]

DATA_FOLDER holds folders with `articles/` and `questions.jsonl`. For each set it also prints what the
defaults found on the other sets alone come to on it, beside what it learns from its own articles: the
figures that DESIGN.md argues with.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.content import content_of, encode
from indexer.folder import read_articles
from indexer.learn import Example, examples_of, fit_calibration, fit_weights
from indexer.models import ensure_model
from indexer.practice import Asked, Practice, practices
from indexer.questions import read_questions
from kb.index.encoder import OnnxEncoder
from kb.index.ranking import Weights
from kb.index.snapshot import MODELS
from kb.search.metrics import SHARES, quality, typed_at

QUESTIONS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A help centre: examples of people's questions (five a question; None where the right article is not
    among the candidates), and of questions made of its own articles.
    """

    name: str
    asked: list[Example | None]
    practised: list[Example]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--data", type=Path, default=Path("data"))
    options = parser.parse_args()
    (options.data / MODELS).mkdir(parents=True, exist_ok=True)
    encoder = OnnxEncoder(
        options.data / MODELS / ensure_model(options.model, options.data, lambda *_: True, lambda _: None)
    )
    folders = sorted(path.parent for path in options.folder.glob("*/questions.jsonl"))
    sets = [read_set(folder, encoder) for folder in folders]
    flat = Weights(**dict.fromkeys(asdict(Weights()), 1.0))
    for one in sets:
        others = [example for other in sets if other is not one for example in other.asked if example]
        found = fit_weights(others, flat)
        print(f"{one.name:10} found on the others   {figures(one, found)}")
        if one.practised:
            print(f"{'':10} and own articles      {figures(one, fit_weights(one.practised, found))}")
    asked = [example for one in sets for example in one.asked if example]
    weights = fit_weights(asked, flat)
    print({name: round(value, 1) for name, value in asdict(weights).items()})
    calibration = fit_calibration(asked, weights)
    print(round(calibration.intercept, 2), {n: round(w, 2) for n, w in calibration.weights.items()})
    return 0


def read_set(folder: Path, encoder: OnnxEncoder) -> Set:
    """English articles of a set with a sample of its answerable questions, typed as far as SHARES."""
    found = read_articles(folder / "articles", "en").articles
    content = content_of([article for article in found if article.locale == "en"])
    vectors = encode(content, encoder, {}, None)
    numbers = {article.slug: number for number, article in enumerate(content.articles)}
    questions = [
        question
        for question in read_questions(folder / "questions.jsonl")
        if question.locale in (None, "en") and question.articles & numbers.keys()
    ]
    sample = random.Random(1).sample(questions, min(QUESTIONS, len(questions)))
    asked = tuple(
        Asked(text=typed_at(question.text, share), article=numbers[min(question.articles & numbers.keys())])
        for question in sample
        for share in SHARES
    )
    real = examples_of(Practice(content=content, asked=asked), vectors, encoder, None)
    own = [e for practice in practices(content) for e in examples_of(practice, vectors, encoder, None) if e]
    return Set(name=folder.name, asked=real, practised=own)


def figures(one: Set, weights: Weights) -> str:
    ranks = [example and rank(example, weights) for example in one.asked]
    rows = [ranks[start : start + len(SHARES)] for start in range(0, len(ranks), len(SHARES))]
    result = quality(rows)
    return (
        f"success@1 {result.success1:5.1f}  success@3 {result.success3:5.1f}  "
        f"typing {result.typing_score:5.1f}"
    )


def rank(example: Example, weights: Weights) -> int:
    scores = example.signals @ [getattr(weights, name) for name in asdict(weights)]
    return 1 + int((scores > scores[example.right]).sum())


if __name__ == "__main__":
    sys.exit(main())
