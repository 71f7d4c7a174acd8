"""What is counted of a set of articles when some of them have changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from centre import content, write

from kb.index.content import numbers_in
from kb.index.counting import NONE, count, load_counts, save_counts
from kb.index.phrases import running

BEFORE = {
    "a.md": "# Reset a password\n\nAsk for it.\n",
    "b.md": "# A black screen\n\nTurn it on.\n\n## Still black\n\nWait.\n",
    "c.md": "---\ntitle: Cards\nquestions: [where is my card]\n---\n",
}
NOW = {
    "aa.md": "# A new one\n\nAmong the others.\n",
    "b.md": BEFORE["b.md"],
    "c.md": "---\ntitle: Cards\nquestions: [where is my new card]\n---\n",
}


def test_words_in_their_order_are_kept_of_articles_that_stayed(tmp_path: Path) -> None:
    old, new = (content(write(tmp_path / name, files)) for name, files in (("old", BEFORE), ("new", NOW)))
    again = count(new, count(old, NONE, old.bounds), old.bounds).running
    whole = running(numbers_in(new, number) for number in range(len(new.articles)))
    assert np.array_equal(again.numbers, whole.numbers)
    assert np.array_equal(again.ends, whole.ends)
    assert len(whole.numbers) > 20


def test_what_stayed_is_not_read_again(tmp_path: Path) -> None:
    made = content(write(tmp_path, BEFORE))
    before = count(made, NONE, made.bounds)
    before.running.numbers[:] = 7
    assert set(count(made, before, made.bounds).running.numbers.tolist()) == {7}


def test_they_are_saved_with_the_counts(tmp_path: Path) -> None:
    made = content(write(tmp_path / "articles", BEFORE))
    counted = count(made, NONE, made.bounds)
    for kind, file in (("words", "words"), ("grams", "grams"), ("passages", "passage_words")):
        getattr(counted, kind).terms().save(tmp_path / f"{file}.npz")
    save_counts(counted, tmp_path)
    again = load_counts(tmp_path).running
    assert np.array_equal(again.numbers, counted.running.numbers)
    assert np.array_equal(again.ends, counted.running.ends)
