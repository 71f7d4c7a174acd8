from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from centre import write

from indexer import commands

DEFAULT = "all-MiniLM-L6-v2"


@pytest.mark.parametrize(
    ("before", "named", "told"),
    [
        ("multilingual-e5-small", "", True),
        ("multilingual-e5-small", DEFAULT, False),
        (DEFAULT, "", False),
        ("", "", False),
    ],
)
def test_a_model_that_changes_back_unasked_is_told(
    before: str, named: str, told: bool, selfhelp: Callable[..., Any], data: Path
) -> None:
    write(data.parent / "articles", {"en/refund.md": "# Get a refund\n\nOpen your orders.\n"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "published_model", lambda _: before)
        ran = selfhelp("index", *(["--model", named] if named else []))
    assert ran.status == 0
    words = " ".join(ran.err.split())
    assert (f"the model was {before} and is now {DEFAULT}, the default; to go back" in words) == told
    assert (f"set SELFHELP_MODEL={before}" in words) == told
