"""How much each signal should weigh here, and what a score is worth: learned from practice questions.

scipy is imported here alone, and only when there is something to learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from indexer.practice import Practice, in_another_language, practices, without_answer
from kb.index.build_index import index_of
from kb.index.content import Content
from kb.index.encoded import Encoded
from kb.index.encoder import Encoder, Progress
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.ranking import Noise, Ranking, Weights
from kb.search.confidence import amount
from kb.search.rank import Ranker
from kb.search.typed import Typed

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Mixed = TypeVar("Mixed", float, Numbers)

SIGNALS = tuple(asdict(Weights()))
# They say nothing when question and articles are in different languages.
LEXICAL = ("words", "grams")
# Candidates compared with the right article: further down no weight would bring one up.
COMPARED = 40
# Questions made of titles are not quite people's: on fifteen sets 5 to 20 won 0.3 points of typing score
# over 1, and 200, which learns next to nothing, lost 0.1 again.
PULL = 10.0
# The defaults count as much as so many questions left without an answer in how high noise is: of a few
# articles that have nothing to do with each other it is learned that no answer reaches next to nothing, and
# whatever else is asked would seem to be answered. In how it changes with what is typed and known, as much
# as this many: five questions an article say little of that. At a level of 20 the confidence of small help
# centres is a little better with multilingual-e5-small, at 40 with all-MiniLM-L6-v2.
LEVEL_PULL = 30.0
SLOPE_PULL = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A practice question with its candidates: `signals` (candidates, SIGNALS) and which one is right."""

    typed: Typed
    candidates: npt.NDArray[np.int64]
    signals: Floats
    right: int


def count_questions(content: Content) -> int:
    """How many questions learning will ask: for the progress bar."""
    without = without_answer(content)
    asked = (*practices(content), without, in_another_language(without))
    return sum(len(practice.asked) for practice in asked)


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
    without = without_answer(content)
    unanswered = [e for e in examples_of(without, index, asked, progress) if e]
    foreign = [e for e in examples_of(in_another_language(without), index, asked, progress) if e]
    alike = len(index.slugs) / len(set(index.slugs))
    return Ranking(weights=weights, noise=fit_noise(unanswered, weights, alike, foreign))


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

    def loss(weights: Numbers) -> tuple[float, Numbers]:
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


def _stacked(examples: Sequence[Example], weights: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
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


def fit_noise(
    examples: Sequence[Example],
    weights: Weights,
    alike: float = 1.0,
    foreign: Sequence[Example] = (),
) -> Noise:
    """The best scores that questions reach when their article is left out, by how much was typed and
    known; each is asked once more as if in words that the articles do not use.

    A least-squares plane, pulled towards that of the defaults (LEVEL_PULL, SLOPE_PULL); so many examples are
    `alike`, of an article and its translations, as say what one says. `foreign` are asked of articles in
    another language: their level is how far they stand off that plane.
    """
    usual = Noise()
    usable = [example for example in examples if len(example.signals) > 1]
    if not usable:
        return usual
    design = _typed_and_known(usable)
    reached = _reached(usable, weights)
    telling = len(usable) / alike
    level_share, slope_share = (telling / (telling + pull) for pull in (LEVEL_PULL, SLOPE_PULL))
    plane = np.linalg.lstsq(design, reached, rcond=None)[0].astype(np.float64)
    default = np.array([usual.base, usual.typed, usual.known])
    slopes = _mixed(slope_share, plane, default)[1:]
    middle = design.mean(axis=0)
    level = _mixed(level_share, float(reached.mean()), float(middle @ default))
    left = reached - design[:, 1:] @ slopes
    spread, strange = (
        max(_mixed(level_share, float(part.std()), there), 0.1)
        for part, there in zip(np.split(left, 2), (usual.spread, usual.strange), strict=True)
    )
    typed, known = map(float, slopes)
    base = level - float(middle[1:] @ slopes)
    found = Noise(base=base, typed=typed, known=known, spread=spread, strange=strange)
    return replace(found, foreign=level_share * _foreign(foreign, weights, found))


def _foreign(examples: Sequence[Example], weights: Weights, noise: Noise) -> float:
    """How far above the noise without known words the best of another language stand; none, 0."""
    strange = _strange(weights)
    above = [
        noise.standing(_best_other(one, strange), amount(one.typed), 0)
        for one in examples
        if len(one.signals) > 1
    ]
    return noise.strange * float(np.mean(above)) if above else 0.0


def _strange(weights: Weights) -> Numbers:
    """Those of a question none of whose words is known."""
    return row_of(weights.for_known(0)) * [name not in LEXICAL for name in SIGNALS]


def _typed_and_known(examples: Sequence[Example]) -> Numbers:
    """A one, how much is typed, how far it is known, shape (2 x examples, 3): as they are, then as if none of
    their words were known.
    """
    typed = [amount(example.typed) for example in examples]
    known = [example.typed.known for example in examples]
    return np.stack([np.ones(2 * len(examples)), typed + typed, known + [0.0] * len(known)], axis=1)


def _reached(examples: Sequence[Example], weights: Weights) -> Numbers:
    """The best score of a wrong article, shape (2 x examples,): as `_typed_and_known`."""
    strange = _strange(weights)
    own = (_best_other(one, row_of(weights.for_known(one.typed.known))) for one in examples)
    return np.array([*own, *(_best_other(one, strange) for one in examples)])


def _mixed(share: float, found: Mixed, default: Mixed) -> Mixed:
    return share * found + (1 - share) * default


def row_of(weights: Weights) -> Numbers:
    """In the order of SIGNALS."""
    return np.array([getattr(weights, name) for name in SIGNALS])


def _best_other(example: Example, weights: Numbers) -> float:
    return float(np.delete(example.signals @ weights, example.right).max())
