"""The help centre that ships with the project reads as one: facts agree from one article to the next."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from indexer.folder import read_articles
from indexer.found import ArticlesFolder
from kb.content.article import Article

FOLDER = Path(__file__).parents[1] / "articles"
TRANSLATED = ("es", "zh-TW", "zh-CN", "de", "eo")
CJK = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[^\W_]+(?:[-.'’:/][^\W_]+)*")
CODE = re.compile(r"DF-\d{4}")
# The name of a system before a command may be the same in two articles, and so may the command; what is
# said to the reader may not.
LABEL = re.compile(r"[^.!?。]{,30}[:：]")
SENTENCE = 60


@pytest.fixture(scope="module")
def found() -> ArticlesFolder:
    return read_articles(FOLDER, "en")


@pytest.fixture(scope="module")
def english(found: ArticlesFolder) -> dict[str, Article]:
    return {article.slug: article for article in found.articles if article.locale == "en"}


def text_of(article: Article) -> str:
    return " ".join(f"{section.heading} {' '.join(section.blocks)}" for section in article.sections)


def length(article: Article) -> float:
    """In words; two Chinese characters count as one."""
    text = text_of(article)
    return len(CJK.findall(text)) / 2 + len(WORD.findall(CJK.sub(" ", text)))


def paragraphs(article: Article) -> Iterator[str]:
    """Paragraphs, and whatever else is as long as a sentence; code may be repeated."""
    if not article.html:
        return
    for element in html.fragments_fromstring(article.html, no_leading_text=True):
        for node in element.iter("p", "li", "td", "table"):
            text = " ".join(node.text_content().split())
            if len(text) > SENTENCE or (node.tag == "p" and not LABEL.fullmatch(text)):
                yield text


def test_nothing_in_them_has_to_be_mended(found: ArticlesFolder) -> None:
    """Front matter is valid, every link leads to an article and every anchor to a heading."""
    assert [str(error) for error in found.errors] == []
    assert found.warnings == ()
    assert len(found.drafts) == 0


def test_there_are_enough_in_each_language(found: ArticlesFolder) -> None:
    count = Counter(article.locale for article in found.articles)
    assert set(count) == {"en", *TRANSLATED}
    assert count["en"] >= 60
    assert all(count[locale] >= 15 for locale in TRANSLATED)


def test_a_translation_has_the_slug_and_the_folder_of_its_original(
    found: ArticlesFolder, english: dict[str, Article]
) -> None:
    for article in found.articles:
        original = english[article.slug]
        assert article.path.split("/")[1:] == original.path.split("/")[1:]
        assert article.title != original.title or article.locale == "en"


def test_each_has_a_fitting_length(found: ArticlesFolder) -> None:
    wrong = {article.path: length(article) for article in found.articles if not 120 <= length(article) <= 600}
    assert wrong == {}


def test_no_two_share_a_paragraph(found: ArticlesFolder) -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for article in found.articles:
        for paragraph in paragraphs(article):
            owners[paragraph].add(article.path)
    assert {text: paths for text, paths in owners.items() if len(paths) > 1} == {}


def test_front_matter_is_as_a_writer_would_fill_it_in(found: ArticlesFolder) -> None:
    for article in found.articles:
        assert article.extra == {}, f"{article.path}: unknown fields"
        assert article.updated is not None, article.path
        assert article.tags, article.path
        assert len(set(map(str.casefold, article.questions))) == len(article.questions)
        assert article.title not in article.questions
    with_questions = sum(bool(article.questions) for article in found.articles)
    assert with_questions > len(found.articles) / 2


def test_titles_are_told_apart(found: ArticlesFolder) -> None:
    titles = Counter((article.locale, article.title.casefold()) for article in found.articles)
    assert max(titles.values()) == 1


def test_there_are_steps_tables_code_and_links(english: dict[str, Article]) -> None:
    for tag, least in (("<ol", 40), ("<table", 20), ("<pre", 5), ('<a href="/help/en/', 60)):
        assert sum(tag in article.html for article in english.values()) >= least, tag


def test_every_error_code_is_explained_where_the_codes_are(
    found: ArticlesFolder, english: dict[str, Article]
) -> None:
    known = set(CODE.findall(text_of(english["error-codes"])))
    assert len(known) >= 20
    for article in found.articles:
        named = set(CODE.findall(f"{article.title} {' '.join(article.questions)} {text_of(article)}"))
        assert named <= known, article.path


def test_every_error_code_has_an_article_beside_the_list(english: dict[str, Article]) -> None:
    elsewhere = {code for slug, one in english.items() if slug != "error-codes" for code in CODE.findall(
        f"{one.title} {text_of(one)}"
    )}  # fmt: skip
    assert set(CODE.findall(text_of(english["error-codes"]))) <= elsewhere


def test_prices_agree(found: ArticlesFolder, english: dict[str, Article]) -> None:
    """What a plan costs is said in one table; elsewhere an amount is a multiple of a price in it, or half."""
    table = next(html.fragment_fromstring(english["plans-and-prices"].html, "div").iter("table"))
    rows = [[cell.text_content() for cell in row.iter("td")] for row in table.iter("tr")]
    prices = {row[0]: tuple(int(re.findall(r"\d+", cell)[0]) for cell in row[1:3]) for row in rows if row}
    assert set(prices) == {"Free", "Solo", "Team", "Business"}
    assert all(year == 10 * month for month, year in prices.values()), "a year costs as much as ten months"
    sums = re.compile(r"(\d+) × (\d+(?:[.,]\d+)?) = (\d[\d,.]*)")
    known = {str(price) for pair in prices.values() for price in pair}
    for article in found.articles:
        for seats, price, total in sums.findall(text_of(article)):
            amount = float(price.replace(",", "."))
            assert str(int(amount)) in known or str(int(amount * 2)) in known, article.path
            assert int(seats) * amount == float(total.replace(",", "")), article.path


def test_addresses_lead_nowhere_real(found: ArticlesFolder) -> None:
    """The product is made up: so are its hosts (RFC 2606 keeps .example free)."""
    for article in found.articles:
        for host in re.findall(r"[\w.*-]*deskferry\.\w+", text_of(article)):
            assert host.endswith((".example", ".msi", ".exe", ".log", ".deb", ".rpm", ".conf", ".service")), (
                f"{article.path}: {host}"
            )
