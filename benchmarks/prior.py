"""Finds the default weights and calibration: those that serve several unlike help centres together.

    python benchmarks/prior.py DATA_FOLDER [--data DIR]

DATA_FOLDER holds folders with `articles/` and `questions.jsonl`. For each set it also prints what the
defaults found on the other sets alone come to on it, beside what it learns from its own articles: the
figures that DESIGN.md argues with. Defaults and calibration are found with both bundled encoders, and with
questions in other languages than the articles where a set has them. Noise and calibration are those of the
defaults in kb/index/ranking.py: with new ones there, run it again.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt
from encoders import BUNDLED, open_encoder
from scipy.optimize import minimize
from searches import searched

from indexer.folder import read_articles
from indexer.learn import SIGNALS, Example, examples_of, fit_noise, fit_weights, row_of
from indexer.practice import Practice, PracticeQuestion, practices, without_answer
from kb.content.question_files import Question, read_questions
from kb.index.build_index import index_of
from kb.index.content import Content, content_of, encode
from kb.index.encoded import Encoded
from kb.index.encoder import OnnxEncoder
from kb.index.index import Index
from kb.index.ranking import Calibration, Cues, Noise, Weights
from kb.index.words import Terms
from kb.search.confidence import cues_of
from kb.search.metrics import SHARES, quality, typed_at
from kb.search.rank import Ranker

Floats = npt.NDArray[np.float64]

QUESTIONS = 240
# Of what no article answers, so much is about something else altogether: as easy to tell as it is common.
FAR = 0.5
ELSEWHERE = 80
NOWHERE = -1
# Words of a question that stand for a search.
SEARCHED = (1, 2, 3)
# The share of the first article among the candidates tells right from wrong, standing tells answerable from
# unanswerable; left free, the fit trusts the share so much that AUROC against near questions falls to 79.
# Between 0.4 and 1 AUROC against far ones rises by 0.2 and the calibration error by 0.003 as it falls.
SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What confidence rests on, for one question, and whether its first article is right."""

    cues: Cues
    right: bool
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A help centre: examples of people's questions (five a question; None where the right article is not
    among the candidates), of the few words that somebody would search for instead, of questions made of its
    own articles, and of these asked of all articles; `far` and `far_searched` are those of the other help
    centres, none of whose candidates is right.
    """

    name: str
    asked: list[Example | None]
    searched: list[Example | None]
    practised: list[Example]
    unanswered: list[Example]
    far: list[Example]
    far_searched: list[Example]

    def learned(self, prior: Weights) -> Weights:
        return fit_weights(self.practised, prior) if self.practised else prior

    def noise(self, weights: Weights) -> Noise:
        return fit_noise(self.unanswered, weights)

    def judged(self, weights: Weights) -> list[Judged]:
        """Of every question and every search, as often without its right article, and of those from
        elsewhere; the searches together count as much as the questions.
        """
        noise = self.noise(weights)
        return [
            one
            for asked, far in ((self.asked, self.far), (self.searched, self.far_searched))
            for one in _judged_all([example for example in asked if example], far, weights, noise)
        ]


def _judged_all(
    examples: Sequence[Example], far: Sequence[Example], weights: Weights, noise: Noise
) -> Iterator[Judged]:
    for example in examples:
        scores = _scores(example, weights)
        left = np.delete(scores, example.right)
        found = float(scores[example.right]) == float(scores.max())
        yield _judged(example, scores, noise, right=found, weight=1 / len(examples))
        if len(left):
            yield _judged(example, left, noise, right=False, weight=(1 - FAR) / len(examples))
    for example in far:
        yield _judged(example, _scores(example, weights), noise, right=False, weight=FAR / len(far))


def _scores(example: Example, weights: Weights) -> Floats:
    scores: Floats = example.signals @ row_of(weights.for_known(example.typed.known))
    return scores


def _judged(example: Example, scores: Floats, noise: Noise, *, right: bool, weight: float) -> Judged:
    return Judged(cues=cues_of(example.typed, scores, noise), right=right, weight=weight)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"))
    options = parser.parse_args()
    english, multilingual = (open_encoder(name, options.data) for name in BUNDLED)
    folders = sorted(path.parent for path in options.folder.glob("*/questions.jsonl"))
    sets = [one for folder in folders for one in read_sets(folder, english, ["en"])]
    flat = Weights(**dict.fromkeys(asdict(Weights()), 1.0))
    for one in sets:
        elsewhere = [example for other in sets if other is not one for example in other.asked if example]
        found = fit_weights(elsewhere, flat, pull=1)
        print(f"{one.name:10} found on the others   {figures(one, found)}")
        if one.practised:
            print(f"{'':10} and own articles      {figures(one, fit_weights(one.practised, found))}")
    others = [one for folder in folders for one in read_sets(folder, multilingual, _locales(folder))]
    # One of the others is asked in six languages: with the English ones twice both encoders count alike.
    alike = [*sets, *sets, *others]
    weights = fit_weights([e for one in alike for e in one.asked if e], flat, pull=1)
    print("weights", {name: round(value, 1) for name, value in asdict(weights).items()})
    noises = [one.noise(one.learned(Weights())) for one in alike]
    print("noise", {f.name: round(fmean(getattr(n, f.name) for n in noises), 2) for f in fields(Noise)})
    judged = [one for part in (*sets, *others) for one in part.judged(part.learned(Weights()))]
    found = fit_calibration(judged)
    print("calibration", {name: round(value, 2) for name, value in asdict(found).items()})
    return 0


def _locales(folder: Path) -> list[str]:
    """Those that its questions are in, English first."""
    known = {question.locale or "en" for question in read_questions(folder / "questions.jsonl")}
    return sorted(known, key=lambda locale: (locale != "en", locale))


def fit_calibration(judged: Sequence[Judged]) -> Calibration:
    """Logistic regression on the cues, each set counting alike; the weight of `share` is given."""
    inputs = np.array([(1.0, one.cues.standing, one.cues.typed, one.cues.words) for one in judged])
    fixed = np.array([SHARE * one.cues.share for one in judged])
    right = np.array([one.right for one in judged], dtype=float)
    counts = np.array([one.weight for one in judged])

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        logits = inputs @ weights + fixed
        chances = 1 / (1 + np.exp(-logits))
        error = (counts * (np.logaddexp(0, logits) - right * logits)).sum()
        return float(error), inputs.T @ (counts * (chances - right))

    intercept, standing, typed, words = map(float, minimize(loss, np.zeros(4), jac=True).x)
    return Calibration(intercept=intercept, standing=standing, typed=typed, words=words, share=SHARE)


def read_sets(folder: Path, encoder: OnnxEncoder, locales: Sequence[str]) -> list[Set]:
    """One for each locale: English articles, a sample of its answerable questions, typed as far as SHARES."""
    found = read_articles(folder / "articles", "en").articles
    content = content_of([article for article in found if article.locale == "en"])
    vectors = encode(content, encoder, {}, None)
    questions = Encoded(encoder)
    index = index_of(content, vectors)
    parts = [(practice, index_of(practice.content, vectors)) for practice in practices(content)]
    practised = [e for practice, part in parts for e in examples_of(practice, part, questions) if e]
    unanswered = [e for e in examples_of(without_answer(content), index, questions) if e]
    elsewhere = _from_elsewhere(folder)
    far = list(_unrelated(_as_typed(elsewhere), index, encoder))
    far_searched = list(_unrelated(_as_searched(elsewhere, index.words), index, encoder))
    sets = []
    for locale in locales:
        asked = _asked(folder, content, locale)
        forms = (_as_typed(asked), _as_searched(asked, index.words))
        typed, few_words = (
            examples_of(Practice(content=content, asked=tuple(form)), index, questions) for form in forms
        )
        sets.append(
            Set(
                name=folder.name,
                asked=typed,
                searched=few_words,
                practised=practised,
                unanswered=unanswered,
                far=far,
                far_searched=far_searched,
            )
        )
    return sets


def _asked(folder: Path, content: Content, locale: str) -> list[PracticeQuestion]:
    """A sample of the locale's questions, each with the first of its articles."""
    numbers = {article.slug: number for number, article in enumerate(content.articles)}
    questions = [
        question
        for question in read_questions(folder / "questions.jsonl")
        if (question.locale or "en") == locale and question.articles & numbers.keys()
    ]
    return [
        PracticeQuestion(text=question.text, article=numbers[min(question.articles & numbers.keys())])
        for question in _some(questions, QUESTIONS)
    ]


