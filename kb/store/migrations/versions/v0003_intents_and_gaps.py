"""Intents, gaps and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
NO = False


def upgrade() -> None:
    _usage()
    _intents()
    _gaps()
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=NO),
        sa.Column("url", sa.Text),
        sa.Column("questions", sa.JSON, nullable=NO),
        sa.Column("from_at", MOMENT, nullable=NO),
        sa.Column("until_at", MOMENT),
        sa.Column("by", sa.String(100), nullable=NO),
    )
    _canary()


def _canary() -> None:
    op.add_column("sessions", sa.Column("traffic", sa.String(10)))
    op.create_table(
        "canary",
        sa.Column("canary_id", sa.Integer, primary_key=True),
        sa.Column("server", sa.String(255), nullable=NO),
        sa.Column("state", sa.String(10), nullable=NO),
        sa.Column("step", sa.String(20), nullable=NO),
        sa.Column("from_at", MOMENT, nullable=NO),
        sa.Column("until_at", MOMENT, nullable=NO),
        sa.Column("due_at", MOMENT, nullable=NO),
    )
    op.create_index(op.f("ix_canary_server"), "canary", ["server"])


def _usage() -> None:
    """What is there already is settled at the first opportunity."""
    unsettled = sa.Column("unsettled", sa.Boolean, nullable=NO, server_default=sa.true())
    op.add_column("sessions", unsettled)
    op.create_index(op.f("ix_sessions_unsettled_last_seen"), "sessions", ["unsettled", "last_seen"])
    op.add_column("queries", sa.Column("purpose", sa.String(10), nullable=NO, server_default="form"))
    op.add_column("queries", sa.Column("failed", sa.Boolean, nullable=NO, server_default=sa.false()))
    op.add_column("tickets", sa.Column("sender", sa.String(64)))
    op.create_index(op.f("ix_tickets_sender"), "tickets", ["sender"])
    op.create_table(
        "person_links",
        sa.Column("alias", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), nullable=NO),
    )
    op.create_index(op.f("ix_person_links_person"), "person_links", ["person"])


def _intents() -> None:
    op.create_table(
        "intents",
        sa.Column("intent_id", sa.String(64), primary_key=True),
        sa.Column("session_id", sa.String(64), nullable=NO),
        sa.Column("person", sa.String(64), nullable=NO),
        sa.Column("known", sa.Boolean, nullable=NO),
        sa.Column("started_at", MOMENT, nullable=NO),
        sa.Column("ended_at", MOMENT, nullable=NO),
        sa.Column("locale", sa.String(35)),
        sa.Column("page", sa.Text),
        sa.Column("traffic", sa.String(10), nullable=NO),
        sa.Column("outcome", sa.String(30), nullable=NO),
        sa.Column("offered", sa.Boolean, nullable=NO),
        sa.Column("held_out", sa.Boolean, nullable=NO),
        sa.Column("taken_back", sa.Boolean, nullable=NO),
        sa.Column("effort", sa.Integer),
        sa.Column("submit_seconds", sa.Float),
        sa.Column("day", sa.String(10), nullable=NO),
    )
    _tallies()
    persons = ["person", "started_at", "traffic", "held_out", "outcome", "taken_back"]
    median = ["held_out", "traffic", "submit_seconds", "started_at"]
    op.create_index("ix_intents_by_person", "intents", persons)
    op.create_index("ix_intents_by_submit_seconds", "intents", median)
    for name in ("session_id", "started_at"):
        op.create_index(op.f(f"ix_intents_{name}"), "intents", [name])
    intent = sa.ForeignKey("intents.intent_id", ondelete="CASCADE")
    op.create_table(
        "intent_questions",
        sa.Column("query_id", sa.String(64), primary_key=True),
        sa.Column("intent_id", sa.String(64), intent, nullable=NO),
        sa.Column("at", MOMENT, nullable=NO),
        sa.Column("answered", sa.Boolean, nullable=NO),
    )
    for name in ("intent_id", "at"):
        op.create_index(op.f(f"ix_intent_questions_{name}"), "intent_questions", [name])
    intent = sa.ForeignKey("intents.intent_id", ondelete="CASCADE")
    op.create_table(
        "intent_articles",
        sa.Column("intent_id", sa.String(64), intent, primary_key=True),
        sa.Column("slug", sa.String(300), primary_key=True),
        sa.Column("locale", sa.String(35), primary_key=True),
        sa.Column("rank", sa.Integer),
        sa.Column("opened", sa.Boolean, nullable=NO),
        sa.Column("read", sa.Boolean, nullable=NO),
        sa.Column("seconds", sa.Float, nullable=NO),
        sa.Column("verdict", sa.String(10)),
    )
    op.create_index(op.f("ix_intent_articles_slug_locale"), "intent_articles", ["slug", "locale"])


def _tallies() -> None:
    flags = ("offered", "held_out", "taken_back", "known")
    op.create_table(
        "intent_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("traffic", sa.String(10), primary_key=True),
        sa.Column("outcome", sa.String(30), primary_key=True),
        *(sa.Column(name, sa.Boolean, primary_key=True) for name in flags),
        sa.Column("locale", sa.String(35), primary_key=True),
        sa.Column("page", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=NO) for name in ("count", "efforts", "effort")),
    )
    op.create_table(
        "article_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("slug", sa.String(300), primary_key=True),
        sa.Column("locale", sa.String(35), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=NO) for name in ("offered", "opened", "solved", "tickets")),
    )


def _gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("gap_id", sa.Integer, primary_key=True),
        sa.Column("merged_into", sa.Integer),
        sa.Column("label", sa.Text, nullable=NO),
        sa.Column("kind", sa.String(15), nullable=NO),
        sa.Column("status", sa.String(10), nullable=NO),
        sa.Column("off_topic", sa.Boolean, nullable=NO),
        sa.Column("surge", sa.Boolean, nullable=NO),
        sa.Column("opened_at", MOMENT, nullable=NO),
        sa.Column("first_seen", MOMENT, nullable=NO),
        sa.Column("last_seen", MOMENT, nullable=NO),
        sa.Column("persons", sa.Integer, nullable=NO),
        sa.Column("questions", sa.Integer, nullable=NO),
        sa.Column("score", sa.Float, nullable=NO),
        sa.Column("diagnosis", sa.JSON, nullable=NO),
        sa.Column("replay", sa.JSON, nullable=NO),
    )
    op.create_table(
        "gap_questions",
        sa.Column("query_id", sa.String(64), primary_key=True),
        sa.Column("gap_id", sa.Integer, sa.ForeignKey("gaps.gap_id")),
        sa.Column("model", sa.String(64), nullable=NO),
        sa.Column("vector", sa.LargeBinary, nullable=NO),
    )
    op.create_index(op.f("ix_gap_questions_gap_id"), "gap_questions", ["gap_id"])
    op.create_table("gap_numbers", sa.Column("newest", sa.Integer, primary_key=True, autoincrement=False))
    op.create_table(
        "published_articles",
        sa.Column("locale", sa.String(35), primary_key=True),
        sa.Column("slug", sa.String(300), primary_key=True),
        sa.Column("digest", sa.String(32), nullable=NO),
        sa.Column("changed_at", MOMENT, nullable=NO),
    )
    op.create_index(op.f("ix_published_articles_changed_at"), "published_articles", ["changed_at"])
    op.create_table(
        "gap_decisions",
        sa.Column("decision_id", sa.Integer, primary_key=True),
        sa.Column("gap_id", sa.Integer, sa.ForeignKey("gaps.gap_id"), nullable=NO),
        sa.Column("status", sa.String(10), nullable=NO),
        sa.Column("at", MOMENT, nullable=NO),
        sa.Column("by", sa.String(100), nullable=NO),
        sa.Column("note", sa.Text, nullable=NO),
        sa.Column("persons", sa.Integer, nullable=NO),
    )
    op.create_index(op.f("ix_gap_decisions_gap_id"), "gap_decisions", ["gap_id"])
