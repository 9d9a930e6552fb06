"""Alembic's entry point. The caller hands over an open transaction; all steps commit together or not at all."""

from alembic import context

from kachehri.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
