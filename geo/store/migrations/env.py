"""Alembic's entry: runs the migrations on the connection that ``engine.migrate`` hands in."""

from alembic import context

from geo.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
