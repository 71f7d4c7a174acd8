"""A gap's draft to go on with, and a draft tried before it is published; no article is written here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.content.locales import locale_of
from kb.errors import ArticleError, GapError, QuestionsError
from kb.store.gaps import DRAFTING, decide_gap
from kb.usage.gaps import GapDetail
from search_api.admin.reports import Reports
from search_api.errors import HttpError

# What drafts are made and read with is imported when first used: a server without writers does without it.
if TYPE_CHECKING:
    from kb.usage.draft import Draft
    from kb.usage.trial import Trial

DRAFT_CHARS: Final = 100_000
"""Seven times the longest of a real help centre's 414 articles, and within the 500 KB a form may have."""
PATH_CHARS: Final = 300
BUSY: Final = "Another draft is being tried just now. Try again in a few seconds."
_TRYING: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What the form holds: a draft, the file below the articles folder that it is meant for, its locale."""

    text: str
    path: str
    locale: str

    @classmethod
    def of_request(cls, beginning: Draft, locales: Sequence[str]) -> Pasted:
        """Fields left empty are as in the draft that the gap begins with."""
        locale = request.form.get("locale", "")
        return cls(
            text=request.form.get("draft", "").replace("\r\n", "\n"),
            path=request.form.get("path", "").strip()[:PATH_CHARS] or beginning.path,
            locale=locale if locale in locales else beginning.locale,
        )

    @property
    def problem(self) -> str:
        """Why it is not even read; empty when it can be."""
        if not self.text.strip():
            return "Paste your draft first: the whole file, as it will stand in the articles folder."
        if len(self.text) > DRAFT_CHARS:
            return f"The draft has more than {DRAFT_CHARS:,} characters: split it into several articles."
        return ""


def drafts(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/gaps/<int:gap_id>/draft")
    def draft(gap_id: int) -> ResponseReturnValue:
        detail = reports.gap(gap_id)
        made = _draft(reports, detail)
        locales = _locales(reports, detail)
        return render_template("admin/draft.html", gap=detail.gap, draft=made, locales=locales)

    @routes.get("/gaps/<int:gap_id>/draft.md")
    def download(gap_id: int) -> ResponseReturnValue:
        made = _draft(reports, reports.gap(gap_id))
        answer = Response(made.text, content_type="text/markdown; charset=utf-8")
        answer.headers.set("Content-Disposition", "attachment", filename=PurePosixPath(made.path).name)
        return answer

    @routes.post("/gaps/<int:gap_id>/draft")
    def take(gap_id: int) -> ResponseReturnValue:
        detail = reports.gap(gap_id)
        made, number = _draft(reports, detail), detail.gap.gap_id
        decide_gap(reports.store, number, DRAFTING, g.visitor.name, datetime.now(UTC))
        here = url_for("admin.draft", gap_id=number, locale=made.locale, done=DRAFTING)
        return redirect(here, 303)

    @routes.get("/gaps/<int:gap_id>/try")
    def try_form(gap_id: int) -> ResponseReturnValue:
        detail = reports.gap(gap_id)
        made = _draft(reports, detail)
        return _page(reports, detail, Pasted(text="", path=made.path, locale=made.locale))

    @routes.post("/gaps/<int:gap_id>/try")
    def try_draft(gap_id: int) -> ResponseReturnValue:
        detail = reports.gap(gap_id)
        pasted = Pasted.of_request(_draft(reports, detail), _locales(reports, detail))
        if pasted.problem:
            return _page(reports, detail, pasted, pasted.problem), 422
        if not _TRYING.acquire(blocking=False):
            return _page(reports, detail, pasted, BUSY), 503
        try:
            trial = _tried(reports, detail, pasted)
        except ArticleError as error:
            return _page(reports, detail, pasted, f"Line {error.line}: {error.problem}"), 422
        except QuestionsError as error:
            return _page(reports, detail, pasted, str(error)), 422
        finally:
            _TRYING.release()
        return _page(reports, detail, pasted, trial=trial)


def _page(
    reports: Reports, detail: GapDetail, pasted: Pasted, problem: str = "", *, trial: Trial | None = None
) -> str:
    nearest = detail.nearest and reports.engine.article(*detail.nearest)
    return render_template(
        "admin/try.html",
        gap=detail.gap,
        pasted=pasted,
        problem=problem,
        trial=trial,
        locales=_locales(reports, detail),
        nearest=nearest,
        most={"draft": DRAFT_CHARS, "path": PATH_CHARS},
    )


def _draft(reports: Reports, detail: GapDetail) -> Draft:
    """In the language that the address asks for, if it is one to write in. Raises HttpError 404."""
    from kb.usage.drafting import draft_for

    locale = request.args.get("locale", "")
    known = _locales(reports, detail)
    try:
        return draft_for(detail, reports.engine, reports.settings, locale if locale in known else "")
    except GapError as error:
        raise HttpError(404, "no_draft", f"There is no draft: {error}.") from error


def _tried(reports: Reports, detail: GapDetail, pasted: Pasted) -> Trial:
    from kb.usage.draft_file import article_of
    from kb.usage.trying import try_article

    article = article_of(pasted.text.encode(), pasted.path, pasted.locale)
    return try_article(reports.store, reports.engine, detail.gap.gap_id, article, reports.settings)


def _locales(reports: Reports, detail: GapDetail) -> list[str]:
    """Languages to write in: those of the published articles and those of the questions."""
    asked = {locale_of(one) for one in detail.locales if one}
    return sorted({*reports.engine.locales(), *filter(None, asked)})
