"""A published snapshot as a server reads it: a folder of arrays, JSON and text, checked when opened.

`DATA/snapshots/<id>/`:  manifest.json (format, model, checksums of all that follows), articles.json,
bodies.html (all articles' HTML, one behind the other), passages.json, named.npy (which passages are
titles or questions), vectors.npy (as encoded), vectors.faiss (as searched), tokens.npy and token_bounds.npz
(see late.py), common.npz, prototypes.npz, words.npz, grams.npz, phrases.npz, passage_words.npz,
synonyms.json, spellings.json, ranking.json, images/; and for the next index run alone begun.npy, counts.npz,
golden.json and golden.npz.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kb.errors import NoSnapshot, SnapshotBroken
from kb.index.directions import Common
from kb.index.index import Index
from kb.index.late import TokenVectors
from kb.index.manifest import check_manifest, read_json
from kb.index.phrases import Phrases
from kb.index.prototypes import Prototypes
from kb.index.ranking import Ranking
from kb.index.rows import Rows
from kb.index.spellings import Spellings
from kb.index.stretches import Stretches
from kb.index.synonyms import Synonyms
from kb.index.vectors import FaissVectors
from kb.index.words import Terms

CURRENT = "CURRENT"
SNAPSHOTS = "snapshots"
MODELS = "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedArticle:
    """An article as it is shown. `html` is empty in lists."""

    slug: str
    locale: str
    title: str
    html: str
    url: str | None
    updated: date | None
    tags: tuple[str, ...]
    path: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article's row: its place among passages [start, end) and in bodies.html [offset, +length)."""

    slug: str
    locale: str
    title: str
    url: str | None
    updated: str | None
    tags: tuple[str, ...]
    path: str
    aliases: tuple[str, ...]
    suggest: bool
    digest: str
    passages: tuple[int, int]
    body: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """A passage's row; `article` is the number of its article."""

    article: int
    kind: str
    heading: str
    anchor: str
    text: str
    digest: str


def published_id(data: Path) -> str:
    """The id in `DATA/CURRENT`. Raises NoSnapshot when nothing is published."""
    try:
        name = (data / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoSnapshot(f"nothing published in {data} yet: run `selfhelp index`") from None
    except OSError as error:
        raise SnapshotBroken(f"{data / CURRENT}: {error.strerror}") from error
    if not name or "/" in name or name.startswith("."):
        raise SnapshotBroken(f"{data / CURRENT}: does not name a snapshot; run `selfhelp index`")
    return name


class Snapshot:
    """All that answering needs, in memory but for the articles' HTML."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = check_manifest(folder)
        self.id = folder.name
        self.model: str = self.manifest["model"]
        self.articles = list(Rows(folder / "articles.json", _entry))
        self.passages: Sequence[PassageRow] = Rows(folder / "passages.json", _passage)
        self.ranking = _ranking(folder / "ranking.json")
        self.index = Index(
            slugs=[entry.slug for entry in self.articles],
            locales=[entry.locale for entry in self.articles],
            suggestible=np.array([entry.suggest for entry in self.articles], dtype=bool),
            bounds=np.array([entry.passages for entry in self.articles], dtype=np.int64).reshape(-1, 2),
            named=np.load(folder / "named.npy", allow_pickle=False),
            vectors=FaissVectors.open(folder / "vectors.faiss"),
            tokens=TokenVectors.open(folder, len(self.passages)),
            common=Common.load(folder / "common.npz"),
            prototypes=Prototypes.load(folder / "prototypes.npz"),
            words=Terms.load(folder / "words.npz"),
            grams=Terms.load(folder / "grams.npz"),
            phrases=Phrases.load(folder / "phrases.npz"),
            synonyms=Synonyms.from_json(read_json(folder / "synonyms.json")),
            spellings=Spellings(read_json(folder / "spellings.json")),
        )
        self.passage_words = Terms.load(folder / "passage_words.npz")
        self._by_key = {(entry.locale, entry.slug): entry for entry in self.articles}
        self._aliases = {(e.locale, alias): e for e in self.articles for alias in e.aliases}
        self._bodies = Stretches(folder / "bodies.html")
        self.locales = self.index.known_locales

    def article(self, locale: str, slug: str) -> PublishedArticle | None:
        """By slug or by old slug (then the result's slug is the new one)."""
        entry = self._by_key.get((locale, slug)) or self._aliases.get((locale, slug))
        return _published(entry, self._body(entry)) if entry else None

    def listed(self, locale: str) -> list[PublishedArticle]:
        """All articles of a locale by title, without their HTML."""
        entries = [entry for entry in self.articles if entry.locale == locale]
        return [_published(entry, "") for entry in sorted(entries, key=lambda e: e.title.casefold())]

    def image(self, name: str) -> Path | None:
        """File of a local picture by the name it is served under."""
        if f"images/{name}" not in self.manifest["files"]:
            return None
        return self.folder / "images" / name

    def _body(self, entry: Entry) -> str:
        offset, length = entry.body
        return self._bodies.read(offset, length).decode("utf-8")


def _ranking(path: Path) -> Ranking:
    try:
        return Ranking.from_json(read_json(path))
    except (KeyError, TypeError) as error:
        raise SnapshotBroken(f"{path}: not what this program writes; run `selfhelp index`") from error


def _entry(row: Mapping[str, Any]) -> Entry:
    pairs = {key: tuple(row[key]) for key in ("tags", "aliases", "passages", "body")}
    return Entry(**{**row, **pairs})


def _passage(row: Mapping[str, Any]) -> PassageRow:
    return PassageRow(**row)


def _published(entry: Entry, html: str) -> PublishedArticle:
    parts = entry.path.split("/")[:-1]
    return PublishedArticle(
        slug=entry.slug,
        locale=entry.locale,
        title=entry.title,
        html=html,
        url=entry.url,
        updated=date.fromisoformat(entry.updated) if entry.updated else None,
        tags=entry.tags,
        path=entry.path,
        folder="/".join(parts[1:] if parts and parts[0] == entry.locale else parts),
    )
