"""A draft tried on paper: what counts, what is left out, and what is not shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from centre import paper_snapshot, write

from kb.content.article import Article
from kb.errors import ArticleError
from kb.index.encoded import Encoded
from kb.index.snapshot import Snapshot
from kb.index.topic_encoder import TopicEncoder
from kb.usage.draft_file import article_of
from kb.usage.draft_index import DraftIndex
from kb.usage.replay import Wording
from kb.usage.trial import Bench, Known, Trial, try_draft
from kb.usage.twins import words_of

ARTICLES = {
    "en/refund.md": "# Refund\n\nA refund goes back to where it came from within five days of your message.",
    "en/screen.md": "# Screen\n\nA screen that stays black has no power, or its cable is not plugged in.",
    "en/card.md": "# Card\n\nA card that was lost can be locked at any hour, and a new one is on its way.",
}
BODY = (
    "A screen is cleaned with a soft cloth and plain water, never with strong spirits, glass cleaner or soap."
)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return paper_snapshot(write(tmp_path / "articles", ARTICLES), tmp_path / "snapshot")


def draft(*questions: str, title: str = "Dirt", body: str = BODY, path: str = "en/dirt.md") -> Article:
    listed = "".join(f"  - {one}\n" for one in questions)
    header = f"---\ntitle: {title}\nquestions:\n{listed}---\n"
    return article_of(f"{header}{body}".encode(), path, "en")


def tried(snapshot: Snapshot, article: Article, asked: list[str], known: list[Known] | None = None) -> Trial:
    encoded = Encoded(TopicEncoder())
    bench = Bench(snapshot=snapshot, encoded=encoded, floor=0.0, least_persons=2)
    made = DraftIndex(snapshot, article, encoded.encoder)
    return try_draft(made, [Wording(text=text, locale="en", count=2) for text in asked], known or [], bench)


def test_a_draft_answers_what_finds_it(snapshot: Snapshot) -> None:
    trial = tried(snapshot, draft(), ["how is a screen cleaned", "cloth for a screen"])
    assert (trial.article, trial.asked, trial.answered, trial.empty) == (("en", "dirt"), 4, 4, False)


@pytest.mark.parametrize("body", ["", "How is a screen cleaned?", "Soon."])
def test_a_draft_that_says_nothing_answers_nothing(snapshot: Snapshot, body: str) -> None:
    trial = tried(
        snapshot, draft("how is a screen cleaned", body=body), ["how is a screen cleaned", "dirty screen"]
    )
    assert (trial.answered, trial.empty) == (0, True)
    assert trial.failing == ("how is a screen cleaned", "dirty screen")


def test_a_question_is_asked_without_the_passage_it_has_become(snapshot: Snapshot) -> None:
    made = DraftIndex(snapshot, draft("How is a SCREEN cleaned?", "another"), TopicEncoder())
    whole, part = made.index(), made.index([words_of("how is a screen cleaned")])
    assert whole is not None
    assert part is not None
    assert len(whole.named) - len(part.named) == 1
    bare = DraftIndex(snapshot, draft(title="how is a screen cleaned", body=""), TopicEncoder())
    assert bare.index([words_of("how is a screen cleaned")]) is None


def test_questions_of_other_articles_that_it_takes_away_are_named_but_not_what_one_person_asked(
    snapshot: Snapshot,
) -> None:
    known = [
        Known(text="screen", locale="en", slugs=frozenset({"screen"}), source="its title"),
        Known(text="screen black", locale="en", slugs=frozenset({"screen"}), source="solved", persons=1),
        Known(text="card", locale="en", slugs=frozenset({"card"}), source="its title"),
        Known(text="dirt", locale="en", slugs=frozenset({"dirt"}), source="its title"),
    ]
    greedy = draft(
        "screen", "screen black", title="Screen", body="screen black " * 3 + BODY, path="en/a-screen.md"
    )
    trial = tried(snapshot, greedy, ["screen"], known)
    assert [(one.question.text, one.before, one.lost) for one in trial.taken] == [("screen", 1, False)]
    assert (trial.hidden, trial.compared) == (1, 4)


def test_an_article_is_tried_in_its_own_place_and_not_beside_itself(snapshot: Snapshot) -> None:
    again = draft(title="Screen", path="en/screen.md")
    made = DraftIndex(snapshot, again, TopicEncoder())
    assert [article.slug for article in made.content.articles] == ["card", "refund", "screen"]
    with pytest.raises(ArticleError, match=r"already the address of en/screen\.md"):
        DraftIndex(snapshot, draft(path="en/drafts/screen.md"), TopicEncoder())
