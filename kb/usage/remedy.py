"""What a writer can do about a gap, in a sentence.

Made when it is read: kept, it would hold customers' words longer than their questions are.
"""

from __future__ import annotations

from kb.store.gaps import GapRow
from kb.usage.diagnosis import MISSING, UNFINDABLE, UNHELPFUL, UNTRANSLATED


def remedy_of(gap: GapRow) -> str:
    """From its diagnosis as it is kept."""
    found = gap.diagnosis
    name = "/".join(found.get("article") or ())
    lacking = found.get("words")
    add = f"the words {', '.join(lacking)}, and " if lacking else ""
    return {
        MISSING: "write an article",
        UNFINDABLE: f"add {add}some of these questions under `questions` to {name}; if it does not answer "
        "them, write an article",
        UNHELPFUL: f"say in {name} what these questions ask, or write an article of its own",
        UNTRANSLATED: f"translate {name} into {found.get('asked_in', '')}",
    }.get(gap.kind, "")
