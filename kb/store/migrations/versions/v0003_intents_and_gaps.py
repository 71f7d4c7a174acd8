"""Intents, gaps and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
NO = False


def upgrade() -> None:
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
    )
    for name in ("session_id", "person", "started_at"):
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
        sa.Column("seconds", sa.Float, nullable=NO),
        sa.Column("verdict", sa.String(10)),
    )
    op.create_index(op.f("ix_intent_articles_slug_locale"), "intent_articles", ["slug", "locale"])


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
        sa.Column("gap_id", sa.Integer, sa.ForeignKey("gaps.gap_id"), nullable=NO),
    )
    op.create_index(op.f("ix_gap_questions_gap_id"), "gap_questions", ["gap_id"])
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
