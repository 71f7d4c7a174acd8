"""The gate's part in an index run: the questions asked of the new index and of the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.build import write_json
from indexer.gate import Gate, Rank, index_ranks, judge, ranks_of
from indexer.golden import ASKED, RANKS, Golden, GoldenEncoder, Shelf, save_encoded
from indexer.previous import Before
from kb.index.build_index import index_of
from kb.index.content import Content
from kb.index.counting import count
from kb.index.counts import Counted
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.ranking import Weights
from kb.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A snapshot that is ready to be written; `encoded` are its passages by digest."""

    content: Content
    encoded: Mapping[str, Encoding]
    counted: Counted
    index: Index
    weights: Weights

    def indexed(self, part: Content) -> Index:
        """The index over a part of its passages."""
        if part is self.content:
            return self.index
        return index_of(part, self.encoded, count(part, self.counted, self.content.bounds))


def run_gate(
    golden: Sequence[Golden], made: Candidate, before: Before | None, asking: GoldenEncoder, points: float
) -> Gate:
    """What the golden questions say of the candidate, compared with the published snapshot."""
    now = ranks_of(golden, made.content, made.indexed, made.weights, asking)
    return judge(golden, now, _ranks_before(golden, before, asking), points)


def write_golden(gate: Gate, asking: GoldenEncoder, folder: Path) -> None:
    """What the next run compares with."""
    if gate.asked:
        write_json(folder / RANKS, {one.question.key: one.now for one in gate.asked})
        save_encoded(asking.used, folder)


def _ranks_before(golden: Sequence[Golden], before: Before | None, asking: GoldenEncoder) -> dict[str, Rank]:
    """As kept; a new question is asked of the last snapshot, unless it is a passage of it itself."""
    if before is None:
        return {}
    known = {one.key: before.ranks[one.key] for one in golden if one.key in before.ranks}
    new = [one for one in golden if one.key not in known]
    if not new or not asking.speaks(before.model):
        return known
    shelf = _shelf(before)
    new = [one for one in new if shelf.right(one) and not shelf.became(one)]
    if not new:
        return known
    snapshot = Snapshot(before.folder)
    return known | index_ranks(new, snapshot.index, shelf, snapshot.ranking.weights, asking)


def _shelf(before: Before) -> Shelf:
    asked: dict[int, list[str]] = {}
    for row in before.passages:
        if row["kind"] in ASKED:
            asked.setdefault(row["article"], []).append(row["text"])
    return Shelf(
        (row["slug"], row["aliases"], asked.get(number, [])) for number, row in enumerate(before.articles)
    )
