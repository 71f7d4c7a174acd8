"""Texts on all sorts of things, to stand beside what is too little to tell what unrelated texts come to."""

from __future__ import annotations

from kb.content.article import Passage

# About nothing that a support form is about, and about nothing in common.
UNRELATED = (
    "How do I get to the station?",
    "The soup needs more salt.",
    "The moon was red last night.",
    "When does the museum open?",
    "Her grandfather was a sailor.",
    "Who won the match yesterday?",
    "The engine makes a strange noise.",
    "Can children take this medicine?",
    "Wolves hunt in packs.",
    "It will rain tomorrow.",
    "How tall is the tower?",
    "She plays the violin.",
    "Three plus four is seven.",
    "The meeting was moved to Friday.",
    "He painted the fence green.",
    "Plants need light and water.",
)
# So many articles tell by themselves what unrelated ones come to.
ENOUGH = 10


def beside(articles: int) -> tuple[Passage, ...]:
    """What stands beside so few articles, each text as the title of one that says nothing else."""
    few = UNRELATED[: max(0, ENOUGH - articles)]
    return tuple(Passage(slug="", locale="en", kind="title", text=text) for text in few)
