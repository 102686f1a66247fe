"""Alembic's entry: the connection is always given by `teller_server.store.migrate`."""

from alembic import context

from teller_server.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
