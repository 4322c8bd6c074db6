"""Requests that stirred lately are found without passing over all that were ever paid."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("requests_stirred", "requests", ["status", "updated_at"], unique=False)
