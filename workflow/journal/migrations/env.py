"""Runs the revisions on the connection that `schema` hands over."""

from alembic import context

from workflow.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
