"""The whole application over a paper engine, for tests to talk to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from paper_engine import PaperEngine
from sqlalchemy import Table, select, text

from kb.settings import Settings
from kb.store.store import Store
from search_api.app import create_app
from search_api.codes import ArticleCodes
from search_api.query_log import QueryLog
from search_api.rates import RateLimits
from search_api.services import Services
from search_api.signing import Signer


class Server:
    """Everything behind the routes, with a client in front and a look into the database."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.engine = PaperEngine(folder)
        self.store = Store.open(f"sqlite:///{folder}/selfhelp.sqlite3")
        self.log = QueryLog(self.store, codes=ArticleCodes(self.engine))
        self.signer = Signer(b"a secret")
        self.services = Services(
            engine=self.engine,
            store=self.store,
            settings=Settings(data=folder, **settings),
            signer=self.signer,
            log=self.log,
            rates=RateLimits(Settings(data=folder, **settings)),
        )
        self.app = create_app(self.services)
        self.client: FlaskClient = self.app.test_client()

    def ask(self, text: str = "black screen", **fields: Any) -> dict[str, Any]:
        answer = self.client.post("/v1/suggestions", json={"text": text, **fields})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def lose_the_database(self) -> None:
        with self.store.writing() as connection:
            for table in ("events", "queries", "outbox", "ticket_files", "tickets"):
                connection.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))

    def find_the_database(self) -> None:
        with self.store.writing() as connection:
            for table in ("events", "queries", "outbox", "ticket_files", "tickets"):
                connection.execute(text(f"ALTER TABLE gone_{table} RENAME TO {table}"))

    def close(self) -> None:
        self.log.close()
        self.store.close()
