"""Which language a help centre is in before all."""

from __future__ import annotations

from pathlib import Path

import pytest
from centre import paper_index, write


@pytest.mark.parametrize(
    ("paths", "main"),
    [
        (["es/a.md", "es/b.md", "en/a.md"], "es"),
        (["es/a.md", "en/a.md", "de/a.md"], "en"),
        (["es/a.md", "en-GB/a.md"], "en-GB"),
        (["fr/a.md", "es/a.md"], "es"),
        (["fr/a.md"], "fr"),
    ],
)
def test_that_of_most_articles_or_english(tmp_path: Path, paths: list[str], main: str) -> None:
    articles = write(tmp_path, dict.fromkeys(paths, "# Refund money\n\nWe pay.\n"))
    assert paper_index(articles).main_locale == main
