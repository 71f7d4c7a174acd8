"""The draft of an article about a gap: front matter, and an outline of what customers asked."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from kb.content.locales import locale_of, locales_of
from kb.content.slugs import anchor_of
from kb.search.locales import nearest_locale
from kb.usage.diagnosis import UNTRANSLATED
from kb.usage.draft_file import DRAFTS
from kb.usage.gaps import AskedHow, GapDetail
from kb.usage.twins import has_twin, words_of

QUESTIONS: Final = 8
"""More of them say nothing new to search, and what stands in the article no longer tells whether it works."""
QUESTION_CHARS: Final = 150
TITLE_CHARS: Final = 80
SLUG_CHARS: Final = 60
EXAMPLES: Final = 5
PAGES: Final = 5
# What YAML cannot hold: control characters, halves of characters.
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|!~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`path` is relative to the articles folder, with `/`."""

    path: str
    locale: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where a draft belongs and what goes into it.

    `paths` are those of the articles there are, `locale` the one wished for (empty: that of the questions),
    `default` that of a folder without locales. `telling` are wordings for `questions`, `themes` groups of
    wordings, larger ones first.
    """

    paths: Collection[str]
    default: str
    today: date
    locale: str = ""
    telling: Sequence[str] = ()
    themes: Sequence[Sequence[AskedHow]] = field(default=())


def draft_of(detail: GapDetail, plan: Plan) -> Draft:
    """A draft to be filled in; as it is it says nothing, since what is counted stands in comments."""
    locale, folder = _place(detail, plan)
    slug = _slug(detail, locale, plan)
    path = str(PurePosixPath(folder, DRAFTS, f"{slug}.md"))
    text = "\n".join([*_header(detail, plan), *_outline(detail, plan)])
    return Draft(path=path, locale=locale, text=_UNSEEN.sub("", text))


def fit_for_questions(wordings: Sequence[AskedHow]) -> list[AskedHow]:
    """Wordings that can stand under `questions`: no stories, none twice."""
    fit: list[AskedHow] = []
    for how in wordings:
        known = [words_of(one.text) for one in fit]
        if len(how.text) <= QUESTION_CHARS and not has_twin(words_of(how.text), known):
            fit.append(how)
    return fit


def count_for_questions(wordings: Sequence[AskedHow]) -> int:
    """How many of them to take: half are left, to judge by whether the article answers."""
    return max(1, min(QUESTIONS, len(wordings) // 2))


def _place(detail: GapDetail, plan: Plan) -> tuple[str, str]:
    """The draft's locale, and the folder of that locale, empty where locales have none."""
    of_path = locales_of(plan.paths, plan.default)
    folders = _folders(plan.paths)
    asked = next((one for one in detail.locales if one), None)
    if plan.locale:
        locale = locale_of(plan.locale) or plan.locale
    elif detail.gap.kind == UNTRANSLATED and asked:
        locale = locale_of(asked) or plan.default
    else:
        locale = nearest_locale(asked, set(of_path.values())) or plan.default
    if plan.paths and not folders:
        return plan.default, ""
    return locale, folders.get(locale, locale)


def _folders(paths: Collection[str]) -> Mapping[str, str]:
    """The folder of each locale; none where a top folder is no locale."""
    tops = {path.split("/")[0] for path in paths if "/" in path}
    known = {locale: top for top in sorted(tops) if (locale := locale_of(top))}
    return known if len({locale_of(top) for top in tops}) == len(known) else {}


def _slug(detail: GapDetail, locale: str, plan: Plan) -> str:
    """Of a translation that of what is translated; else made of the title, with a number if it is taken."""
    if detail.gap.kind == UNTRANSLATED and detail.nearest:
        return detail.nearest[1]
    cut = anchor_of(title_of(detail.gap.label))[:SLUG_CHARS].strip("-_")
    slug = re.sub("-+", "-", cut) or f"gap-{detail.gap.gap_id}"
    stems = {
        PurePosixPath(path).stem.casefold(): path
        for path, own in locales_of(plan.paths, plan.default).items()
        if own == locale
    }
    taken = stems.get(slug.casefold())
    return slug if taken is None or taken.split("/")[-2:-1] == [DRAFTS] else f"{slug}-{detail.gap.gap_id}"


def title_of(label: str) -> str:
    """A gap's label as a title: one line, a capital first, cut between words."""
    line = " ".join(label.split()).rstrip(" ?!.,;:")
    if len(line) > TITLE_CHARS:
        line = line[:TITLE_CHARS].rsplit(" ", 1)[0] + "…"
    return line[:1].upper() + line[1:]


def _header(detail: GapDetail, plan: Plan) -> list[str]:
    title = title_of(detail.gap.label)
    if not any(sign.isalnum() for sign in title):
        title = f"Gap {detail.gap.gap_id}"
    return [
        "---",
        f"title: {_quoted(title)}",
        "questions:",
        *(f"  - {_quoted(text)}" for text in plan.telling),
        "status: draft",
        f"updated: {plan.today.isoformat()}",
        f"gap: {detail.gap.gap_id}",
        "---",
    ]


def _outline(detail: GapDetail, plan: Plan) -> list[str]:
    gap = detail.gap
    about = [
        f"Gap {gap.gap_id}: {gap.persons} people asked this {gap.questions} times from "
        f"{gap.first_seen:%Y-%m-%d} to {gap.last_seen:%Y-%m-%d}; {detail.tickets} of them wrote a ticket.",
        f"Languages: {_counts(detail.locales)}.",
        f"Pages: {_counts(detail.pages)}.",
        f"Why nothing helped: {detail.why}.",
        f"What to do: {detail.remedy}.",
        "",
        "Write the answer under the headings, or under better ones, take these comments out and set",
        f"`status: published`. Before that: selfhelp gaps try {gap.gap_id} FILE",
    ]
    lines = ["", *_comment(about)]
    for theme in plan.themes:
        heading = _SIGNS.sub(r"\\\1", title_of(theme[0].text))
        persons = sum(how.persons for how in theme)
        asked = [f"Asked so by {persons}:", *(f"- {_one_line(how.text)}" for how in theme[:EXAMPLES])]
        more = [f"and {len(theme) - EXAMPLES} more wordings"] if len(theme) > EXAMPLES else []
        lines += ["", f"## {heading}", "", *_comment([*asked, *more])]
    return [*lines, ""]


def _comment(lines: Sequence[str]) -> list[str]:
    """Nothing in it can end it."""
    return ["<!--", *(re.sub("-{2,}", "-", line).replace(">", ")") for line in lines), "-->"]


def _counts(counts: Mapping[str | None, int]) -> str:
    named = [f"{_one_line(name or 'not known')} ({count})" for name, count in list(counts.items())[:PAGES]]
    return ", ".join(named) or "not known"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUESTION_CHARS else line[: QUESTION_CHARS - 1] + "…"


def _quoted(text: str) -> str:
    """As JSON writes it, which YAML reads."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
