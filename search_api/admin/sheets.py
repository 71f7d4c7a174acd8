"""Tables that leave the house: as CSV for spreadsheets, as JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import Response

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Columns by name, and rows with a value for each."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def as_csv(sheet: Sheet) -> str:
    """What customers wrote must stay text: a cell that a spreadsheet would calculate begins with `'`.

    >>> as_csv(Sheet(columns=["question", "people"], rows=[["=HYPERLINK(1)", -2]]))
    "question,people\\r\\n'=HYPERLINK(1),-2\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.columns)
    writer.writerows([[_cell(value) for value in row] for row in sheet.rows])
    return out.getvalue()


def csv_answer(sheet: Sheet, name: str) -> Response:
    """A file to keep; the mark at its start tells spreadsheets that it is UTF-8."""
    answer = Response("\ufeff" + as_csv(sheet), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="selfhelp-{name}.csv"'
    return answer


def json_rows(sheet: Sheet) -> Response:
    rows: list[Mapping[str, Any]] = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
    return Response(json.dumps(rows, default=_iso, ensure_ascii=False), mimetype="application/json")


def _cell(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
