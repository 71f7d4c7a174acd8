"""POST /v1/events: what customers did with suggestions."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response
from pydantic import ValidationError

from kb.errors import EventRejected
from kb.store.usage import Event, Visit, keep_events
from kb.usage.events import believable
from search_api.answers import json_answer
from search_api.bodies import read_json
from search_api.errors import HttpError
from search_api.models import EventBody, EventsAnswer, EventsBody, RejectedEvent
from search_api.services import Services
from search_api.signing import traffic_of


def events(services: Services) -> Blueprint:
    routes = Blueprint("events", __name__)

    @routes.post("/v1/events")
    def receive() -> Response:
        body = read_json(EventsBody, services.settings)
        session = services.signer.session(body.session_id)
        if session is None:
            raise HttpError(422, "invalid", "session_id: not one that this server gave out")
        services.rates.check_session("events", session)
        visit = Visit(
            session_id=session,
            at=datetime.now(UTC),
            person=services.signer.person(body.person),
            traffic=traffic_of(session),
        )
        accepted, rejected = _judged(body, visit, services)
        keep_events(services.store, visit, accepted)
        return json_answer(EventsAnswer(accepted=len(accepted), rejected=tuple(rejected)), 202)

    return routes


def _judged(body: EventsBody, visit: Visit, services: Services) -> tuple[list[Event], list[RejectedEvent]]:
    """Each event by itself: one that is wrong must not keep the others from being counted."""
    accepted: list[Event] = []
    rejected: list[RejectedEvent] = []
    for index, sent in enumerate(body.events):
        try:
            accepted.append(believable(_event(sent, visit, services), received=visit.at))
        except EventRejected as error:
            rejected.append(RejectedEvent(index=index, detail=str(error)))
    return accepted, rejected


def _event(sent: object, visit: Visit, services: Services) -> Event:
    try:
        event = EventBody.model_validate(sent)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "event"
        raise EventRejected(f"{where}: {first['msg']}") from error
    query = services.signer.query(event.query_id, visit.session_id)
    if query is None:
        raise EventRejected("query_id: not one that this server gave to this session")
    detail = event.model_dump(include={"rank", "seconds", "reason", "score"}, exclude_none=True)
    return Event(query_id=query, type=event.type, at=event.at, slug=event.slug or "", detail=detail)
