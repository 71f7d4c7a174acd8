"""Articles cut into what an encoder can read at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.content.article import Article, Passage, Section
from kb.content.passages import LONGEST, passages_of, size


def article(*sections: Section) -> Article:
    return Article(
        slug="a",
        locale="en",
        title="Title",
        path="a.md",
        html="",
        sections=sections,
        questions=("Why?", "How?"),
    )


def bodies(*blocks: str) -> list[str]:
    section = Section(heading="", anchor="", blocks=blocks)
    return [passage.text for passage in passages_of(article(section)) if passage.kind == "body"]


def test_title_questions_and_body_are_passages_in_that_order() -> None:
    assert passages_of(article(Section(heading="H", anchor="h", blocks=("a", "b")))) == [
        Passage(slug="a", locale="en", kind="title", text="Title"),
        Passage(slug="a", locale="en", kind="question", text="Why?"),
        Passage(slug="a", locale="en", kind="question", text="How?"),
        Passage(slug="a", locale="en", kind="body", text="a\nb", heading="H", anchor="h"),
    ]


def test_a_title_without_body_is_a_passage() -> None:
    assert [passage.kind for passage in passages_of(article())] == ["title", "question", "question"]


def test_a_heading_without_text_can_still_be_found() -> None:
    found = passages_of(article(Section(heading="On a Mac", anchor="on-a-mac", blocks=())))[-1]
    assert (found.text, found.anchor) == ("On a Mac", "on-a-mac")


def test_sections_are_never_mixed() -> None:
    first, second = (Section(heading=h, anchor=h, blocks=(h,)) for h in "xy")
    assert [passage.anchor for passage in passages_of(article(first, second))[3:]] == ["x", "y"]


def test_whole_blocks_are_packed_up_to_the_limit() -> None:
    block = "word " * (LONGEST // 4)
    assert [text.count("\n") for text in bodies(*[block.strip()] * 6)] == [3, 1]


def test_a_long_block_is_cut_at_sentence_ends() -> None:
    sentence = "One two three four five six seven eight nine ten."
    pieces = bodies(" ".join([sentence] * 60))
    assert all(piece.endswith("ten.") for piece in pieces)
    assert sum(piece.count("One") for piece in pieces) == 60


def test_a_long_block_of_chinese_is_cut_at_its_own_full_stops() -> None:
    pieces = bodies("請先重新啟動電腦，然後再試一次。" * 40)
    assert len(pieces) > 1
    assert all(piece.endswith("。") for piece in pieces)


def test_text_without_an_end_in_sight_is_cut_all_the_same() -> None:
    assert [size(piece) for piece in bodies("word " * (2 * LONGEST + 1))] == [LONGEST, LONGEST, 1]


@given(st.lists(st.text("ab .。\n字", max_size=900), max_size=4))
def test_nothing_is_lost_and_nothing_is_too_long(blocks: list[str]) -> None:
    pieces = bodies(*blocks)
    assert "".join("".join(pieces).split()) == "".join("".join(blocks).split())
    assert all(size(piece) <= LONGEST for piece in pieces)
