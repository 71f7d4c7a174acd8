"""The help centre as pages: an article, the list of a language's articles, the pictures in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kb.index.snapshot import PublishedArticle
from kb.search.engine import Engine
from search_api.articles import help_path
from search_api.contents import contents_of
from search_api.errors import ErrorPage
from search_api.languages import ENGLISH, Language, language
from search_api.models import ErrorDetail
from search_api.services import Services

YEAR: Final = 365 * 24 * 3600
PICTURE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The articles of one folder; `path` is empty for those in none, `anchor` names it on the list."""

    path: str
    articles: tuple[PublishedArticle, ...]

    @property
    def label(self) -> str:
        return folder_label(self.path)

    @property
    def anchor(self) -> str:
        return folder_anchor(self.path)


def help_pages(services: Services) -> Blueprint:
    engine = services.engine
    routes = Blueprint("help", __name__)

    @routes.get("/help/")
    def start() -> ResponseReturnValue:
        """To the list in the reader's language, if there are articles in it."""
        wanted = request.accept_languages.best_match(engine.locales()) or _first_locale(engine)
        if wanted is None:
            return _list(engine, ENGLISH)
        return Response(status=302, headers={"Location": f"/help/{wanted}/", "Vary": "Accept-Language"})

    @routes.get("/help/<locale>/")
    def listing(locale: str) -> ResponseReturnValue:
        if locale not in engine.locales():
            abort(404)
        return _list(engine, locale)

    @routes.get("/help/<locale>/<slug>")
    def article(locale: str, slug: str) -> ResponseReturnValue:
        found = engine.article(locale, slug)
        if found is None:
            abort(404)
        if found.slug != slug:
            return redirect(help_path(found), 301)
        return _article(engine, found)

    @routes.get("/help/images/<name>")
    def image(name: str) -> Response:
        path = engine.image(name) or abort(404)
        response = send_file(path.resolve(), max_age=YEAR)
        response.cache_control.immutable = True
        # A picture can be a document with scripts (SVG); opened by itself it must stay a picture.
        response.headers["Content-Security-Policy"] = PICTURE_POLICY
        return response

    return routes


def error_page(engine: Engine) -> ErrorPage:
    """Draws errors for people, in the language of the page they were looking for."""

    def page(error: ErrorDetail) -> Response:
        locale = (request.view_args or {}).get("locale", ENGLISH)
        others = _translations(engine, (request.view_args or {}).get("slug")) if engine.ready else []
        tag = locale if engine.ready and locale in engine.locales() else ENGLISH
        return Response(render_template("error.html", error=error, language=language(tag), others=others))

    return page


def folder_label(path: str) -> str:
    """`billing/pay-later` as `Billing › Pay later`."""
    words = (re.sub(r"[-_\s]+", " ", part).strip() for part in path.split("/"))
    return " › ".join(label[:1].upper() + label[1:] for label in words)


def folder_anchor(path: str) -> str:
    return "folder-" + "-".join(path.lower().replace("/", " ").split())


def _article(engine: Engine, article: PublishedArticle) -> ResponseReturnValue:
    page = render_template(
        "article.html",
        article=article,
        body=Markup(article.html),  # noqa: S704  made safe when it was indexed
        contents=contents_of(article.html),
        language=language(article.locale),
        folder=Folder(path=article.folder, articles=()) if article.folder else None,
        others=[one for one in _translations(engine, article.slug) if one[0].tag != article.locale],
        path=help_path(article),
    )
    return _revalidated(page)


def _list(engine: Engine, locale: str) -> ResponseReturnValue:
    listed = engine.articles(locale)
    tags = [tag for tag in engine.locales() if tag != locale]
    page = render_template(
        "list.html",
        folders=_folders(listed),
        language=language(locale),
        others=[(language(tag), f"/help/{tag}/") for tag in tags],
        help_path=help_path,
    )
    return _revalidated(page)


def _folders(articles: Iterable[PublishedArticle]) -> list[Folder]:
    """Articles by folder, in the order they came in within each."""
    by_path = attrgetter("folder")
    groups = groupby(sorted(articles, key=by_path), by_path)
    return [Folder(path=path, articles=tuple(group)) for path, group in groups]


def _translations(engine: Engine, slug: str | None) -> list[tuple[Language, str]]:
    """Language and address of this article in every language it is written in."""
    found = [engine.article(tag, slug) for tag in engine.locales()] if slug else []
    return [(language(one.locale), help_path(one)) for one in found if one and one.slug == slug]


def _first_locale(engine: Engine) -> str | None:
    locales = engine.locales()
    return ENGLISH if ENGLISH in locales else next(iter(locales), None)


def _revalidated(page: str) -> ResponseReturnValue:
    response = Response(page)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)
