"""All tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _usage()
    _tickets()


def _usage() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64)),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("locale", sa.String(35)),
        sa.Column("page", sa.Text),
        sa.PrimaryKeyConstraint("session_id"),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"])
    op.create_table(
        "queries",
        sa.Column("query_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("locale", sa.String(35)),
        sa.Column("page", sa.Text),
        sa.Column("snapshot_id", sa.String(64), nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("held_out", sa.Boolean, nullable=False),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("took_ms", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("query_id"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"]),
    )
    op.create_index(op.f("ix_queries_session_id"), "queries", ["session_id"])
    op.create_index(op.f("ix_queries_at"), "queries", ["at"])
    op.create_table(
        "events",
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("query_id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(300), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"]),
        sa.UniqueConstraint("session_id", "query_id", "type", "slug", "at"),
    )
    op.create_index(op.f("ix_events_query_id"), "events", ["query_id"])
    op.create_index(op.f("ix_events_received_at"), "events", ["received_at"])


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("idempotency_key", sa.String(200)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("urgency", sa.String(10)),
        sa.Column("locale", sa.String(35)),
        sa.Column("page_url", sa.Text),
        sa.Column("session_id", sa.String(64)),
        sa.Column("query_id", sa.String(64)),
        sa.Column("person", sa.String(64)),
        sa.Column("shown", sa.JSON, nullable=False),
        sa.Column("opened", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id"),
        sa.UniqueConstraint("email", "idempotency_key"),
    )
    op.create_index(op.f("ix_tickets_created_at"), "tickets", ["created_at"])
    op.create_index(op.f("ix_tickets_session_id"), "tickets", ["session_id"])
    op.create_index(op.f("ix_tickets_person"), "tickets", ["person"])
    op.create_table(
        "ticket_files",
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("content_type", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "position"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket_id"], ondelete="CASCADE"),
    )
    op.create_table(
        "outbox",
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket_id"], ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_outbox_state_next_at"), "outbox", ["state", "next_at"])
