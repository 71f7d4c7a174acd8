"""What a run tells: for people, and for programs as one line of JSON."""

from __future__ import annotations

import json
from typing import Any

from indexer.found import ArticlesFolder
from indexer.gate import ORPHANED, Gate, Rank, Replayed
from indexer.golden import Golden
from indexer.job import Outcome
from kb.search.metrics import DEEPEST, SHOWN

KINDS = ("added", "changed", "removed", "unchanged")
# Of the questions that lost or won; the rest are in the JSON.
LISTED = 20
EMPTIED = f"over {ORPHANED:.0%} of the golden questions would lose their article"


def read_text(found: ArticlesFolder, *, withheld: bool) -> str:
    """After --check, or a --strict that met errors."""
    counts = (
        f"{len(found.articles)} articles, {len(found.drafts)} drafts, {len(found.errors)} with errors, "
        f"{len(found.warnings)} warnings"
    )
    return f"{counts}\nnothing published: --strict, and there are errors" if withheld else counts


def read_json(found: ArticlesFolder) -> str:
    return json.dumps({"articles": len(found.articles), **_left_out(found), "published": False})


def outcome_text(outcome: Outcome, found: ArticlesFolder) -> str:
    plan = outcome.plan
    learned = f" ({outcome.learned} learned)" if outcome.learned else ""
    lines = [
        f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.removed)} removed, "
        f"{len(plan.unchanged)} unchanged; {len(found.drafts)} drafts and {len(found.errors)} files with "
        "errors left out",
        f"{outcome.articles} articles, {outcome.passages} passages{learned}, "
        f"{outcome.encoded} of them encoded, in {outcome.seconds:.1f} s",
    ]
    if outcome.gate and (outcome.gate.asked or outcome.gate.orphaned):
        lines.append(gate_text(outcome.gate))
    return "\n".join([*lines, _verdict(outcome)])


def outcome_json(outcome: Outcome, found: ArticlesFolder) -> str:
    """The fields of an outcome, the plan as counts, and what was left out."""
    counts = {name: len(getattr(outcome.plan, name)) for name in KINDS}
    names = ("snapshot_id", "published", "articles", "passages", "learned", "encoded", "seconds", "unspoken")
    fields = {name: getattr(outcome, name) for name in names}
    gate = _gate_fields(outcome.gate) if outcome.gate else None
    return json.dumps({**counts, **_left_out(found), **fields, "refused": outcome.refused, "gate": gate})


def gate_text(gate: Gate) -> str:
    """The gate's table: shares first, then each question that changed sides, with its ranks."""
    compared = len(gate.compared)
    lines = [
        f"golden questions: {len(gate.asked)} asked, {compared} of them of both snapshots",
    ]
    if gate.before is not None and gate.now is not None:
        shares = f"{gate.before:.1f} -> {gate.now:.1f}"
        lines.append(f"success@{SHOWN}  {shares}  ({gate.points:g} points may be lost)")
    lines += _rows("lost", gate.losing) + _rows("won", gate.winning)
    lines += [f"orphaned  {_about(one)}" for one in gate.orphaned[:LISTED]]
    return "\n".join(lines)


def _rows(word: str, asked: list[Replayed]) -> list[str]:
    rows = [f"{word}  {_rank(one.before):>3} -> {_rank(one.now):>3}  {_about(one.question)}" for one in asked]
    more = [f"{word}  and {len(rows) - LISTED} more"] if len(rows) > LISTED else []
    return rows[:LISTED] + more


def _about(golden: Golden) -> str:
    return f"{golden.text!r} ({', '.join(sorted(golden.slugs))}; {golden.source})"


def _rank(rank: Rank) -> str:
    return str(rank) if rank else f">{DEEPEST}"


def _verdict(outcome: Outcome) -> str:
    gate = outcome.gate
    if outcome.published:
        forced = "" if gate is None or gate.open else " (--force: the gate was closed)"
        return f"published {outcome.snapshot_id}{forced}"
    if gate is None:
        return f"nothing changed, still published: {outcome.snapshot_id}"
    why = f"success@{SHOWN} would fall by more than {gate.points:g} points" if gate.fallen else EMPTIED
    remedy = "mend the articles, or publish with --force"
    return f"nothing published: {why}; {remedy}. Still published: {outcome.snapshot_id}"


def _left_out(found: ArticlesFolder) -> dict[str, Any]:
    return {
        "drafts": len(found.drafts),
        "errors": len(found.errors),
        "warnings": len(found.warnings),
        "messages": {"errors": [str(error) for error in found.errors], "warnings": list(found.warnings)},
    }


def _gate_fields(gate: Gate) -> dict[str, Any]:
    return {
        "open": gate.open,
        "points": gate.points,
        "asked": len(gate.asked),
        "compared": len(gate.compared),
        "success3_before": gate.before,
        "success3_now": gate.now,
        "lost": [_asked_fields(one) for one in gate.losing],
        "won": [_asked_fields(one) for one in gate.winning],
        "orphaned": [_golden_fields(one) for one in gate.orphaned],
    }


def _asked_fields(asked: Replayed) -> dict[str, Any]:
    return {**_golden_fields(asked.question), "before": asked.before, "now": asked.now}


def _golden_fields(golden: Golden) -> dict[str, Any]:
    return {"question": golden.text, "articles": sorted(golden.slugs), "source": golden.source}
