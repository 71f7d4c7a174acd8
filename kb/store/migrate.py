"""Bringing a database to the newest schema, however many processes try at the same moment."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text

from kb.errors import StoreError

HEAD = "0003"
_LOCK = 7_035_481_231


def migrate(engine: Engine) -> None:
    """Runs the missing migrations in one transaction, or raises StoreError for a newer schema."""
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Asked again: another process may have migrated while this one waited for its turn.
        if (revision := _revision(connection)) != HEAD:
            _upgrade(connection, revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: Connection, revision: str | None) -> None:
    # Imported late: a server finds its database migrated nearly always, and alembic takes 0.2 s.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "kb.store:migrations")
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"the database was written by a newer version of this program (schema {revision}, known up to "
            f"{HEAD}): install that version, or use another database"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
