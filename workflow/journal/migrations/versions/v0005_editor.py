"""Who edited the shared sheet last when an order was read there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("causes", sa.Column("editor", sa.Text(), nullable=False, server_default=""))
