"""Articles -> the files of a snapshot, in a folder that nobody reads yet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.plan import digest
from kb.content.article import Article, Passage
from kb.content.passages import passages_of
from kb.index.encoder import Encoder, Progress
from kb.index.ranking import Ranking
from kb.index.snapshot import Entry, PassageRow
from kb.index.text import fold, grams, words
from kb.index.vectors import FaissWriter
from kb.index.words import build_terms

Floats = npt.NDArray[np.float32]

# A passage from the middle of an article says little of what the article is about; mixed with so much
# of its title's vector it does. Between 0.3 and 0.6 makes no difference on the sets tried.
TITLE_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Articles in the order of a snapshot (locale, slug), each with its passages."""

    articles: tuple[Article, ...]
    passages: tuple[tuple[Passage, ...], ...]

    @property
    def flat(self) -> list[Passage]:
        return [passage for passages in self.passages for passage in passages]


def content_of(articles: Sequence[Article]) -> Content:
    ordered = tuple(sorted(articles, key=lambda article: (article.locale, article.slug)))
    return Content(articles=ordered, passages=tuple(tuple(passages_of(article)) for article in ordered))


def encode(
    content: Content, encoder: Encoder, known: Mapping[str, Floats], progress: Progress | None
) -> Floats:
    """Vectors of all passages, shape (passages, dimension); only those not `known` are encoded."""
    texts = {passage.digest: _encoded_text(passage) for passage in content.flat}
    missing = [key for key in texts if key not in known]
    fresh = encoder.encode_passages([texts[key] for key in missing], progress)
    vectors = {**known, **dict(zip(missing, fresh, strict=True))}
    return np.array([vectors[passage.digest] for passage in content.flat], dtype=np.float32)


def write_snapshot(content: Content, vectors: Floats, folder: Path, *, images: Path) -> None:
    """All files but the manifest. `images` is the articles folder, where pictures are taken from."""
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
    np.save(folder / "vectors.npy", vectors)
    FaissWriter(folder / "vectors.faiss").write(with_titles(vectors, rows))
    _write_terms(content, folder)
    _write_json(folder / "ranking.json", Ranking().to_json())
    for image in {image.name: image for article in content.articles for image in article.images}.values():
        (folder / "images").mkdir(exist_ok=True)
        shutil.copyfile(images / image.path, folder / "images" / image.name)


def write_manifest(folder: Path, facts: Mapping[str, object]) -> None:
    """The last file of a snapshot, with the checksum of every other."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            files[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    _write_json(folder / "manifest.json", {**facts, "files": files})


def with_titles(vectors: Floats, rows: Sequence[PassageRow]) -> Floats:
    """Body passages moved towards their article's title, at unit length again."""
    mixed = vectors.copy()
    for _, group in groupby(range(len(rows)), key=lambda row: rows[row].article):
        places = list(group)
        bodies = [place for place in places if rows[place].kind == "body"]
        mixed[bodies] += TITLE_SHARE * vectors[places[0]]
    unit: Floats = mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)
    return unit


def _encoded_text(passage: Passage) -> str:
    return f"{passage.heading}. {passage.text}" if passage.heading else passage.text


def _write_articles(content: Content, folder: Path) -> None:
    entries: list[Entry] = []
    bodies = bytearray()
    row = 0
    for article, passages in zip(content.articles, content.passages, strict=True):
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
                passages=(row, row + len(passages)),
                body=(len(bodies), len(html)),
            )
        )
        bodies += html
        row += len(passages)
    _write_json(folder / "articles.json", [asdict(entry) for entry in entries])
    (folder / "bodies.html").write_bytes(bodies)


def _write_terms(content: Content, folder: Path) -> None:
    """Words and n-grams of whole articles rank; words of single passages choose the excerpt."""
    folded = [[fold(f"{p.heading} {p.text}") for p in passages] for passages in content.passages]
    passage_words = [[words(text) for text in texts] for texts in folded]
    build_terms([word for one in texts for word in one] for texts in passage_words).save(folder / "words.npz")
    build_terms([gram for text in texts for gram in grams(text)] for texts in folded).save(
        folder / "grams.npz"
    )
    build_terms(one for texts in passage_words for one in texts).save(folder / "passage_words.npz")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
