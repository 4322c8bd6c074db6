"""Which registry holds a request's row, which yearly archive it went to, and which registry a deed is for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = "COALESCE((SELECT MIN(name) FROM registries), 'registry')"  # there was only one before


def upgrade() -> None:
    op.add_column("requests", sa.Column("registry", sa.String(length=100), nullable=False, server_default=""))
    op.add_column("requests", sa.Column("archive", sa.String(length=10), nullable=True))
    op.add_column("deeds", sa.Column("registry", sa.String(length=100), nullable=True))
    op.execute(f"UPDATE requests SET registry = {NAME}")
    op.execute(f"UPDATE deeds SET registry = {NAME} WHERE lane = 'registry'")
    op.create_index("requests_archive", "requests", ["registry", "archive", "updated_at"], unique=False)
