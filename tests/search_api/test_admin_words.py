from __future__ import annotations

import pytest

from search_api.admin.words import sentence


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("write an article", "Write an article."),
        ("why not?", "Why not?"),
        ("", ""),
        ("add words under `questions`", "Add words under <code>questions</code>."),
        ("`<b>` and <script>", "<code>&lt;b&gt;</code> and &lt;script&gt;."),
    ],
)
def test_what_is_said_in_passing_becomes_a_sentence_safe_to_show(text: str, told: str) -> None:
    assert sentence(text) == told
