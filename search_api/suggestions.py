"""POST /v1/suggestions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from flask import Blueprint, Response, request

from kb.search.locales import nearest_locale
from kb.search.query import Answer, Query, Suggestion
from kb.store.usage import Asked, Visit
from kb.usage.events import page_of
from search_api.answers import json_answer
from search_api.bodies import read_json
from search_api.models import SuggestionsAnswer, SuggestionsBody, SuggestionShape
from search_api.services import Services
from search_api.signing import traffic_of
from search_api.visitors import visitor_of

_LOCALE: Final = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
MAX_LOCALE_CHARS: Final = 35
FAILED: Final = Answer(snapshot_id="", answered=False, confidence=0.0, suggestions=())
"""What stands in the log for an answer that could not be given."""


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
        known = signer.session(body.session_id)
        if known:
            services.rates.check_session("suggestions", known)
        person = signer.person(body.person)
        session = known or services.interrupted.taken_up(person) or signer.new_session()
        return cls(body=body, services=services, session=session, person=person)

    def answered(self) -> SuggestionsAnswer:
        signer = self.services.signer
        started = perf_counter()
        try:
            answer = self.services.engine.suggest(self._query())
        except Exception:
            self._failed()
            raise
        shown = [one.slug for one in answer.suggestions]
        self.services.shown.now(self.session, self.body.text, shown)
        took_ms = round(1000 * (perf_counter() - started), 3)
        held_out = self._held_out()
        query, query_id = signer.new_query(self.session)
        self._count(answer, held_out=held_out)
        self._log(query, answer, held_out=held_out, took_ms=took_ms)
        return SuggestionsAnswer(
            session_id=signer.sign_session(self.session),
            held_out=held_out,
            query_id=query_id,
            snapshot_id=answer.snapshot_id,
            answered=answer.answered and not held_out,
            confidence=answer.confidence,
            suggestions=() if held_out else tuple(map(_shape, answer.suggestions)),
            notice=self.services.notices.notice_for(self.body.text, self.services.engine),
            took_ms=took_ms,
        )

    def _held_out(self) -> bool:
        """The canary never is: it has to be shown something."""
        share = self.services.signer.share(self.person or self.session)
        return share < self.services.settings.holdout and not traffic_of(self.session)

    def _failed(self) -> None:
        """Kept as an outage of ours; whoever has neither session nor name would count at each attempt."""
        known = self.services.signer.session(self.body.session_id)
        if self.person and not known:
            self.services.interrupted.begun(self.person, self.session)
        if self.person or known:
            query, _ = self.services.signer.new_query(self.session)
            self._log(query, FAILED, held_out=self._held_out(), took_ms=0)

    def _query(self) -> Query:
        return Query(
            text=self.body.text,
            locale=locale_of(self.body.locale),
            limit=self.body.limit or self.services.settings.limit,
            min_confidence=self.body.min_confidence,
            shown=self.services.shown.before(self.session, self.body.text),
        )

    def _count(self, answer: Answer, *, held_out: bool) -> None:
        """The canary would drown a quiet site's customers, and hide that none comes any more."""
        if traffic_of(self.session):
            return
        outcome = "held_out" if held_out else "answered" if answer.answered else "nothing"
        locale = nearest_locale(locale_of(self.body.locale), self.services.engine.locales())
        self.services.metrics.suggested(outcome, locale)

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
            traffic=visitor_of(self.body, self.session, request.user_agent.string, self.services.settings),
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
            purpose=self.body.purpose,
            failed=answer is FAILED,
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
