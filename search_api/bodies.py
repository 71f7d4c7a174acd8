"""Reading what a request carries, within the limits the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from flask import request
from werkzeug.datastructures import FileStorage

from kb.errors import TicketRejected
from kb.settings import Settings
from kb.store.tickets import TicketFile
from kb.tickets.ticket import FileLimits, check_files
from search_api.errors import HttpError
from search_api.models import Body, TicketBody

BodyType = TypeVar("BodyType", bound=Body)

MAX_NAME_CHARS: Final = 300
MAX_TYPE_CHARS: Final = 200


def read_json(model: type[BodyType], settings: Settings) -> BodyType:
    """The body as `model`, whatever type it claims to be: beacons cannot say `application/json`.

    Raises HttpError 413 above `max_body_bytes`, pydantic's ValidationError for anything else.
    """
    _check_size(settings.max_body_bytes)
    return _parsed(model, settings)


def _parsed(model: type[BodyType], settings: Settings) -> BodyType:
    return model.model_validate_json(request.get_data(cache=False), context=settings)


def read_ticket(settings: Settings) -> tuple[TicketBody, list[TicketFile]]:
    """A ticket sent as JSON, or as a form's `ticket` part with files in `files`.

    Raises HttpError 413 for too much, 422 without a `ticket` part, else pydantic's ValidationError.
    """
    _check_size(settings.max_ticket_bytes)
    if request.mimetype != "multipart/form-data":
        return _parsed(TicketBody, settings), []
    ticket = TicketBody.model_validate_json(_ticket_part(), context=settings)
    unknown = (set(request.files) | set(request.form)) - {"ticket", "files"}
    if unknown:
        raise HttpError(422, "invalid", f"{min(unknown)}: only the parts `ticket` and `files` are known")
    if "files" in request.form:
        raise HttpError(422, "invalid", "files: each has to be sent as a file, with a name")
    files = _files(request.files.getlist("files"))
    try:
        check_files(files, FileLimits(files=settings.max_files, file_bytes=settings.max_file_bytes))
    except TicketRejected as error:
        raise HttpError(413, "too_large", str(error)) from error
    return ticket, files


def _check_size(most: int) -> None:
    request.max_content_length = most
    request.max_form_memory_size = most
    if (request.content_length or 0) > most:
        raise HttpError(413, "too_large", f"The request has more than {most} bytes.")


def _ticket_part() -> bytes:
    """A browser sends a Blob as if it were a file, other programs send the part as a plain field."""
    part = request.files.get("ticket")
    text = part.read() if part else request.form.get("ticket", "").encode()
    if not text:
        raise HttpError(422, "invalid", "ticket: the part that holds the ticket as JSON is missing")
    return text


def _files(sent: Sequence[FileStorage]) -> list[TicketFile]:
    """What was attached; a file field left empty sends a part without name and content."""
    return [
        TicketFile(
            name=(file.filename or "file").replace("\0", "\ufffd")[-MAX_NAME_CHARS:],
            content_type=(file.mimetype or "application/octet-stream").replace("\0", "")[:MAX_TYPE_CHARS],
            content=content,
        )
        for file, content in ((file, file.read()) for file in sent)
        if file.filename or content
    ]
