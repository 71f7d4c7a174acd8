"""Articles about gaps, made by code from half of a topic's questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import frontmatter
from replay_people import Question
from replay_site import Site

from kb.index.text import fold, words
from kb.store.gaps import GapRow

COUNT = 5
# What a question asks with, not about.
ASKING = frozenset(
    words(
        "a an the i my me you your we is are do does did can could would will should how what why where when "
        "which there it to have has had be was am any if please so just of s t m ve don"
    )
)
SENTENCES = (
    "For {} open the app, choose Help and follow the steps on the screen.",
    "When it comes to {}, this takes two working days and costs nothing.",
    "In the case of {} tap your profile first and confirm with your fingerprint.",
    "All about {}: the answer is under Settings, in the section of that name.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`slugs`, `gaps`: of each topic written about; `others`: questions nobody wrote from."""

    slugs: Mapping[str, str]
    gaps: Mapping[str, int]
    hollow: str
    hollow_gap: int
    others: Sequence[Question]


def write_articles(
    site: Site, now: datetime, heads: Mapping[str, GapRow], near: Sequence[Question], rng: Random
) -> Written:
    """Drafts five gaps and fills them in, and one with the questions pasted and nothing else; publishes."""
    *topics, hollow = rng.sample(sorted(heads), min(COUNT + 1, len(heads)))
    slugs: dict[str, str] = {}
    others: list[Question] = []
    for topic in [*topics, hollow]:
        asked = [one for one in near if one.topic == topic]
        rng.shuffle(asked)
        half, rest = asked[: len(asked) // 2], asked[len(asked) // 2 :]
        others += rest
        command = ("gaps", "draft", str(heads[topic].gap_id), "--articles", str(site.articles))
        file = Path(site.run(now, *command).splitlines()[0])
        _fill(file, [one.text for one in half], says=topic != hollow)
        slugs[topic] = file.stem
    _publish(site, now)
    del slugs[hollow]
    gaps = {topic: heads[topic].gap_id for topic in topics}
    return Written(slugs=slugs, gaps=gaps, hollow=hollow, hollow_gap=heads[hollow].gap_id, others=others)


def _publish(site: Site, now: datetime) -> None:
    """All golden questions are confirmed solves and stand at 100 %, from which six articles at once may take
    more than the gate allows: a writer looks at what is lost, and publishes.
    """
    worked, told = site.tried(now, "index", str(site.articles))
    print(told.strip(), flush=True)
    if not worked:
        print(site.run(now, "index", str(site.articles), "--force").strip().splitlines()[-1], flush=True)


def _fill(file: Path, questions: Sequence[str], *, says: bool) -> None:
    """The half stands under `questions`, so that verification judges by the other one."""
    draft = frontmatter.load(str(file))
    draft.metadata |= {"questions": list(questions), "status": "published"}
    pasted = "\n".join(f"- {text}" for text in questions)
    draft.content = "\n\n".join(map(_told, questions, SENTENCES * len(questions))) if says else pasted
    file.write_text(frontmatter.dumps(draft), encoding="utf-8")


def _told(question: str, sentence: str) -> str:
    """What is asked about, in a sentence that answers."""
    about = [word for word in words(fold(question)) if word not in ASKING]
    return sentence.format(" ".join(about))
