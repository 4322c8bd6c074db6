"""Alembic's scripts: each revision is written once and never changed."""
