"""What reading the articles came to last time, so that a file is parsed again only when it has changed.

`DATA/reading.sqlite3`, a row a file. It is a cache: when it is damaged, of another version or gone, all
files are parsed again and nothing else is lost.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from indexer.kept import KeptFile, kept_of, row_of
from kb.content import article as content

FILE = "reading.sqlite3"
PARSERS = ("selfhelp-kb", "markdown", "nh3", "lxml", "pyyaml", "python-frontmatter")
TABLES = """
create table if not exists about (program text not null);
create table if not exists files (
    path text primary key, locale text not null, stamp text not null, read_at integer not null,
    hash text not null, page text not null, digest text not null, article text not null,
    passages text not null, warnings text not null, needs text not null
)
"""
COLUMNS = (
    "path", "locale", "stamp", "read_at", "hash", "page", "digest", "article", "passages",
    "warnings", "needs",
)  # fmt: skip


class ReadBefore:
    """The rows of one data folder; without a folder it knows nothing and keeps nothing.

    `keep` False reads the rows and leaves them as they are, `known` False does not believe them. A first
    run has no data folder yet.
    """

    def __init__(self, data: Path | None, *, keep: bool = True, known: bool = True) -> None:
        self._file = data / FILE if data else None
        self._keep = keep
        self.rows = self._load() if known else {}

    def _load(self) -> dict[str, KeptFile]:
        if self._file is None or not self._file.is_file():
            return {}
        with suppress(sqlite3.Error, ValueError, TypeError, KeyError):
            connection = sqlite3.connect(f"{self._file.resolve().as_uri()}?mode=ro", uri=True)
            try:
                if connection.execute("select program from about").fetchall() == [(_program(),)]:
                    rows = connection.execute(f"select {', '.join(COLUMNS)} from files")  # noqa: S608
                    return {row[0]: kept_of(row) for row in rows}
            finally:
                connection.close()
        return {}

    def save(self, rows: Mapping[str, KeptFile]) -> None:
        """Makes these the rows. What cannot be written is done without: the next run parses again."""
        if self._file is None or not self._keep or not self._file.parent.is_dir():
            return
        gone = [(path,) for path in self.rows.keys() - rows.keys()]
        new = [row_of(kept) for path, kept in rows.items() if self.rows.get(path) is not kept]
        if not gone and not new:
            return
        try:
            self._write(gone, new)
        except sqlite3.OperationalError:
            return
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self._file.unlink()
        self.rows = dict(rows)

    def _write(self, gone: Sequence[tuple[str]], new: Sequence[tuple[object, ...]]) -> None:
        connection = sqlite3.connect(str(self._file))
        try:
            connection.executescript(TABLES)
            with connection:
                if connection.execute("select program from about").fetchall() != [(_program(),)]:
                    connection.execute("delete from files")
                    connection.execute("delete from about")
                    connection.execute("insert into about values (?)", (_program(),))
                connection.executemany("delete from files where path = ?", gone)
                marks = ", ".join("?" * len(COLUMNS))
                connection.executemany(f"insert or replace into files values ({marks})", new)  # noqa: S608
        finally:
            connection.close()


def _program() -> str:
    """Changes with whatever reads articles: this program, its parsers, its own files when they are edited."""
    own = sorted(Path(content.__file__).parent.glob("*.py"))
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in own]
    return sha256(json.dumps([[_version(name) for name in PARSERS], stats]).encode()).hexdigest()[:32]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
