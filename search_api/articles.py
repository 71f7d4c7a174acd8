"""GET /v1/articles/<locale>/<slug>: one article, for the widget's panel."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kb.index.snapshot import PublishedArticle
from search_api.answers import json_answer
from search_api.errors import HttpError
from search_api.models import ArticleAnswer
from search_api.services import Services


def articles(services: Services) -> Blueprint:
    routes = Blueprint("articles", __name__)

    @routes.get("/v1/articles/<locale>/<slug>")
    def show(locale: str, slug: str) -> ResponseReturnValue:
        """Old slugs are answered with the article they now stand for."""
        found = services.engine.article(locale, slug)
        if found is None:
            raise HttpError(404, "no_such_article", f"There is no article {slug} in {locale}.")
        response = json_answer(_shape(found))
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        return response.make_conditional(request)

    return routes


def help_path(article: PublishedArticle) -> str:
    """Where this server shows an article."""
    return f"/help/{article.locale}/{quote(article.slug)}"


def _shape(article: PublishedArticle) -> ArticleAnswer:
    return ArticleAnswer(
        slug=article.slug,
        locale=article.locale,
        title=article.title,
        html=article.html,
        url=article.url or help_path(article),
        updated=article.updated,
    )
