"""Bringing a database to the newest schema, however many processes try at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from kb.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"
_LOCK = 7_035_481_231


def migrate(engine: Engine) -> None:
    """Runs the missing migrations in one transaction, or raises StoreError for a newer schema."""
    with engine.connect() as connection:
        if revision_of(connection) == HEAD:
            return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Asked again: another process may have migrated while this one waited for its turn.
        if (revision := revision_of(connection)) != HEAD:
            _upgrade(connection, revision)


def revision_of(connection: Connection) -> str | None:
    """The schema that the database has; None while it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def known_revisions() -> frozenset[str]:
    """The schemas that this version of the program can bring up to date."""
    from alembic.script import ScriptDirectory

    return frozenset(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Runs migrations in the connection's transaction, up to this schema."""
    # Imported late: a server finds its database migrated nearly always, and alembic takes 0.2 s.
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _upgrade(connection: Connection, revision: str | None) -> None:
    if revision is not None and revision not in known_revisions():
        raise StoreError(
            f"the database was written by a newer version of this program (schema {revision}, known up to "
            f"{HEAD}): install that version, or use another database"
        )
    upgrade(connection)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "kb.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
