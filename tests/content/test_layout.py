"""Lists, quotes and code as GitHub shows them."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.layout import laid_out
from kb.content.markup import html_of


def shape(markdown: str) -> str:
    """HTML of a text without spaces and paragraph marks: its structure alone."""
    return re.sub(r"\s+|</?p>", "", html_of(dedent(markdown))[0])


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_a_list_within_a_list_may_be_indented_by_two_three_or_four(indent: int) -> None:
    nested = f"- a\n{' ' * indent}- b\n{' ' * 2 * indent}- c\n- d"
    assert shape(nested) == "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"


def test_bullets_stand_within_a_numbered_step() -> None:
    steps = """\
        1. Pick one:
           - left
           - right

           Then wait.
        2. Go
        """
    assert (
        shape(steps) == "<ol><li>Pickone:<ul><li>left</li><li>right</li></ul>Thenwait.</li><li>Go</li></ol>"
    )


def test_code_stands_within_a_step_and_the_count_goes_on() -> None:
    steps = """\
        1. Run
           ```sh
           ls

             -l
           ```
        2. Done
        """
    assert "ls\n\n  -l\n</code>" in html_of(dedent(steps))[0]
    assert shape(steps) == (
        '<ol><li>Run<pre><codeclass="language-sh">ls-l</code></pre></li><li>Done</li></ol>'
    )


def test_a_table_stands_within_a_step() -> None:
    assert "<li>a<table>" in shape("- a\n\n  | x | y |\n  |---|---|\n  | 1 | 2 |\n")


def test_a_list_may_follow_its_paragraph_without_an_empty_line() -> None:
    assert shape("You need:\n- a\n- b") == "Youneed:<ul><li>a</li><li>b</li></ul>"


def test_a_year_that_begins_a_line_is_no_list() -> None:
    assert shape("It was made in\n1986. A good year.") == "Itwasmadein1986.Agoodyear."


def test_a_paragraph_after_a_list_ends_it() -> None:
    assert shape("- a\n\nb\n\n- c") == "<ul><li>a</li></ul>b<ul><li>c</li></ul>"


def test_a_picture_within_a_step_does_not_swallow_the_next_step() -> None:
    steps = "1. a\n   - b\n\n   ![p](https://x.example/p.png)\n1. c"
    assert shape(steps).endswith("</li><li>c</li></ol>")


def test_a_quotation_is_laid_out_by_the_same_rules() -> None:
    assert shape("> a\n> - b\n>   - c\n> ```\n> d\n> ```") == (
        "<blockquote>a<ul><li>b<ul><li>c</li></ul></li></ul><pre><code>d</code></pre></blockquote>"
    )


def test_code_keeps_its_signs_and_spaces() -> None:
    html = html_of("~~~\n# no heading\n- no list\n\n\n    <b> & *x*\n~~~")[0]
    assert "# no heading\n- no list\n\n\n    &lt;b&gt; &amp; *x*\n" in html


def test_code_that_is_never_closed_runs_to_the_end() -> None:
    assert shape("```\na\n\nb") == "<pre><code>ab</code></pre>"


def test_raw_html_and_comments_are_left_as_they_are() -> None:
    assert "  - a\n  1) b" in html_of("<pre>\n  - a\n  1) b\n</pre>")[0]
    assert html_of("a\n\n<!--\n- gone\n-->\n\nb")[0].split() == ["<p>a</p>", "<p>b</p>"]


def test_attributes_in_braces_are_forgiven_their_place() -> None:
    assert html_of("## Pinout{#pins}")[0] == '<h2 id="pins">Pinout</h2>'
    assert (
        "{" not in html_of("- [a](https://a.example) {.link}\n\n| a |\n|---|\n| b |\n\n{.table-regular}")[0]
    )


@given(st.lists(st.text("ab -*1.>#\t", max_size=8), max_size=12))
def test_no_word_is_lost_added_or_moved(lines: list[str]) -> None:
    def stash(html: str) -> str:
        raise AssertionError(html)  # there is no code in these

    assert re.findall("[ab]", "".join(laid_out(lines, stash))) == re.findall("[ab]", "".join(lines))
