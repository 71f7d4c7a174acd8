"""What Markdown becomes: HTML that is safe, and laid out as its writer meant it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from attacks import ATTACKS
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.markup import html_of, safe

TAGS = {
    "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "base", "meta",
    "link", "video", "audio", "source", "template", "x-foo",
}  # fmt: skip
ATTRIBUTES = {"style", "srcdoc", "srcset", "ping", "target", "background", "xlink:href"}
SCHEMES = ("http://", "https://", "mailto:", "tel:")


class Reader(HTMLParser):
    """What could run, load or send something, in tags alone: the same words as text are harmless."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in TAGS:
            self.dangers.append(tag)
        for name, value in attrs:
            leads = re.match(r"\s*[\w+.-]+:", value or "") if name in ("href", "src") else None
            if name.startswith("on") or name in ATTRIBUTES or (leads and not value.startswith(SCHEMES)):
                self.dangers.append(f"{tag} {name}={value}")


def dangers_in(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.dangers


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_known_attack_leaves_nothing_that_runs(attack: str) -> None:
    assert dangers_in(html_of(attack)[0]) == []
    assert dangers_in(html_of(f"1. a step\n\n   {attack}\n\n| a |\n|---|\n| {attack} |")[0]) == []


def test_a_byte_order_mark_inside_a_text_is_left_out() -> None:
    assert html_of("&#xfeff;a \ufeffb")[0].strip() == "<p>a b</p>"


@settings(deadline=None)  # a busy machine is no mistake of the parser
@given(
    st.lists(
        st.sampled_from([*ATTACKS, "\n\n", "    ", "> ", "- ", '"', "'", ">", "<", "`", "-->"]), max_size=6
    )
)
def test_attacks_put_together_leave_nothing_that_runs(parts: list[str]) -> None:
    html = html_of("".join(parts))[0]
    assert dangers_in(html) == []
    assert sorted(safe(html)) == sorted(html), "cleaning again takes nothing more away"


def test_what_was_left_out_is_told() -> None:
    assert html_of("<iframe src=x></iframe>\n\n`<form>`")[1] == ("iframe",)


def test_only_classes_with_a_meaning_are_kept() -> None:
    html = html_of('<p class="admonition evil">x</p>\n\n```python\nx = 1\n```')[0]
    assert '<p class="admonition">' in html
    assert '<code class="language-python">' in html


def test_a_placeholder_in_angle_brackets_is_read_as_text() -> None:
    assert "&lt;username&gt;" in html_of("Open C:\\Users\\<username> in <b>Explorer</b>.")[0]


def test_a_backslash_makes_any_sign_plain() -> None:
    assert html_of(r"\<b> \* \| \~ \& \" `\<`")[0] == r'<p>&lt;b&gt; * | ~ &amp; " <code>\&lt;</code></p>'


def test_an_article_does_not_leak_into_the_next() -> None:
    html_of("[^1]\n\n[^1]: a note\n\n*[HTML]: markup\n\n# Same")
    assert html_of("HTML\n\n# Same")[0] == '<p>HTML</p>\n<h1 id="same">Same</h1>'
