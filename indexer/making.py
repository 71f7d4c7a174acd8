"""A snapshot made: encoded, counted, learned from, tried by the gate, written, published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from secrets import token_hex

from indexer.build import copy_images, write_manifest, write_ranking, write_snapshot
from indexer.gate import Gate
from indexer.gating import Candidate, run_gate, write_golden
from indexer.golden import Golden, GoldenEncoder, chosen, written_questions
from indexer.job import Job, Outcome
from indexer.learn import count_questions, learn_ranking
from indexer.previous import around, learned_in
from indexer.publish import UNFINISHED, publish
from kb.index.build_index import index_of
from kb.index.content import Content, encode
from kb.index.counting import NONE, count
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.manifest import FORMAT
from kb.index.ranking import Ranking
from kb.index.snapshot import SNAPSHOTS

# What was learned holds until this share of the passages has changed.
RELEARN = 0.05


def make(job: Job, content: Content, told: Outcome) -> Outcome:
    """Makes a candidate, has the gate look at it, and publishes it if the gate is open."""
    known = job.kept.encoded if job.kept else {}
    missing = len({passage.digest for passage in content.flat} - known.keys())
    encoded = encode(content, job.encoder, known, job.reporter.stage("encoding", missing))
    candidate, ranking = _candidate(job, content, encoded)
    asking = GoldenEncoder(job.encoder, job.model, job.kept.golden_encoded if job.kept else {})
    gate = run_gate(_golden(job, content), candidate, job.before, asking, job.wish.points)
    opened = gate.open or job.wish.force
    return replace(
        told,
        snapshot_id=_write(job, candidate, ranking, (gate, asking)) if opened else told.snapshot_id,
        published=opened,
        passages=len(content.flat),
        learned=len(learned_in(content)),
        encoded=missing,
        gate=gate,
    )


def _candidate(job: Job, content: Content, encoded: Mapping[str, Encoding]) -> tuple[Candidate, Ranking]:
    if job.before and not job.wish.full:
        counted = count(content, job.before.counted, job.before.bounds)
    else:
        counted = count(content, NONE, content.bounds)
    index = index_of(content, encoded, counted)
    ranking = _ranking(job, content, encoded, index)
    made = Candidate(content=content, encoded=encoded, counted=counted, index=index, weights=ranking.weights)
    return made, ranking


def _golden(job: Job, content: Content) -> list[Golden]:
    learned = job.learner.golden(content) if job.learner else ()
    return chosen([*written_questions(job.images), *learned])


def _write(job: Job, made: Candidate, ranking: Ranking, golden: tuple[Gate, GoldenEncoder]) -> str:
    """Writes the snapshot beside the others and publishes it; returns its id."""
    now = datetime.now(UTC)
    snapshot_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z-{token_hex(2)}"
    making = job.data / SNAPSHOTS / f"{UNFINISHED}{snapshot_id}"
    content = made.content
    try:
        write_snapshot(
            content,
            made.encoded,
            made.index,
            making,
            counted=made.counted,
            digests=job.found.articles.digests,
        )
        write_ranking(ranking, making)
        write_golden(*golden, making)
        copy_images(content, job.images, making, job.before.folder if job.before else None)
        write_manifest(making, _facts(job, content, snapshot_id, now))
        publish(making, job.data, snapshot_id)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return snapshot_id


def _ranking(job: Job, content: Content, encoded: Mapping[str, Encoding], index: Index) -> Ranking:
    """The last one while little has changed since it was learned, else one learned anew."""
    now = {passage.digest for passage in content.flat}
    if job.kept:
        last = job.kept.ranking
        stale = last.stale + len(now ^ job.kept.encoded.keys())
        if stale <= RELEARN * last.passages:
            return replace(last, stale=stale)
    told = job.reporter.stage("learning", count_questions(content))
    return replace(learn_ranking(content, encoded, index, job.encoder, told), passages=len(now))


def _facts(job: Job, content: Content, snapshot_id: str, now: datetime) -> dict[str, object]:
    learned = learned_in(content)
    return {
        "format": FORMAT,
        "id": snapshot_id,
        "made_at": now.isoformat(timespec="seconds"),
        "made_by": version("selfhelp-kb"),
        "model": job.model,
        "previous": job.before.id if job.before else None,
        "articles": len(content.articles),
        "passages": len(content.flat),
        "learned": len(learned),
        "around": around(content.synonyms, learned),
    }
