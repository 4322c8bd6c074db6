"""Which daemon fails in what: where several work, one's failure must not be hidden by another's success."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leg_failures",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("daemon", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", "daemon"),
    )
