"""Questions learned from use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "learned_questions",
        sa.Column("learned_id", sa.String(10), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("slug", sa.String(300), nullable=False),
        sa.Column("locale", sa.String(35), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("decided_at", MOMENT),
        sa.PrimaryKeyConstraint("learned_id"),
    )
    op.create_index(op.f("ix_learned_questions_locale_slug"), "learned_questions", ["locale", "slug"])
