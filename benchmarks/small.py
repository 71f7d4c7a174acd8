"""Whether help centres of a few articles know what they do not answer.

    python benchmarks/small.py DATA_FOLDER [--data DIR] [--model NAME] [--translated | --locale LOCALE]

DATA_FOLDER holds folders with `articles/` and `questions.jsonl`. From each some articles are drawn, a few
times over, and asked the English questions that they answer, those that other articles of the folder answer
(near), and those of the other folders (far). With --translated, those folders that are in several languages:
articles with their translations, questions in all languages, each on a page in its own. With --locale,
articles and questions in that language; where no other folder has any, the far ones are those that this
project's own articles on billing answer.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeVar

from encoders import ENGLISH, open_encoder

from indexer.folder import read_articles
from indexer.learn import learn_ranking
from kb.content.article import Article
from kb.content.question_files import Question, read_questions
from kb.index.build_index import index_of
from kb.index.content import content_of, encode
from kb.index.encoded import Encoded
from kb.index.encoder import OnnxEncoder
from kb.index.encoding import Encoding
from kb.search.confidence import confidences
from kb.search.metrics import ANSWERABLE, Judged, calibration_error, separation
from kb.search.rank import Ranker
from kb.settings import FLOOR

SIZES = (1, 2, 3, 5, 10, 20, 40)
DRAWS = 3
QUESTIONS = 40
ARTICLES = Path(__file__).parent.parent / "articles"
Drawn = TypeVar("Drawn")
KINDS = (ANSWERABLE, "near", "far")


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A folder: its articles, what they are encoded as, its questions, and some of other folders."""

    articles: Sequence[Article]
    encoded: Mapping[str, Encoding]
    questions: Sequence[Question]
    far: Sequence[Question]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--model", default=ENGLISH)
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--translated", action="store_true")
    asked.add_argument("--locale", default="en")
    options = parser.parse_args()
    encoder = open_encoder(options.model, options.data)
    centres = list(read_centres(options.folder, encoder, options.locale, translated=options.translated))
    questions = Encoded(encoder)
    print(f"percent, at a floor of {FLOOR}")
    print("articles  kept  near refused  far refused  AUROC near   far  cal. error")
    for size in SIZES:
        drawn = [list(ask(one, size, draw, questions)) for one in centres for draw in range(DRAWS)]
        print(f"{size:8}  {row(drawn)}", flush=True)
    return 0


def read_centres(folder: Path, encoder: OnnxEncoder, locale: str, *, translated: bool) -> Iterator[Centre]:
    """Of each what is in one language, or all of those that are in several."""
    paths = sorted(folder.glob("*/questions.jsonl"))
    asked = {path.parent: [q for q in read_questions(path) if q.articles] for path in paths}
    spoken = {own: [q for q in some if (q.locale or "en") == locale] for own, some in asked.items()}
    for own in asked:
        found = read_articles(own / "articles", "en").articles
        if translated and len({article.locale for article in found}) == 1:
            continue
        questions = (asked if translated else spoken)[own]
        if not questions:
            continue
        known = {slug for question in questions for slug in question.articles}
        articles = [one for one in found if one.slug in known and (translated or one.locale == locale)]
        others = [q for other, some in spoken.items() if other != own for q in _some(some, "far", QUESTIONS)]
        yield Centre(
            articles=articles,
            encoded=encode(content_of(articles), encoder, {}, None),
            questions=questions,
            far=_some(others or about_billing(locale), "far", QUESTIONS),
        )


def about_billing(locale: str) -> list[Question]:
    """What this project's own articles on it are asked for."""
    own = [one for one in read_articles(ARTICLES, "en").articles if one.locale == locale]
    asked = [text for one in own if "/billing/" in one.path for text in (one.title, *one.questions)]
    if not asked:
        raise SystemExit(f"no questions about something else in {locale}")
    return [Question(text=text, articles=frozenset(), locale=locale, kind="far") for text in asked]


def ask(centre: Centre, size: int, draw: int, questions: Encoded) -> Iterator[Judged]:
    """Questions of each kind, of so many of the centre's articles."""
    seed = f"{size} {draw}"
    here = set(_some(sorted({article.slug for article in centre.articles}), seed, size))
    content = content_of([article for article in centre.articles if article.slug in here])
    encoded = encode(content, questions.encoder, centre.encoded, None)
    index = index_of(content, encoded)
    ranking = learn_ranking(content, encoded, index, questions.encoder)
    ranker = Ranker(index, questions.encoder)
    own = [q for q in centre.questions if q.articles & here]
    near = [q for q in centre.questions if not q.articles & here]
    for kind, some in zip(KINDS, (own, near, centre.far), strict=True):
        for question in _some(some, seed, QUESTIONS):
            locale = question.locale or "en"
            typed = ranker.read(question.text, locale)
            ranked = ranker.rank(typed, questions.of([typed.meaning])[0], locale, ranking.weights)
            chance = (confidences(typed, ranked, 1, ranking) or [0.0])[0]
            right = bool(len(ranked.articles)) and index.slugs[ranked.articles[0]] in question.articles
            yield Judged(kind=kind, confidence=chance, right=right)


def row(drawn: Sequence[Sequence[Judged]]) -> str:
    """Over all that was drawn, each draw counting alike."""
    kept, near, far = (100 * fmean(_shown(one, kind) for one in drawn) for kind in KINDS)
    near_apart, far_apart = (fmean(separation(one, kind) for one in drawn) for kind in KINDS[1:])
    error = fmean(map(calibration_error, drawn))
    return (
        f"{kept:4.0f}  {100 - near:12.0f}  {100 - far:11.0f}  {near_apart:10.1f}  {far_apart:4.1f}  "
        f"{error:10.3f}"
    )


def _shown(judged: Sequence[Judged], kind: str) -> float:
    return fmean(one.confidence >= FLOOR for one in judged if one.kind == kind)


def _some(many: Sequence[Drawn], seed: str, most: int) -> list[Drawn]:
    return random.Random(seed).sample(many, min(most, len(many)))


if __name__ == "__main__":
    sys.exit(main())
