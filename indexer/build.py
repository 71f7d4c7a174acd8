"""The files of a snapshot, written in a folder that nobody reads yet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.content import Content
from indexer.plan import digest
from kb.index.index import Index
from kb.index.ranking import Ranking
from kb.index.snapshot import Entry, PassageRow
from kb.index.text import fold, words
from kb.index.words import build_terms

Floats = npt.NDArray[np.float32]


def write_snapshot(content: Content, vectors: Mapping[str, Floats], index: Index, folder: Path) -> None:
    """All files but ranking, pictures and manifest; `vectors` are as encoded, by digest."""
    folder.mkdir(parents=True)
    _write_articles(content, folder)
    rows = [
        PassageRow(
            article=number,
            kind=passage.kind,
            heading=passage.heading,
            anchor=passage.anchor,
            text=passage.text,
            digest=passage.digest,
        )
        for number, passages in enumerate(content.passages)
        for passage in passages
    ]
    _write_json(folder / "passages.json", [asdict(row) for row in rows])
    np.save(folder / "vectors.npy", np.array([vectors[row.digest] for row in rows], dtype=np.float32))
    index.vectors.save(folder / "vectors.faiss")
    index.common.save(folder / "common.npz")
    index.words.save(folder / "words.npz")
    index.grams.save(folder / "grams.npz")
    build_terms(words(fold(row.text)) for row in rows).save(folder / "passage_words.npz")
    _write_json(folder / "synonyms.json", content.synonyms.to_json())


def write_ranking(ranking: Ranking, folder: Path) -> None:
    _write_json(folder / "ranking.json", ranking.to_json())


def copy_images(content: Content, source: Path, folder: Path) -> None:
    """Local pictures, by the name they are served under; `source` is the articles folder."""
    for image in {image.name: image for article in content.articles for image in article.images}.values():
        (folder / "images").mkdir(exist_ok=True)
        shutil.copyfile(source / image.path, folder / "images" / image.name)


def write_manifest(folder: Path, facts: Mapping[str, object]) -> None:
    """The last file of a snapshot, with the checksum of every other."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            files[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    _write_json(folder / "manifest.json", {**facts, "files": files})


def _write_articles(content: Content, folder: Path) -> None:
    entries: list[Entry] = []
    bodies = bytearray()
    for article, (start, end) in zip(content.articles, content.bounds.tolist(), strict=True):
        html = article.html.encode("utf-8")
        entries.append(
            Entry(
                slug=article.slug,
                locale=article.locale,
                title=article.title,
                url=article.url,
                updated=article.updated.isoformat() if article.updated else None,
                tags=article.tags,
                path=article.path,
                aliases=article.aliases,
                suggest=article.suggest,
                digest=digest(article),
                passages=(start, end),
                body=(len(bodies), len(html)),
            )
        )
        bodies += html
    _write_json(folder / "articles.json", [asdict(entry) for entry in entries])
    (folder / "bodies.html").write_bytes(bodies)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
