"""The text search sees: section by section, block by block."""

from __future__ import annotations

from kb.content.article import Section
from kb.content.reading import parse_article


def sections(markdown: str) -> tuple[Section, ...]:
    return parse_article(f"# Title\n\n{markdown}".encode(), "a.md", "en").sections


def blocks(markdown: str) -> tuple[str, ...]:
    return tuple(block for section in sections(markdown) for block in section.blocks)


def test_text_is_cut_at_every_heading() -> None:
    assert sections("Lead\n\n## First\n\na\n\nb\n\n### Empty\n\n## Last\n\nc") == (
        Section(heading="", anchor="", blocks=("Lead",)),
        Section(heading="First", anchor="first", blocks=("a", "b")),
        Section(heading="Empty", anchor="empty", blocks=()),
        Section(heading="Last", anchor="last", blocks=("c",)),
    )


def test_list_items_are_blocks_apart_from_the_lists_within_them() -> None:
    assert blocks("1. a *b*\n   - c\n2. d\n\n   e") == ("a b", "c", "d", "e")


def test_a_table_row_is_one_block() -> None:
    assert blocks("| Code | Cause |\n|---|---|\n| DF-1 | no<br>power |\n| DF-2 | |") == (
        "Code · Cause", "DF-1 · no power", "DF-2",
    )  # fmt: skip


def test_code_is_one_block_with_its_lines() -> None:
    assert blocks("a\n\n```\nx = 1\n\n  y\n```") == ("a", "x = 1\n\n  y")


def test_line_breaks_entities_and_odd_spaces_become_plain_words() -> None:
    assert blocks("a<br>b&nbsp;&amp; c\n  d&shy;e\u200bf &lt;g&gt; <!-- gone -->h") == ("a b & c def <g> h",)


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert blocks("開啟回彈鍵可以\n忽略按鍵。\nOpen it") == ("開啟回彈鍵可以忽略按鍵。 Open it",)


def test_a_table_of_contents_is_not_text() -> None:
    text = "- [A](#a)\n- [B](#b)\n\n[Back](#a)\n\n- see [A](#a)\n\n[TOC]\n\n## A\n\n## B"
    assert blocks(text) == ("see A",)


def test_a_github_alert_is_a_box_whose_label_is_not_text() -> None:
    article = parse_article(b"# t\n\n> [!WARNING]\n> All is deleted.\n>\n> - a", "a.md", "en")
    assert '<div class="admonition warning">' in article.html
    assert article.sections[0].blocks == ("All is deleted.", "a")


def test_the_title_a_writer_gave_a_box_is_text() -> None:
    assert blocks('!!! note "Back up first"\n    a\n\n!!! note\n    b') == ("Back up first", "a", "b")


def test_footnote_marks_are_not_text() -> None:
    assert blocks("Word[^1].\n\n[^1]: The note") == ("Word.", "The note")


def test_raw_html_reads_like_markdown() -> None:
    html = "<div>x<p>a</p>b<ul><li>c</li></ul></div>"
    html += "<dl><dt>d</dt><dd>e</dd></dl><figure><figcaption>f</figcaption></figure>"
    assert blocks(html) == ("x", "a", "b", "c", "d", "e", "f")
