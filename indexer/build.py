"""The files of a snapshot, written in a folder that nobody reads yet."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path

import numpy as np

from indexer.plan import Key, digest
from kb.index.content import Content, begun_of
from kb.index.counting import save_counts
from kb.index.counts import Counted
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.ranking import Ranking
from kb.index.rows import write_rows
from kb.index.text import fold, words
from kb.index.words import build_terms


def write_snapshot(  # noqa: PLR0913 - half of them by name
    content: Content,
    encoded: Mapping[str, Encoding],
    index: Index,
    folder: Path,
    *,
    counted: Counted | None = None,
    digests: Mapping[Key, str] | None = None,
) -> None:
    """All files but ranking, golden questions, pictures and manifest; `encoded` is by digest.

    What is `counted` or known of the articles' `digests` already is not worked out again.
    """
    folder.mkdir(parents=True)
    _write_articles(content, digests or {}, folder)
    _write_passages(content, encoded, folder)
    np.save(folder / "named.npy", index.named)
    index.vectors.save(folder / "vectors.faiss")
    index.tokens.save(folder)
    index.common.save(folder / "common.npz")
    index.prototypes.save(folder / "prototypes.npz")
    index.words.save(folder / "words.npz")
    index.grams.save(folder / "grams.npz")
    index.phrases.save(folder / "phrases.npz")
    if counted:
        counted.passages.terms().save(folder / "passage_words.npz")
        save_counts(counted, folder)
    else:
        build_terms(words(fold(row.text)) for row in content.flat).save(folder / "passage_words.npz")
    write_json(folder / "synonyms.json", content.synonyms.to_json())
    write_json(folder / "spellings.json", index.spellings.written)


def write_ranking(ranking: Ranking, folder: Path) -> None:
    write_json(folder / "ranking.json", ranking.to_json())


def copy_images(content: Content, source: Path, folder: Path, before: Path | None = None) -> None:
    """Local pictures, by the name they are served under; `source` is the articles folder.

    One that the snapshot `before` has is the same file: a name is a hash of what is in it.
    """
    for image in {image.name: image for article in content.articles for image in article.images}.values():
        (folder / "images").mkdir(exist_ok=True)
        place = folder / "images" / image.name
        with suppress(OSError):
            if before:
                os.link(before / "images" / image.name, place)
        if not place.exists():
            shutil.copyfile(source / image.path, place)


def write_manifest(folder: Path, facts: Mapping[str, object]) -> None:
    """The last file of a snapshot, with the checksum of every other."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            files[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    write_json(folder / "manifest.json", {**facts, "files": files})


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _write_articles(content: Content, digests: Mapping[Key, str], folder: Path) -> None:
    """A row as kb.index.snapshot.Entry has it for each article, and the HTML of all."""
    entries: list[dict[str, object]] = []
    bodies = bytearray()
    for article, (start, end) in zip(content.articles, content.bounds.tolist(), strict=True):
        html = article.html.encode("utf-8")
        entries.append(
            {
                "slug": article.slug,
                "locale": article.locale,
                "title": article.title,
                "url": article.url,
                "updated": article.updated.isoformat() if article.updated else None,
                "tags": article.tags,
                "path": article.path,
                "aliases": article.aliases,
                "suggest": article.suggest,
                "digest": digests.get((article.locale, article.slug)) or digest(article),
                "passages": (start, end),
                "body": (len(bodies), len(html)),
            }
        )
        bodies += html
    write_rows(folder / "articles.json", entries)
    (folder / "bodies.html").write_bytes(bodies)


def _write_passages(content: Content, encoded: Mapping[str, Encoding], folder: Path) -> None:
    """A row as kb.index.snapshot.PassageRow has it for each passage, and the vectors of all."""
    rows = [
        {
            "article": number,
            "kind": passage.kind,
            "heading": passage.heading,
            "anchor": passage.anchor,
            "text": passage.text,
            "digest": passage.digest,
        }
        for number, passages in enumerate(content.passages)
        for passage in passages
    ]
    write_rows(folder / "passages.json", rows)
    np.save(folder / "begun.npy", begun_of(content, encoded))
    flat = np.array([encoded[str(row["digest"])].vector for row in rows], dtype=np.float32)
    np.save(folder / "vectors.npy", flat)
