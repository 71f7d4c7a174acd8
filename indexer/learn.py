"""How much each signal should weigh here, and what a score is worth: learned from practice questions.

scipy is imported here alone, and only when there is something to learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from indexer.practice import Practice, practices, without_answer
from kb.index.content import Content, index_of
from kb.index.encoded import Encoded
from kb.index.encoder import Encoder, Progress
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.ranking import Noise, Ranking, Weights
from kb.search.confidence import amount
from kb.search.rank import Ranker
from kb.search.typed import Typed

Floats = npt.NDArray[np.float32]

SIGNALS = tuple(asdict(Weights()))
# They say nothing when question and articles are in different languages.
LEXICAL = ("words", "grams")
# Candidates compared with the right article: further down no weight would bring one up.
COMPARED = 40
# Questions made of titles are not quite people's: on fifteen sets 5 to 20 won 0.3 points of typing score
# over 1, and 200, which learns next to nothing, lost 0.1 again.
PULL = 10.0
# With fewer questions left without an answer their scores say too little: the defaults hold.
FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A practice question with its candidates: `signals` (candidates, SIGNALS) and which one is right."""

    typed: Typed
    candidates: npt.NDArray[np.int64]
    signals: Floats
    right: int


def count_questions(content: Content) -> int:
    """How many questions learning will ask: for the progress bar."""
    return sum(len(practice.asked) for practice in (*practices(content), without_answer(content)))


def learn_ranking(
    content: Content,
    encoded: Mapping[str, Encoding],
    index: Index,
    encoder: Encoder,
    progress: Progress | None = None,
) -> Ranking:
    """Weights and noise for these articles, whose index is given; the defaults where there is too little."""
    tasks = [(practice, index_of(practice.content, encoded)) for practice in practices(content)]
    asked = Encoded(encoder)
    examples = [e for practice, part in tasks for e in examples_of(practice, part, asked, progress) if e]
    weights = fit_weights(examples) if examples else Weights()
    unanswered = [e for e in examples_of(without_answer(content), index, asked, progress) if e]
    return Ranking(weights=weights, noise=fit_noise(unanswered, weights))


def examples_of(
    practice: Practice, index: Index, questions: Encoded, progress: Progress | None = None
) -> list[Example | None]:
    """Each question's candidates; None where the right article is not among them."""
    ranker = Ranker(index, questions.encoder)
    typed = [ranker.read(asked.text, index.locales[asked.article]) for asked in practice.asked]
    encoded = questions.of([one.meaning for one in typed])
    examples: list[Example | None] = []
    for asked, one, own in zip(practice.asked, typed, encoded, strict=True):
        candidates, signals = ranker.signals(one, own, index.locales[asked.article], Weights())
        place = np.flatnonzero(candidates == asked.article)
        if one.empty or not len(place):
            examples.append(None)
        else:
            matrix = np.stack([signals[name] for name in SIGNALS], axis=1)
            examples.append(Example(typed=one, candidates=candidates, signals=matrix, right=int(place[0])))
        if progress:
            progress(1)
    return examples


def fit_weights(examples: Sequence[Example], prior: Weights | None = None, pull: float = PULL) -> Weights:
    """The weights under which the right articles are the likeliest (softmax over candidates).

    The prior counts as much as `pull` questions at one unit from it, so that few questions change little.
    Weights are never negative: no signal speaks against an article.
    """
    from scipy.optimize import minimize

    start = row_of(prior or Weights())
    signals, present = _stacked(examples, start)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = np.where(present, signals @ weights, -np.inf)
        top = scores.max(axis=1, keepdims=True)
        shares = np.exp(scores - top)
        totals = shares.sum(axis=1, keepdims=True)
        error = float((np.log(totals) + top)[:, 0].sum() - scores[:, 0].sum())
        expected = np.einsum("qc,qcs->s", shares / totals, signals)
        away = weights - start
        slope = expected - signals[:, 0].sum(axis=0) + pull * away
        return error + 0.5 * pull * float(away @ away), slope

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


def fit_noise(examples: Sequence[Example], weights: Weights) -> Noise:
    """The best scores that questions reach when their article is left out, by how much was typed and
    known; each is asked once more as if in words that the articles do not use.

    A least-squares plane; Noise's defaults when there are fewer than FEWEST questions.
    """
    usable = [example for example in examples if len(example.signals) > 1]
    if len(usable) < FEWEST:
        return Noise()
    strange = row_of(weights.for_known(0)) * [name not in LEXICAL for name in SIGNALS]
    typed = [amount(example.typed) for example in usable]
    known = [example.typed.known for example in usable]
    design = np.ones((2 * len(usable), 3))
    design[:, 1] = typed + typed
    design[:, 2] = known + [0.0] * len(usable)
    own = [row_of(weights.for_known(example.typed.known)) for example in usable]
    reached = np.array(
        [*map(_best_other, usable, own), *(_best_other(example, strange) for example in usable)]
    )
    plane, *_ = np.linalg.lstsq(design, reached, rcond=None)
    left = reached - design @ plane
    spread, without = (max(float(part.std()), 0.1) for part in np.split(left, 2))
    base, slope, reach = map(float, plane)
    return Noise(base=base, typed=slope, known=reach, spread=spread, strange=without)


def row_of(weights: Weights) -> npt.NDArray[np.float64]:
    """In the order of SIGNALS."""
    return np.array([getattr(weights, name) for name in SIGNALS])


def _best_other(example: Example, weights: npt.NDArray[np.float64]) -> float:
    return float(np.delete(example.signals @ weights, example.right).max())
