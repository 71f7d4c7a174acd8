"""Lines of the log: as text for people or as JSON for programs, and never with a customer's words.

An exception's own words may quote what was being worked on; the log has its kind and where it happened.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Final

from kb.errors import KbError
from kb.settings import Settings
from search_api.request_ids import request_id

Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

TEXT: Final = "%(asctime)s %(levelname)s %(message)s%(request)s"
LOUD: Final = {
    "alembic": logging.WARNING,
    # Each build of itself that this machine's wheel has not is a line there, of two that look like a failure.
    "faiss.loader": logging.WARNING,
    # A full queue shows in the answers' times; a line for every request would hide what matters.
    "waitress.queue": logging.ERROR,
}


def start_logging(settings: Settings) -> None:
    """Sends all lines to stderr, in the format that is set."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in LOUD.items():
        logging.getLogger(name).setLevel(level)


class TextLines(logging.Formatter):
    """`2026-05-01 10:00:00,000 INFO GET /help/ 200 1.5 ms [request 1f0c…]`."""

    def __init__(self) -> None:
        super().__init__(TEXT)

    def format(self, record: logging.LogRecord) -> str:
        number = request_id()
        record.request = f" [request {number}]" if number else ""
        return super().format(record)

    def formatException(self, ei: Failure) -> str:  # noqa: N802 - logging's own name
        return "\n".join(told(ei[1]))


class JsonLines(logging.Formatter):
    """One object a line: `at`, `level`, `logger`, `message`, and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if number := request_id():
            line["request"] = number
        fields = getattr(record, "fields", None)
        line |= fields if fields else {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            line["trace"] = told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def told(error: BaseException | None) -> list[str]:
    """Where an error came from and what kind it is, the cause first; its words only if they are ours."""
    lines: list[str] = []
    for one in _chain(error):
        frames = traceback.extract_tb(one.__traceback__)
        lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        lines.append(f"{type(one).__name__}: {one}" if isinstance(one, KbError) else type(one).__name__)
    return lines


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.insert(0, error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain
