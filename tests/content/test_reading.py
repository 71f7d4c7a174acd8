"""One file becomes an article, or an error its writer can act on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.reading import LARGEST, ParsedArticle, parse_article
from kb.errors import ArticleError


def read(text: str | bytes, path: str = "a.md") -> ParsedArticle:
    return parse_article(text.encode() if isinstance(text, str) else text, path, "en")


def problem_of(text: str | bytes, path: str = "a.md") -> str:
    with pytest.raises(ArticleError) as error:
        read(text, path)
    return str(error.value)


def test_front_matter_says_what_an_article_is() -> None:
    header = read(
        "---\ntitle: Reset your password\nquestions: [I forgot it, '  cannot\n  log in ']\n"
        "tags: account, login\n"
        "url: https://help.example/reset\nstatus: Draft\nsuggest: no\naliases: old one\nupdated: 2026-05-01\n"
        "id: 42\nnested: {a: [1]}\n---\n\nText"
    ).header
    assert header.questions == ("I forgot it", "cannot log in")
    assert header.tags == ("account", "login")
    assert header.url == "https://help.example/reset"
    assert (header.draft, header.suggest) == (True, False)
    assert header.aliases == ("old-one",)
    assert header.updated == date(2026, 5, 1)
    assert header.extra == {"id": 42, "nested": {"a": [1]}}


@pytest.mark.parametrize(
    ("written", "title"),
    [("2010", "2010"), ("1.10", "1.10"), ("Yes", "Yes"), ("2026-05-01", "2026-05-01"), ('"a: b"', "a: b")],
)
def test_a_title_is_taken_as_it_was_written(written: str, title: str) -> None:
    assert read(f"---\ntitle: {written}\n---\n").title == title


@pytest.mark.parametrize(
    "written", ["2026-05-01", "2026-05-01 10:00:00", "'2026-05-01T10:00:00Z'", "2026-05-01T23:30:00+02:00"]
)
def test_updated_may_be_a_date_or_a_moment(written: str) -> None:
    assert read(f"---\ntitle: a\nupdated: {written}\n---\n").header.updated == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("front", "line", "words"),
    [
        ("title: Error: no sound", 2, "put the text in quotes"),
        ("title: a\n\ttags: b", 3, "a tab: indent with spaces"),
        ("title: a\ntags:\n\t- b", 4, "a tab: indent with spaces"),
        ('title: "a', 2, "not closed properly"),
        ("title: a\ntags: [a, b", 3, "not closed properly"),
        ("title: [Beta] Sync", 2, "put"),
        ("title: @home", 2, "quotes"),
        ("title: *important*", 2, "quotes"),
        ("title: !important", 2, "quotes"),
        ("title: &a x\ntags: [*a]", 2, "quotes"),
        ("title: !!python/object/apply:os.system [ls]", 2, "quotes"),
        ("title: a\nx: " + "[" * 50 + "]" * 50, 3, "write them flat"),
        ("title: {a: b}", 2, "`title` must be a text"),
        ("title: a\nquestions:\n- How\n- Why: this?", 5, "`questions` must be a list of texts"),
        ("title: a\nquestions: {a: b}", 3, "`questions` must be a list of texts"),
        ("title: a\nsuggest: maybe", 3, "`suggest` must be `true` or `false`"),
        ("title: a\n\n\ndraft: 'yes'", 5, "`draft` must be `true` or `false`"),
        ("title: a\nstatus: archived", 3, "`published` or `draft`"),
        ("title: a\nurl: javascript:alert(1)", 3, "https://"),
        ("title: a\nurl: 'http://[x'", 3, "no possible address"),
        ("title: a\nupdated: last week", 3, "like `2026-05-01`"),
        ("title: a\nupdated: 2026-13-45", 3, "no possible date"),
        ("title: a\nreviewed: 2026-02-30", 3, "no possible date"),
        ("title: a\ntitle: b", 3, "twice"),
        ('title: a\nquestions: ["\\ud83d"]', 3, "half a character"),
        ("title: a\nx: 0x" + "f" * 6000, 3, "put it in quotes"),
        ("title: a\nx: {1: 2, null: 3}", 3, "put it in quotes"),
        ("just words", 2, "`key: value`"),
        ("? [a, b]\n: c", 2, "`key: value`"),
        ("title: a\nx: \x07", 3, "cannot be seen"),
    ],
)
def test_a_mistake_in_front_matter_names_its_line_and_remedy(front: str, line: int, words: str) -> None:
    problem = problem_of(f"---\n{front}\n---\n\nText")
    assert problem.startswith(f"a.md:{line}: ")
    assert words in problem


def test_front_matter_that_is_never_closed_is_told_from_its_first_line() -> None:
    assert problem_of("\n---\ntitle: a\n\nText").startswith("a.md:2: the front matter is not closed")


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    assert problem_of("\ufeff\r\n\r\n---\r\n\r\ntitle: a\r\nsuggest: 3\r\n---\r\n").startswith("a.md:6: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# a\n\x89PNG\r\n\x1a\n\0\0", "a.md:4: a binary file"),
        (b"# a\n\ncaf\xe9", "a.md:3: byte 9 (0xe9) is not UTF-8"),
        ("# a".encode("utf-16"), "a.md:1: saved as UTF-16"),
        (b"# a\n" + b"x" * LARGEST, "a.md:1: 2.0 MB is over the 2 MB"),
        (b"", "a.md:1: no title: add `title: "),
        (b"only text", "a.md:1: no title"),
        (b"---\ntitle:\n---\n# \n\ntext", "a.md:1: no title"),
        (b"# a\n\n" + b"<div>" * 500, "a.md:1: lists or HTML nested too deep"),
        (b"# a\n\n" + b">" * 5000, "a.md:1: the Markdown cannot be read"),
    ],
)
def test_a_file_that_is_no_article_says_why(content: bytes, words: str) -> None:
    assert problem_of(content).startswith(words)


def test_a_name_that_makes_no_address_is_refused() -> None:
    assert problem_of("# a", "en/???.md").startswith("en/???.md:1: the file's name makes no address")


def test_a_parser_that_broke_off_reads_the_next_article_all_the_same() -> None:
    problem_of(b"# a\n\n" + b">" * 5000)
    assert [s.blocks for s in read("# a\n\n- b").sections] == [("b",)]


def test_the_first_heading_is_the_title_and_leaves_the_body() -> None:
    article = read("# Use `<b>` &amp; *more*\n\nText\n\n# Second\n")
    assert article.title == "Use <b> & more"
    assert article.html == '<p>Text</p>\n<h2 id="second">Second</h2>'


def test_a_heading_that_repeats_the_title_is_dropped_and_another_is_demoted() -> None:
    assert read("---\ntitle: Sign in\n---\n# sign in\n\nText").html == "<p>Text</p>"
    assert read("---\ntitle: Sign in\n---\n# Other\n\nText").html.startswith('<h2 id="other">')
    assert read("---\ntitle: Sign in\n---\nText\n\n# Sign in").html.endswith('<h2 id="sign-in">Sign in</h2>')


def test_a_title_alone_is_an_article() -> None:
    for text in ("# Only a heading", "---\ntitle: Only a heading\n---", "Only a heading\n======\n"):
        article = read(text)
        assert (article.title, article.html, article.sections) == ("Only a heading", "", ())


def test_html_in_a_title_stays_text() -> None:
    assert read("---\ntitle: <b>Bold</b> & co\n---\n").title == "<b>Bold</b> & co"


def test_every_heading_has_an_id_of_its_own() -> None:
    article = read(
        "# t\n\n## A\n\n## A\n\n<h3>A</h3>\n\n<h2 id='a'>B</h2>\n\n## 設定 & Más\n\n## {#own}\n\n## C {#a}"
    )
    ids = [section.anchor for section in article.sections]
    assert len(set(ids)) == len(ids) == 7
    assert ids[3] == "a", "an id that was written is kept"
    assert "設定--más" in ids
    assert set(ids) <= article.ids


def test_anchors_that_are_no_headings_are_kept_once() -> None:
    html = read('# t\n\n<a id="keep"></a><a id="keep"></a><a name="old"></a>\n\n## keep').html
    assert html.count('id="keep"') == 1
    assert '<h2 id="keep">' in html
    assert 'id="old"' in html


@settings(deadline=None)  # a busy machine is no mistake of the parser
@given(st.text())
def test_any_text_is_read_or_refused_with_an_article_error(text: str) -> None:
    try:
        article = read(text)
    except ArticleError as error:
        assert error.line >= 1  # noqa: PT017  # either outcome is right
    else:
        assert article.title


PARTS = [
    "---\n",
    "title: a\n",
    "# b\n",
    "<div>",
    "</p>",
    "<!--",
    "| a |\n|---|\n",
    "> [!NOTE]\n",
    "- ",
    "1. ",
    "[x](y)",
]


@settings(deadline=None)  # a busy machine is no mistake of the parser
@given(
    st.lists(
        st.sampled_from([*PARTS, "    ", "\n\n", "```\n", "&#1;", "*", "_", "[^1]", ": ", "<![", "\x02", "é"])
    )
)
def test_pieces_of_markdown_in_any_order_are_read_or_refused(parts: list[str]) -> None:
    try:
        read("# t\n\n" + "".join(parts))
        read("".join(parts))
    except ArticleError as error:
        assert "cannot be read" not in error.problem  # noqa: PT017  # no parser may break on these


@settings(deadline=None)  # a busy machine is no mistake of the parser
@given(st.binary())
def test_any_bytes_are_read_or_refused_with_an_article_error(content: bytes) -> None:
    try:
        read(b"# t\n" + content)
    except ArticleError as error:
        assert error.path == "a.md"  # noqa: PT017  # either outcome is right
