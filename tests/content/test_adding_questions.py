from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.header import read_header
from kb.content.questions import add_question
from kb.errors import ArticleError

BODY = "\n# Get a refund\n\nWe pay.\n\n---\n\nSoon.\n"
HEADERS = {
    "none": "",
    "without questions": "---\ntitle: Refund\n---\n",
    "empty": "---\nquestions:\ntitle: Refund\n---\n",
    "one text": "---\nquestions: Money back\ntags: [a]\n---\n",
    "one quoted text": '---\nquestions: "Money: back"  # said often\ntags: [a]\n---\n',
    "brackets": "---\ntitle: Refund\nquestions: [Money back, 'Cash: back?']\ntags: [a]\n---\n",
    "brackets with a comma at the end": "---\nquestions: [Money back,]\n---\n",
    "empty brackets": "---\nquestions: []\n---\n",
    "brackets over lines": "---\nquestions: [\n  Money back,\n  Cash\n]\ntitle: Refund\n---\n",
    "a list": "---\ntitle: Refund\nquestions:\n  - Money back\n  - Cash\ntags: [a]\n---\n",
    "a list at the margin": "---\nquestions:\n- Money back\n- Cash  # really\n---\n",
    "a comment behind": "---\nquestions:\n  - Money back\n# more to come\ntags: [a]\n---\n",
}


@pytest.mark.parametrize("kind", HEADERS)
def test_a_question_is_added_and_all_else_stays(kind: str) -> None:
    text = HEADERS[kind] + BODY
    question = 'Where\'s my "refund: 5 #1"? 退款'
    before, body, _ = read_header(text, "a.md")
    after, body_after, _ = read_header(add_question(text, question, "a.md"), "a.md")
    assert after.questions == (*before.questions, question)
    assert (after.title, after.tags, body_after.strip()) == (before.title, before.tags, body.strip())


@pytest.mark.parametrize("kind", HEADERS)
def test_no_line_that_was_there_is_lost(kind: str) -> None:
    text = HEADERS[kind] + BODY
    added = add_question(text, "new", "a.md")
    assert all(comment in added for comment in ("# said often", "# really", "# more") if comment in text)
    assert added.endswith(BODY)


def test_a_question_that_is_there_is_not_added_again() -> None:
    text = HEADERS["a list"] + BODY
    assert add_question(text, "Cash", "a.md") == text


def test_a_file_that_cannot_be_read_stays_as_it_is() -> None:
    with pytest.raises(ArticleError):
        add_question("---\nquestions: [a\n---\n", "b", "a.md")


@given(st.text(max_size=50), st.sampled_from(sorted(HEADERS)))
def test_whatever_was_asked_the_article_can_be_read_afterwards(question: str, kind: str) -> None:
    text = HEADERS[kind] + BODY
    try:
        added = add_question(text, question, "a.md")
    except ArticleError:
        return
    assert len(read_header(added, "a.md")[0].questions) >= len(read_header(text, "a.md")[0].questions)
