"""Cards of contractors and marks of requests. They are filled from the events when the schema is in place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contractors",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(length=40), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("contractors_changed", "contractors", ["changed_at"], unique=False)
    op.create_index("contractors_chain", "contractors", ["chain"], unique=False)
    op.create_table(
        "contractor_keys",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("contractor", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "contractor"),
    )
    op.create_index("contractor_keys_contractor", "contractor_keys", ["contractor"], unique=False)
    op.create_table(
        "request_marks",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "reference"),
    )
    op.create_index("request_marks_reference", "request_marks", ["reference"], unique=False)
    op.create_index("request_marks_at", "request_marks", ["kind", "value", "at"], unique=False)
