"""One index run: articles read, compared with the published ones and, if anything has changed, made into a
snapshot.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from indexer.accept import answers_as_well
from indexer.content import with_learned
from indexer.found import ArticlesFolder
from indexer.job import Job, Learner, Outcome, Reporter, Wish
from indexer.languages import unspoken
from indexer.lazy_encoder import LazyEncoder
from indexer.lock import only_one
from indexer.making import make
from indexer.models import ensure_model
from indexer.plan import compare
from indexer.previous import around, learned_in, published_snapshot, synonyms_now
from kb.errors import ArticlesError, KbError
from kb.index.content import content_of
from kb.index.encoder import load_card
from kb.index.snapshot import MODELS, SNAPSHOTS


def index(  # noqa: PLR0913 - half of them by name
    found: ArticlesFolder,
    folder: Path,
    data: Path,
    *,
    model: str,
    reporter: Reporter,
    learner: Learner | None = None,
    wish: Wish | None = None,
) -> Outcome:
    """Publishes what was found. One run at a time: a second one waits for the first."""
    started = time.monotonic()
    if not found.articles:
        raise ArticlesError(f"{folder}: no article in it can be published; mend the errors named above")
    try:
        (data / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
        (data / MODELS).mkdir(exist_ok=True)

        def say(doing: str) -> None:
            reporter.stage(doing, 1)(1)

        # Small products of matrices, many thousand times: a second thread costs more than it brings.
        with only_one(data, say), threadpool_limits(limits=1):
            made_with = ensure_model(
                model, data, lambda full, small: answers_as_well(full, small, found.articles), say
            )
            job = Job(
                found=found,
                images=folder,
                data=data,
                model=made_with,
                before=published_snapshot(data),
                reporter=reporter,
                learner=learner,
                wish=wish or Wish(),
                encoder=LazyEncoder(data / MODELS / made_with),
            )
            return replace(_run(job), seconds=time.monotonic() - started)
    except OSError as error:
        place = error.filename or data
        raise KbError(
            f"{place}: {error.strerror or error}; nothing published, the old snapshot stays"
        ) from error


def _run(job: Job) -> Outcome:
    before, articles = job.before, job.found.articles
    synonyms = synonyms_now(job.found.synonyms, before)
    changes = compare(before.digests if before else {}, articles.digests)
    same = job.kept is not None and changes.idle
    told = Outcome(
        snapshot_id=before.id if before else None,
        published=False,
        plan=changes,
        articles=len(articles),
        passages=before.count("passages") if before else 0,
        learned=before.count("learned") if before else 0,
        encoded=0,
        seconds=0.0,
        unspoken=unspoken(load_card(job.data / MODELS / job.model), articles.locales),
    )
    if same and before and not job.learner and before.around == around(synonyms, []):
        return told
    content = content_of(articles, synonyms, articles.passages_of)
    if job.learner:
        content = with_learned(content, job.learner.learn(content, job.encoder))
    if same and before and before.around == around(synonyms, learned_in(content)):
        return told
    return make(job, content, told)
