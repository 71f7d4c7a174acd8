"""The tables, as the newest migration leaves them.

Personal data: `queries.text` and `learned_questions.question` are redacted and `page` holds no query
string; only tickets hold what a customer wrote, word for word. Ids in `sessions` and `queries` are
stored without their signature.
No foreign key leads to `queries`: questions are written late and in batches, events at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: takes only datetimes with a zone, gives them back in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(64), primary_key=True),
    Column("person", String(64), index=True),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("locale", String(35)),
    Column("page", Text),
    # Who came, as far as the server knew at once: canary, test, bot; null: settling judges.
    Column("traffic", String(10)),
    # Something was kept since its intents were settled; whoever keeps something sets it in the same step.
    Column("unsettled", Boolean, nullable=False, default=True, server_default=true()),
    Index(None, "unsettled", "last_seen"),
)

queries = Table(
    "queries",
    metadata,
    Column("query_id", String(64), primary_key=True),
    Column("session_id", ForeignKey("sessions.session_id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("locale", String(35)),
    Column("page", Text),
    Column("snapshot_id", String(64), nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("held_out", Boolean, nullable=False),
    Column("suggestions", JSON, nullable=False),
    Column("took_ms", Float, nullable=False),
    # `form`, or `search` from the search box of the help centre.
    Column("purpose", String(10), nullable=False, default="form", server_default="form"),
    # We could not answer: nothing was published, or something broke.
    Column("failed", Boolean, nullable=False, default=False, server_default=false()),
)

events = Table(
    "events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.session_id"), nullable=False),
    Column("query_id", String(64), nullable=False, index=True),
    Column("type", String(20), nullable=False),
    # Empty rather than null: two nulls never equal each other, so a repeat would not be seen as one.
    Column("slug", String(300), nullable=False, default=""),
    Column("at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    UniqueConstraint("session_id", "query_id", "type", "slug", "at"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("idempotency_key", String(200)),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("email", String(320), nullable=False),
    Column("subject", Text),
    Column("message", Text, nullable=False),
    Column("urgency", String(10)),
    Column("locale", String(35)),
    Column("page_url", Text),
    Column("session_id", String(64), index=True),
    Column("query_id", String(64)),
    Column("person", String(64), index=True),
    # The keyed hash of the address alone; `person` is that of the name the page gave, if it gave one.
    Column("sender", String(64), index=True),
    Column("shown", JSON, nullable=False),
    Column("opened", JSON, nullable=False),
    # One sender's key: two customers whose browsers chose the same key both keep their tickets.
    UniqueConstraint("email", "idempotency_key"),
)

ticket_files = Table(
    "ticket_files",
    metadata,
    Column("ticket_id", ForeignKey("tickets.ticket_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(300), nullable=False),
    Column("content_type", String(200), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("ticket_id", ForeignKey("tickets.ticket_id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Index(None, "state", "next_at"),
)

person_links = Table(
    "person_links",
    metadata,
    # A browser or user id that wrote tickets, and the sender it wrote under; under several it is itself.
    Column("alias", String(64), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
)

learned_questions = Table(
    "learned_questions",
    metadata,
    # Made of question and article, so that no question is learned twice for one.
    Column("learned_id", String(10), primary_key=True),
    Column("question", Text, nullable=False),
    Column("slug", String(300), nullable=False),
    Column("locale", String(35), nullable=False),
    Column("status", String(10), nullable=False),
    Column("source", String(10), nullable=False),
    Column("persons", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("decided_by", String(100)),
    Column("decided_at", UtcDateTime),
    Index(None, "locale", "slug"),
)

intents = Table(
    "intents",
    metadata,
    # The id of its first settled question, so that settling again finds the same one.
    Column("intent_id", String(64), primary_key=True),
    Column("session_id", String(64), nullable=False, index=True),
    # The session where no person is known; `known` tells.
    Column("person", String(64), nullable=False),
    Column("known", Boolean, nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("locale", String(35)),
    Column("page", Text),
    # Who came: person, bot, test, canary, or a search of the help centre.
    Column("traffic", String(10), nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("held_out", Boolean, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("effort", Integer),
    # From the first question to the ticket.
    Column("submit_seconds", Float),
    # Of `started_at`, in UTC, as ISO 8601: what the tallies go by.
    Column("day", String(10), nullable=False),
    # For medians and for counts by person, without touching the rows.
    Index("ix_intents_by_person", "person", "started_at", "traffic", "held_out", "outcome", "taken_back"),
    Index("ix_intents_by_submit_seconds", "held_out", "traffic", "submit_seconds", "started_at"),
)

intent_questions = Table(
    "intent_questions",
    metadata,
    Column("query_id", String(64), primary_key=True),
    Column("intent_id", ForeignKey("intents.intent_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("answered", Boolean, nullable=False),
)

intent_articles = Table(
    "intent_articles",
    metadata,
    Column("intent_id", ForeignKey("intents.intent_id", ondelete="CASCADE"), primary_key=True),
    Column("slug", String(300), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("rank", Integer),
    Column("opened", Boolean, nullable=False),
    Column("read", Boolean, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("verdict", String(10)),
    Index(None, "slug", "locale"),
)

# Intents counted by day, and by article and day: what would take a report seconds to count anew. They
# change in the same transaction as the intents; of an intent that is forgotten its place in a count stays.
intent_days = Table(
    "intent_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("traffic", String(10), primary_key=True),
    Column("outcome", String(30), primary_key=True),
    Column("offered", Boolean, primary_key=True),
    Column("held_out", Boolean, primary_key=True),
    Column("taken_back", Boolean, primary_key=True),
    Column("known", Boolean, primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("page", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("efforts", Integer, nullable=False),
    Column("effort", Integer, nullable=False),
)

article_days = Table(
    "article_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("slug", String(300), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("offered", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("solved", Integer, nullable=False),
    Column("tickets", Integer, nullable=False),
)

gaps = Table(
    "gaps",
    metadata,
    Column("gap_id", Integer, primary_key=True),
    # The gap it was merged into, whose number is lower.
    Column("merged_into", Integer),
    Column("label", Text, nullable=False),
    Column("kind", String(15), nullable=False),
    Column("status", String(10), nullable=False),
    Column("off_topic", Boolean, nullable=False),
    Column("surge", Boolean, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("score", Float, nullable=False),
    # The nearest article, its confidence, and what else the diagnosis found.
    Column("diagnosis", JSON, nullable=False),
    # Of its questions, how many the articles published since answer: {"asked", "answered", "failing", …}.
    Column("replay", JSON, nullable=False),
)

gap_questions = Table(
    "gap_questions",
    metadata,
    Column("query_id", String(64), primary_key=True),
    # Empty while it is in none.
    Column("gap_id", ForeignKey("gaps.gap_id"), index=True),
    # What the encoder of that name made of the question, as 16-bit floats: encoding is what takes time.
    Column("model", String(64), nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

# One row: the highest number that a gap ever had, so that none is given twice when gaps are deleted.
gap_numbers = Table(
    "gap_numbers",
    metadata,
    Column("newest", Integer, primary_key=True, autoincrement=False),
)

# What the published articles say, and since when: what has changed since a gap opened may have closed it.
published_articles = Table(
    "published_articles",
    metadata,
    Column("locale", String(35), primary_key=True),
    Column("slug", String(300), primary_key=True),
    Column("digest", String(32), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
)

gap_decisions = Table(
    "gap_decisions",
    metadata,
    Column("decision_id", Integer, primary_key=True),
    Column("gap_id", ForeignKey("gaps.gap_id"), nullable=False, index=True),
    Column("status", String(10), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # The name of the token, or what decided when no person did.
    Column("by", String(100), nullable=False),
    Column("note", Text, nullable=False),
    Column("persons", Integer, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("url", Text),
    # Shown to questions like these; to all when there are none.
    Column("questions", JSON, nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime),
    Column("by", String(100), nullable=False),
)

canary = Table(
    "canary",
    metadata,
    Column("canary_id", Integer, primary_key=True),
    # The machine whose measurement was tried.
    Column("server", String(255), nullable=False, index=True),
    # works, broken or stopped, from `from_at` to `until_at`, the last time that this was seen.
    Column("state", String(10), nullable=False),
    # The step that did not arrive.
    Column("step", String(20), nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    # Nothing heard by then: the server died, or cannot write.
    Column("due_at", UtcDateTime, nullable=False),
)