def _as_typed(asked: Sequence[PracticeQuestion]) -> list[PracticeQuestion]:
    """Each as far as SHARES."""
    return [replace(one, text=typed_at(one.text, share)) for one in asked for share in SHARES]


def _as_searched(asked: Sequence[PracticeQuestion], terms: Terms) -> list[PracticeQuestion]:
    """Each by its words that tell most, as many as SEARCHED."""
    return [
        replace(one, text=text)
        for one in asked
        for count in SEARCHED
        if (text := searched(one.text, lambda word: terms.told([word]), count))
    ]


def _from_elsewhere(folder: Path) -> list[PracticeQuestion]:
    """English questions that the other folders' articles answer."""
    return [
        PracticeQuestion(text=one.text, article=NOWHERE)
        for path in sorted(folder.parent.glob("*/questions.jsonl"))
        if path.parent != folder
        for one in _some(
            [q for q in read_questions(path) if (q.locale or "en") == "en" and q.articles], ELSEWHERE
        )
    ]


def _some(questions: Sequence[Question], most: int) -> list[Question]:
    return random.Random(1).sample(questions, min(most, len(questions)))


def _unrelated(asked: Sequence[PracticeQuestion], index: Index, encoder: OnnxEncoder) -> Iterator[Example]:
    texts = [one.text for one in asked]
    ranker = Ranker(index, encoder)
    typed = [ranker.read(text, "en") for text in texts]
    for one, own in zip(typed, encoder.encode_questions([one.meaning for one in typed]), strict=True):
        candidates, signals = ranker.signals(one, own, "en", Weights())
        if len(candidates):
            matrix = np.stack([signals[name] for name in SIGNALS], axis=1)
            yield Example(typed=one, candidates=candidates, signals=matrix, right=NOWHERE)


def figures(one: Set, weights: Weights) -> str:
    ranks = [example and rank(example, weights) for example in one.asked]
    rows = [ranks[start : start + len(SHARES)] for start in range(0, len(ranks), len(SHARES))]
    result = quality(rows)
    return (
        f"success@1 {result.success1:5.1f}  success@3 {result.success3:5.1f}  "
        f"typing {result.typing_score:5.1f}"
    )


def rank(example: Example, weights: Weights) -> int:
    scores = example.signals @ row_of(weights)
    return 1 + int((scores > scores[example.right]).sum())


if __name__ == "__main__":
    sys.exit(main())
