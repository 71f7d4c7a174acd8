"""POST /v1/tickets: the request that no article spared."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from kb.errors import TicketRejected
from kb.tickets.ticket import Ticket, take
from search_api.answers import json_answer
from search_api.bodies import read_ticket
from search_api.errors import HttpError
from search_api.models import TicketAnswer, TicketBody
from search_api.services import Services
from search_api.signing import Signer

MAX_KEY_CHARS: Final = 200


def tickets(services: Services) -> Blueprint:
    routes = Blueprint("tickets", __name__)

    @routes.post("/v1/tickets")
    def receive() -> Response:
        key = request.headers.get("Idempotency-Key") or None
        if key and len(key) > MAX_KEY_CHARS:
            raise HttpError(422, "invalid", f"Idempotency-Key: at most {MAX_KEY_CHARS} characters")
        body, files = read_ticket(services.settings)
        try:
            ticket_id = take(services.store, _ticket(body, services.signer), files=files, key=key)
        except TicketRejected as error:
            raise HttpError(422, "invalid", str(error)) from error
        return json_answer(TicketAnswer(ticket_id=ticket_id), 201)

    return routes


def _ticket(body: TicketBody, signer: Signer) -> Ticket:
    """A session or query this server does not know is left out: no ticket is refused for its past."""
    session = signer.session(body.session_id)
    return Ticket(
        email=body.email,
        message=body.message,
        subject=body.subject,
        urgency=body.urgency,
        locale=body.locale[:35] if body.locale else None,
        page_url=body.page_url,
        session_id=session,
        query_id=signer.query(body.query_id, session) if session else None,
        person=signer.person(body.person or body.email.casefold()),
        sender=signer.person(body.email.casefold()),
        shown=tuple(body.shown),
        opened=tuple(body.opened),
    )
