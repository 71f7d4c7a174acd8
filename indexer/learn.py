"""How much each signal should weigh here, and what a score is worth: learned from practice questions.

scipy and scikit-learn are imported here alone, and only when there is something to learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from indexer.content import Content, index_of
from indexer.practice import Practice, practices
from kb.index.encoder import Encoder, Progress
from kb.index.ranking import CUES, Calibration, Ranking, Weights
from kb.search.confidence import cues
from kb.search.rank import Ranked, Ranker
from kb.search.typed import Typed, read_typed

Floats = npt.NDArray[np.float32]

SIGNALS = tuple(asdict(Weights()))
# Candidates compared with the right article: further down no weight would bring one up.
COMPARED = 40
# Suggestions of each question that confidence is learned from.
JUDGED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A practice question with its candidates: `signals` (candidates, SIGNALS) and which one is right."""

    typed: Typed
    candidates: npt.NDArray[np.int64]
    signals: Floats
    right: int


def count_questions(content: Content) -> int:
    """How many questions learning will ask: for the progress bar."""
    return sum(len(practice.asked) for practice in practices(content))


def learn_ranking(
    content: Content, vectors: Mapping[str, Floats], encoder: Encoder, progress: Progress | None = None
) -> Ranking:
    """Weights and calibration for these articles; the defaults where there is nothing to ask."""
    examples = [
        example
        for practice in practices(content)
        for example in examples_of(practice, vectors, encoder, progress)
        if example
    ]
    if not examples:
        return Ranking()
    weights = fit_weights(examples)
    return Ranking(weights=weights, calibration=fit_calibration(examples, weights))


def examples_of(
    practice: Practice, vectors: Mapping[str, Floats], encoder: Encoder, progress: Progress | None
) -> list[Example | None]:
    """Each question's candidates; None where the right article is not among them."""
    index = index_of(practice.content, vectors)
    ranker = Ranker(index)
    typed = [read_typed(asked.text, index.words) for asked in practice.asked]
    encoded = encoder.encode_questions([one.meaning for one in typed])
    examples: list[Example | None] = []
    for asked, one, vector in zip(practice.asked, typed, encoded, strict=True):
        candidates, signals = ranker.signals(one, vector, index.locales[asked.article])
        place = np.flatnonzero(candidates == asked.article)
        if one.empty or not len(place):
            examples.append(None)
        else:
            matrix = np.stack([signals[name] for name in SIGNALS], axis=1)
            examples.append(Example(typed=one, candidates=candidates, signals=matrix, right=int(place[0])))
        if progress:
            progress(1)
    return examples


def fit_weights(examples: Sequence[Example], prior: Weights | None = None) -> Weights:
    """The weights under which the right articles are the likeliest (softmax over candidates).

    The prior counts as much as one question at one unit from it, so that few questions change little.
    Weights are never negative: no signal speaks against an article.
    """
    from scipy.optimize import minimize

    start = np.array([getattr(prior or Weights(), name) for name in SIGNALS], dtype=np.float64)
    signals, present = _stacked(examples, start)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = np.where(present, signals @ weights, -np.inf)
        top = scores.max(axis=1, keepdims=True)
        shares = np.exp(scores - top)
        totals = shares.sum(axis=1, keepdims=True)
        error = float((np.log(totals) + top)[:, 0].sum() - scores[:, 0].sum())
        expected = np.einsum("qc,qcs->s", shares / totals, signals)
        away = weights - start
        return error + 0.5 * float(away @ away), expected - signals[:, 0].sum(axis=0) + away

    bounds = [(0, None)] * len(SIGNALS)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Weights(**dict(zip(SIGNALS, map(float, found.round(4)), strict=True)))


def _stacked(
    examples: Sequence[Example], weights: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Signals (questions, 1 + COMPARED, SIGNALS), the right article first, and which places are filled."""
    signals = np.zeros((len(examples), 1 + COMPARED, len(SIGNALS)))
    present = np.zeros(signals.shape[:2], dtype=bool)
    for row, example in enumerate(examples):
        order = np.argsort(-(example.signals @ weights), kind="stable")
        others = order[order != example.right][:COMPARED]
        chosen = [example.right, *others.tolist()]
        signals[row, : len(chosen)] = example.signals[chosen]
        present[row, : len(chosen)] = True
    return signals, present


def fit_calibration(examples: Sequence[Example], weights: Weights) -> Calibration:
    """Logistic regression of "this suggestion is right" on its cues.

    Every question is judged twice: as it is, and with its article left out, playing a question that
    nothing answers.
    """
    from sklearn.linear_model import LogisticRegression

    rows: list[Floats] = []
    labels: list[bool] = []
    for example in examples:
        for left_out in (False, True):
            ranked = _ranked(example, weights, without_right=left_out)
            right = example.candidates[example.right]
            found = cues(example.typed, ranked, JUDGED)
            rows += list(found)
            labels += [int(row) == right for row in ranked.articles[: len(found)]]
    if len(set(labels)) < 2:
        return Calibration()
    fitted = LogisticRegression(max_iter=1000).fit(np.array(rows), labels)
    return Calibration(
        intercept=float(fitted.intercept_[0]),
        weights=dict(zip(CUES, map(float, fitted.coef_[0]), strict=True)),
    )


def _ranked(example: Example, weights: Weights, *, without_right: bool) -> Ranked:
    kept = np.arange(len(example.candidates))
    if without_right:
        kept = kept[kept != example.right]
    signals = {name: example.signals[kept, column] for column, name in enumerate(SIGNALS)}
    scores = weights.score(signals)
    order = np.argsort(-scores, kind="stable")
    return Ranked(
        articles=example.candidates[kept][order],
        scores=scores[order],
        signals={name: values[order] for name, values in signals.items()},
    )
