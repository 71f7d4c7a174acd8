"""POST /v1/suggestions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from flask import Blueprint, Response

from kb.search.query import Answer, Query, Suggestion
from kb.store.usage import Asked, Visit
from kb.usage.events import page_of
from search_api.answers import json_answer
from search_api.bodies import read_json
from search_api.models import SuggestionsAnswer, SuggestionsBody, SuggestionShape
from search_api.services import Services

_LOCALE: Final = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
MAX_LOCALE_CHARS: Final = 35


def suggestions(services: Services) -> Blueprint:
    routes = Blueprint("suggestions", __name__)

    @routes.post("/v1/suggestions")
    def suggest() -> Response:
        return json_answer(_Question.of(read_json(SuggestionsBody, services.settings), services).answered())

    return routes


def locale_of(text: str | None) -> str | None:
    """What a page calls its language, if it can be a locale at all: no customer suffers for an odd one."""
    return text if text and len(text) <= MAX_LOCALE_CHARS and _LOCALE.fullmatch(text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A question with who asks it; `session` and `person` as they are stored."""

    body: SuggestionsBody
    services: Services
    session: str
    person: str | None

    @classmethod
    def of(cls, body: SuggestionsBody, services: Services) -> _Question:
        signer = services.signer
        session = signer.session(body.session_id) or signer.new_session()
        return cls(body=body, services=services, session=session, person=signer.person(body.person))

    def answered(self) -> SuggestionsAnswer:
        signer = self.services.signer
        started = perf_counter()
        answer = self.services.engine.suggest(self._query())
        took_ms = round(1000 * (perf_counter() - started), 3)
        held_out = signer.share(self.person or self.session) < self.services.settings.holdout
        query, query_id = signer.new_query(self.session)
        self._log(query, answer, held_out=held_out, took_ms=took_ms)
        return SuggestionsAnswer(
            session_id=signer.sign_session(self.session),
            held_out=held_out,
            query_id=query_id,
            snapshot_id=answer.snapshot_id,
            answered=answer.answered and not held_out,
            confidence=answer.confidence,
            suggestions=() if held_out else tuple(map(_shape, answer.suggestions)),
            took_ms=took_ms,
        )

    def _query(self) -> Query:
        return Query(
            text=self.body.text,
            locale=locale_of(self.body.locale),
            limit=self.body.limit or self.services.settings.limit,
            min_confidence=self.body.min_confidence,
        )

    def _log(self, query: str, answer: Answer, *, held_out: bool, took_ms: float) -> None:
        """For a held-out person with what would have been shown; an empty field is no question."""
        if not self.body.text.strip():
            return
        visit = Visit(
            session_id=self.session,
            at=datetime.now(UTC),
            person=self.person,
            locale=locale_of(self.body.locale),
            page=page_of(self.body.page_url),
        )
        asked = Asked(
            query_id=query,
            visit=visit,
            text=self.body.text,
            snapshot_id=answer.snapshot_id,
            answered=answer.answered,
            confidence=answer.confidence,
            held_out=held_out,
            suggestions=tuple((one.slug, one.locale, one.confidence) for one in answer.suggestions),
            took_ms=took_ms,
        )
        self.services.log.add(asked)


def _shape(suggestion: Suggestion) -> SuggestionShape:
    return SuggestionShape(
        slug=suggestion.slug,
        locale=suggestion.locale,
        title=suggestion.title,
        url=suggestion.url,
        anchor=suggestion.anchor,
        excerpt=suggestion.excerpt,
        highlights=suggestion.highlights,
        confidence=suggestion.confidence,
        rank=suggestion.rank,
    )
