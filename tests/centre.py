"""Small help centres for tests, in real folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from indexer.build import copy_images, write_manifest, write_ranking, write_snapshot
from indexer.folder import read_articles
from indexer.job import Outcome
from indexer.run import index as run_index
from kb.index.build_index import index_of
from kb.index.content import Content, content_of, encode
from kb.index.encoder import Encoder
from kb.index.index import Index
from kb.index.manifest import FORMAT
from kb.index.ranking import Ranking
from kb.index.snapshot import Snapshot
from kb.index.topic_encoder import TopicEncoder

MODEL = "all-MiniLM-L6-v2"
Files = Mapping[str, str | bytes]


class Quiet:
    """Is told how far an index run has come, and keeps the names of its stages."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, name: str, _total: int) -> Callable[[int], None]:
        self.stages.append(name)
        return lambda _more: None


def write(folder: Path, files: Files) -> Path:
    """Files by their path below the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def publish(articles: Path, data: Path, reporter: Quiet | None = None) -> Outcome:
    """What `selfhelp index` does, with the default model."""
    found = read_articles(articles, "en")
    return run_index(found, articles, data, model=MODEL, reporter=reporter or Quiet())


def content(articles: Path) -> Content:
    """Of a folder in which no article is wrong."""
    found = read_articles(articles, "en")
    assert found.errors == ()
    return content_of(found.articles)


def paper_index(articles: Path, encoder: Encoder | None = None) -> Index:
    """An index whose every score can be worked out on paper."""
    made = content(articles)
    return index_of(made, encode(made, encoder or TopicEncoder(), {}, None))


def paper_snapshot(articles: Path, folder: Path, ranking: Ranking | None = None) -> Snapshot:
    """A snapshot by TopicEncoder, in a folder of its own."""
    made = content(articles)
    vectors = encode(made, TopicEncoder(), {}, None)
    write_snapshot(made, vectors, index_of(made, vectors), folder)
    write_ranking(ranking or Ranking(), folder)
    copy_images(made, articles, folder)
    write_manifest(folder, {"format": FORMAT, "id": folder.name, "model": "topics", "previous": None})
    return Snapshot(folder)
