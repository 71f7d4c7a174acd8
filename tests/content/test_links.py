"""Links and pictures lead to where articles are served, or are reported."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from kb.content.article import Article, Image
from kb.content.links import follow_links, shelf_of
from kb.content.pictures import LARGEST, Pictures
from kb.content.reading import parse_article

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8
NAME = sha256(PNG).hexdigest()[:16] + ".png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An articles folder with pictures in it, and one beside it."""
    articles = tmp_path / "articles"
    (articles / "en/img").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PNG)
    (articles / "en/img/a b.png").write_bytes(PNG)
    (articles / "en/img/way-out.png").symlink_to(tmp_path / "secret.png")
    (articles / "en/img/drawing.svg").write_text("<svg onload='alert(1)'/>")
    (articles / "en/img/page.png").write_text("<script>alert(1)</script>")
    (articles / "en/img/huge.png").write_bytes(PNG + b"\0" * LARGEST)
    return articles


def followed(folder: Path, markdown: str) -> tuple[Article, tuple[str, ...]]:
    parsed = parse_article(f"# Here\n\n{markdown}".encode(), "en/sub/here.md", "en")
    others = [
        parse_article("# Reset\n\n## On a Mac\n\n## 在手機上".encode(), "en/account/Reset me.md", "en"),
        parse_article("# Zurücksetzen".encode(), "de/account/zuru\u0308cksetzen.md", "de"),
    ]
    return follow_links(parsed, shelf_of([parsed, *others], Pictures(folder)))


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("../account/Reset%20me.md", "/help/en/Reset-me"),
        ("<../account/Reset me.md#on-a-mac>", "/help/en/Reset-me#on-a-mac"),
        ("../account/Reset%20me.md#On_a_Mac", "/help/en/Reset-me#on-a-mac"),
        ("../account/Reset%20me.md#在手機上", "/help/en/Reset-me#%E5%9C%A8%E6%89%8B%E6%A9%9F%E4%B8%8A"),
        ("../account/Reset%20me", "/help/en/Reset-me"),
        ("/en/account/Reset%20me.md", "/help/en/Reset-me"),
        ("../../de/account/zurücksetzen.md", "/help/de/zur%C3%BCcksetzen"),
        ("#part", "#part"),
        ("#", "#"),
        ("#top", "#"),
        ("https://x.example/a.md#b", "https://x.example/a.md#b"),
        ("mailto:help@x.example", "mailto:help@x.example"),
        ("../img/a%20b.png", f"/help/images/{NAME}"),
    ],
)
def test_a_link_leads_to_where_its_target_is_served(folder: Path, written: str, served: str) -> None:
    article, warnings = followed(folder, f"[x]({written})\n\n## Part")
    assert f'href="{served}"' in article.html
    assert warnings == ()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("gone.md", "is no published article: correct"),
        ("Reset%20me.md", "is no published article (there is ../account/Reset me.md)"),
        ("../../../etc/passwd.md", "leads out of the articles folder"),
        ("#nowhere", "leads to no heading of en/sub/here.md"),
        ("files/manual.pdf", "is no published article"),
        ("?page=2", "leads nowhere"),
    ],
)
def test_a_broken_link_is_reported_and_leaves_its_text(folder: Path, written: str, words: str) -> None:
    article, warnings = followed(folder, f"Text\n\n[the text]({written})")
    assert "the text" in article.html
    assert "href" not in article.html
    assert len(warnings) == 1
    assert warnings[0].startswith("en/sub/here.md:5: ")
    assert words in warnings[0]


def test_a_link_to_a_missing_heading_still_leads_to_its_article(folder: Path) -> None:
    article, warnings = followed(folder, "[x](../account/Reset%20me.md#gone)")
    assert 'href="/help/en/Reset-me"' in article.html
    assert "leads to no heading of en/account/Reset me.md" in warnings[0]


def test_a_picture_is_served_under_its_hash(folder: Path) -> None:
    article, warnings = followed(folder, "![A door](../img/a%20b.png) ![](<../img/a b.png>)")
    assert article.html.count(f'src="/help/images/{NAME}"') == 2
    assert article.images == (Image(path="en/img/a b.png", name=NAME),)
    assert warnings == ()


def test_a_picture_elsewhere_stays_where_it_is(folder: Path) -> None:
    article, warnings = followed(folder, "![x](https://x.example/a.svg)")
    assert 'src="https://x.example/a.svg"' in article.html
    assert (article.images, warnings) == ((), ())


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("../img/gone.png", "is missing"),
        ("../img/%00.png", "is missing"),
        ("../../../secret.png", "leads out of the articles folder"),
        ("../img/way-out.png", "lies outside the articles folder"),
        ("../img/drawing.svg", "is an SVG"),
        ("../img/page.png", "is no PNG, JPEG"),
        ("../img/huge.png", "is larger than 10 MB"),
        ("../img", "is no file"),
    ],
)
def test_a_picture_that_cannot_be_used_is_reported_and_leaves_its_words(
    folder: Path, written: str, words: str
) -> None:
    article, warnings = followed(folder, f"![A door]({written})")
    assert article.html == "<p>A door</p>"
    assert article.images == ()
    assert len(warnings) == 1
    assert words in warnings[0]


def test_what_was_left_out_of_an_article_is_reported_with_its_line(folder: Path) -> None:
    _, warnings = followed(folder, "a\n\n<iframe src=x></iframe>")
    assert warnings == (
        "en/sub/here.md:5: `<iframe>` is left out: use Markdown, a picture or a link instead",
    )


def test_a_picture_without_an_address_leaves_its_words(folder: Path) -> None:
    article, warnings = followed(folder, "<img alt='a plan'> and ![a map](data:image/png;base64,AA==)")
    assert article.html == "<p>a plan and a map</p>"
    assert len(warnings) == 2


def test_a_key_that_is_likely_misspelt_is_reported_and_those_of_other_tools_are_not() -> None:
    header = "Status: draft\ntitle: Refunds\nsubtitle: x\nsugest: false\nstate: new\ndate: 2026-01-01"
    parsed = parse_article(f"---\n{header}\n---\nText".encode(), "en/refunds.md", "en")
    _, warnings = follow_links(parsed, shelf_of([parsed], Pictures(Path())))
    assert warnings == (
        "en/refunds.md:2: `Status` means nothing here: write `status`",
        "en/refunds.md:5: `sugest` means nothing here: write `suggest`",
    )
