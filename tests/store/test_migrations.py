from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from kb.errors import StoreError
from kb.store.migrate import HEAD
from kb.store.store import Store, database_url
from kb.store.tables import metadata

OPEN = """
import sys
from kb.store.store import Store
Store.open(sys.argv[1]).close()
print("alembic" in sys.modules)
"""


def opening(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", OPEN, url], stdout=subprocess.PIPE, text=True)


def test_the_migrations_make_exactly_the_tables_that_the_statements_use(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", "kb.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_database_from_a_newer_version_is_refused_in_clear_words(store: Store, url: str) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer version .*9999"):
        Store.open(url)


def test_several_processes_that_open_a_new_database_at_once_all_succeed(url: str) -> None:
    processes = [opening(url) for _ in range(4)]
    said = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert "True" in said


def test_opening_an_up_to_date_database_does_not_load_alembic(store: Store, url: str) -> None:
    assert opening(url).communicate()[0].strip() == "False"


def test_a_sqlite_database_checks_foreign_keys_and_lets_readers_and_writers_be(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar() or 0) > 1000
    store.close()


def test_nobody_else_on_the_machine_can_read_the_file(sqlite_url: str) -> None:
    Store.open(sqlite_url).close()
    path = Path(make_url(sqlite_url).database or "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://localhost/x", "use SQLite or PostgreSQL"),
        ("nonsense", "not a database URL"),
        ("sqlite:////proc/nowhere/x.db", "cannot write"),
        ("postgresql://nobody@127.0.0.1:1/x", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_says_why(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        Store.open(url)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text() == "not a database " * 100


def test_the_database_lies_in_the_data_folder_unless_a_url_is_set(tmp_path: Path) -> None:
    assert database_url(tmp_path, "") == f"sqlite:///{tmp_path}/selfhelp.sqlite3"
    assert database_url(tmp_path, "postgresql://db/x") == "postgresql://db/x"
