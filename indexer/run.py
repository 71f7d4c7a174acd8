"""One index run: articles read, planned, encoded, learned from, written, published."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import Protocol

import numpy as np
import numpy.typing as npt
from filelock import FileLock
from threadpoolctl import threadpool_limits

from indexer.accept import answers_as_well
from indexer.build import copy_images, write_manifest, write_ranking, write_snapshot
from indexer.content import Content, Key, content_of, encode, index_of, with_learned
from indexer.folder import ArticlesFolder
from indexer.languages import unspoken
from indexer.learn import count_questions, learn_ranking
from indexer.models import ensure_model
from indexer.plan import Plan
from indexer.previous import changes_since, known_vectors, published_snapshot, same_around, synonyms_now
from indexer.publish import UNFINISHED, publish
from kb.errors import ArticlesError, KbError
from kb.index.encoder import Encoder, OnnxEncoder, load_card
from kb.index.index import Index
from kb.index.manifest import FORMAT
from kb.index.ranking import Ranking
from kb.index.snapshot import MODELS, SNAPSHOTS, Snapshot

Floats = npt.NDArray[np.float32]

# What was learned holds until this share of the passages has changed.
RELEARN = 0.05


class Reporter(Protocol):
    """Is told how far a run has come."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """A stage of `total` steps begins; the result is told how many more are done."""
        ...


class Learner(Protocol):
    """Knows what customers asked for each article."""

    def learn(self, content: Content, encoder: Encoder) -> Mapping[Key, Sequence[str]]:
        """Questions by article (locale, slug)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to; `snapshot_id` is the published one, an old one if nothing changed.

    Of the passages `learned` are customers' questions and `encoded` are new. `unspoken` are locales of
    articles in languages that the model was not trained on.
    """

    snapshot_id: str
    published: bool
    plan: Plan
    articles: int
    passages: int
    learned: int
    encoded: int
    seconds: float
    unspoken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What a run works with; `before` is the published snapshot if it can be read."""

    content: Content
    images: Path
    data: Path
    model: str
    before: Snapshot | None
    reporter: Reporter


def index(  # noqa: PLR0913 - half of them by name
    found: ArticlesFolder,
    folder: Path,
    data: Path,
    *,
    model: str,
    reporter: Reporter,
    learner: Learner | None = None,
) -> Outcome:
    """Publishes what was found. One run at a time: a second one waits for the first."""
    started = time.monotonic()
    if not found.articles:
        raise ArticlesError(f"{folder}: no article in it can be published; mend the errors named above")
    try:
        (data / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
        (data / MODELS).mkdir(exist_ok=True)
        # Small products of matrices, many thousand times: a second thread costs more than it brings.
        with FileLock(data / ".indexing"), threadpool_limits(limits=1):
            made_with = ensure_model(
                model,
                data,
                lambda full, small: answers_as_well(full, small, found.articles),
                lambda doing: reporter.stage(doing, 1)(1),
            )
            before = published_snapshot(data)
            content = content_of(found.articles, synonyms_now(found, before))
            if learner:
                content = with_learned(content, learner.learn(content, _encoder(data, made_with)))
            job = _Job(
                content=content, images=folder, data=data, model=made_with, before=before, reporter=reporter
            )
            return _run(job, started)
    except OSError as error:
        place = error.filename or data
        raise KbError(f"{place}: {error.strerror}; nothing published, the old snapshot stays") from error


def _run(job: _Job, started: float) -> Outcome:
    before = job.before
    changes = changes_since(before, job.content)
    encoded = 0
    if before and changes.idle and before.model == job.model and same_around(before, job.content):
        snapshot_id = before.id
    else:
        known = known_vectors(before, job.model)
        encoded = len({passage.digest for passage in job.content.flat} - known.keys())
        snapshot_id = _make(job, known, encoded)
    return Outcome(
        snapshot_id=snapshot_id,
        published=before is None or snapshot_id != before.id,
        plan=changes,
        articles=len(job.content.articles),
        passages=len(job.content.flat),
        learned=sum(passage.kind == "learned" for passage in job.content.flat),
        encoded=encoded,
        seconds=time.monotonic() - started,
        unspoken=unspoken(
            load_card(job.data / MODELS / job.model), (article.locale for article in job.content.articles)
        ),
    )


def _make(job: _Job, known: Mapping[str, Floats], missing: int) -> str:
    """Makes a snapshot beside the others and publishes it; returns its id."""
    encoder = _encoder(job.data, job.model)
    vectors = encode(job.content, encoder, known, job.reporter.stage("encoding", missing))
    index = index_of(job.content, vectors)
    ranking = _ranking(job, vectors, index, encoder)
    now = datetime.now(UTC)
    snapshot_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z-{token_hex(2)}"
    making = job.data / SNAPSHOTS / f"{UNFINISHED}{snapshot_id}"
    try:
        write_snapshot(job.content, vectors, index, making)
        write_ranking(ranking, making)
        copy_images(job.content, job.images, making)
        write_manifest(making, _facts(job, snapshot_id, now))
        publish(making, job.data, snapshot_id)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return snapshot_id


def _ranking(job: _Job, vectors: Mapping[str, Floats], index: Index, encoder: OnnxEncoder) -> Ranking:
    """The last one while little has changed since it was learned, else one learned anew."""
    now = {passage.digest for passage in job.content.flat}
    if job.before and job.before.model == job.model:
        last = job.before.ranking
        stale = last.stale + len(now ^ {row.digest for row in job.before.passages})
        if stale <= RELEARN * last.passages:
            return replace(last, stale=stale)
    told = job.reporter.stage("learning", count_questions(job.content))
    return replace(learn_ranking(job.content, vectors, index, encoder, told), passages=len(now))


def _encoder(data: Path, model: str) -> OnnxEncoder:
    return OnnxEncoder(data / MODELS / model, threads=os.cpu_count() or 1)


def _facts(job: _Job, snapshot_id: str, now: datetime) -> dict[str, object]:
    return {
        "format": FORMAT,
        "id": snapshot_id,
        "made_at": now.isoformat(timespec="seconds"),
        "made_by": version("selfhelp-kb"),
        "model": job.model,
        "previous": job.before.id if job.before else None,
        "articles": len(job.content.articles),
        "passages": len(job.content.flat),
    }
