"""What the API takes and gives: the same models validate requests, write answers and make /openapi.json.

Types are strict and unknown fields are refused, so that a misspelt one is noticed on the first try.
Limits that are settings are passed as the validation's context.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from kb.tickets.ticket import Urgency
from kb.usage.events import EventType

MAX_SUGGESTIONS = 10
MAX_EVENTS = 1000
# What `slug_of` leaves in a name, so that no event of an article is lost; but no @, so that no address of a
# customer is kept as the name of one. Lone surrogates are no text anyway.
SLUG = r"""^[^@\s/?#%"<>\\^`{|}\[\]\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+$"""


def _without_nul(text: str) -> str:
    """PostgreSQL holds no NUL; everything else a customer can send stays."""
    return text.replace("\0", "\ufffd")


def _at_most(setting: str) -> AfterValidator:
    def check(text: str, info: ValidationInfo) -> str:
        most: int = getattr(info.context, setting)
        if len(text) > most:
            raise PydanticCustomError("too_long", "must have at most {most} characters", {"most": most})
        return text

    return AfterValidator(check)


def _iso_text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    raise PydanticCustomError("not_text", "must be a moment as ISO 8601 text with a zone")


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _something(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty", "must not be empty")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
Person = Annotated[str, Field(max_length=500)]
Slug = Annotated[Text, Field(min_length=1, max_length=300)]
Email = Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$"), AfterValidator(_without_nul)]
Moment = Annotated[AwareDatetime, BeforeValidator(_iso_text), Field(strict=False)]


class Body(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SuggestionsBody(Body):
    text: Annotated[Text, _at_most("max_text_chars")] = Field(description="the question as far as typed")
    locale: str | None = Field(None, description="BCP 47; one that is not known counts as none")
    limit: Annotated[int, Field(ge=1, le=MAX_SUGGESTIONS), BeforeValidator(_whole)] | None = None
    session_id: str | None = Field(None, description="none, or a foreign one: a new session")
    page_url: Text | None = None
    min_confidence: float | None = Field(None, ge=0, le=1, description="0 shows everything")
    person: Person | None = Field(None, description="only a keyed hash of it is kept")
    purpose: Literal["form", "search"] = Field("form", description="search: no request is being written")


class EventBody(Body):
    type: EventType
    query_id: str
    at: Moment
    slug: str | None = Field(None, max_length=300, pattern=SLUG, description="of the article, as suggested")
    rank: Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)] | None = None
    seconds: float | None = Field(None, ge=0)
    reason: str | None = Field(
        None, pattern=r"^[a-z0-9_-]{1,40}$", description="a code, never a customer's words"
    )
    score: float | None = Field(None, ge=1, le=5, description="effort: 1 is hard, 5 is easy")


class EventsBody(Body):
    session_id: str
    events: list[Any] = Field(max_length=MAX_EVENTS, description="each is judged by itself")
    person: Person | None = None


class TicketBody(Body):
    email: Email
    message: Annotated[
        Text,
        AfterValidator(_something),
        _at_most("max_message_chars"),
        # What is no space to Python: it counts four controls more than JavaScript does.
        Field(json_schema_extra={"pattern": r"[^\s\u001c-\u001f\u0085]"}),
    ]
    subject: Annotated[Text, Field(max_length=1000)] | None = None
    urgency: Urgency | None = None
    locale: Text | None = None
    page_url: Text | None = None
    session_id: str | None = None
    query_id: str | None = None
    person: Person | None = None
    shown: list[Slug] = Field([], max_length=100)
    opened: list[Slug] = Field([], max_length=100)


class Shape(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(frozen=True)


class SuggestionShape(Shape):
    slug: str
    locale: str
    title: str
    url: str
    anchor: str
    excerpt: str
    highlights: tuple[tuple[int, int], ...] = Field(description="[start, end) in characters of the excerpt")
    confidence: float
    rank: int


class NoticeShape(Shape):
    """What support has pinned while something is broken."""

    text: str
    url: str | None


class SuggestionsAnswer(Shape):
    session_id: str
    held_out: bool
    query_id: str
    snapshot_id: str
    answered: bool = Field(description="false: nothing is likely to help")
    confidence: float
    suggestions: tuple[SuggestionShape, ...]
    notice: NoticeShape | None = Field(description="to show above the suggestions")
    took_ms: float


class RejectedEvent(Shape):
    index: int
    detail: str


class EventsAnswer(Shape):
    accepted: int
    rejected: tuple[RejectedEvent, ...]


class TicketAnswer(Shape):
    ticket_id: str


class ConfigAnswer(Shape):
    """The settings of these names."""

    debounce_ms: int
    min_chars: int
    min_chars_cjk: int
    limit: int
    max_text_chars: int
    request_timeout_ms: int
    event_batch: int
    event_flush_ms: int
    read_seconds: int
    max_files: int
    max_file_bytes: int
    max_ticket_bytes: int
    max_message_chars: int


class ArticleAnswer(Shape):
    slug: str
    locale: str
    title: str
    html: str = Field(description="safe to show; links are relative to the API's root")
    url: str
    updated: date | None


class HealthAnswer(Shape):
    status: str


class ReadyAnswer(Shape):
    status: str
    snapshot_id: str | None


class ErrorDetail(Shape):
    status: int
    code: str
    detail: str


class ErrorAnswer(Shape):
    error: ErrorDetail
