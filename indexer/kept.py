"""What is kept of an article file that was read, as a row of a database and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from indexer.walk import Stamp
from kb.content.article import Article, Image, Passage, Section

# File systems tell times in steps of up to two seconds: what was written so shortly before it was read may
# have been written again without a sign.
STEP = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What other articles and the folder as a whole need to know of an article."""

    path: str
    slug: str
    locale: str
    draft: bool
    aliases: tuple[str, ...]
    aliases_line: int
    ids: frozenset[str]

    @property
    def sign(self) -> str:
        """Changes with what a link to it depends on."""
        told = json.dumps([self.path, self.slug, self.locale, sorted(self.ids)])
        return sha256(told.encode()).hexdigest()[:16]


@dataclass(slots=True, kw_only=True)
class KeptFile:
    """A file as it was read: `article` and `passages` are JSON, `needs` signs of what its links depend on."""

    page: Page
    stamp: Stamp
    read_at: int
    hash: str
    digest: str
    article: str
    passages: str
    warnings: tuple[str, ...]
    needs: Mapping[str, str]

    def trusted(self, stamp: Stamp) -> bool:
        """Whether the file is, by its stamp alone, surely what it was."""
        return stamp == self.stamp and max(stamp.changed, stamp.modified) < self.read_at - STEP


def article_of(text: str) -> Article:
    """From what `json_of` made."""
    fields = json.loads(text)
    fields["sections"] = tuple(
        Section(heading=heading, anchor=anchor, blocks=tuple(blocks))
        for heading, anchor, blocks in fields["sections"]
    )
    fields["images"] = tuple(Image(path=path, name=name) for path, name in fields["images"])
    for name in ("questions", "tags", "aliases"):
        fields[name] = tuple(fields[name])
    fields["updated"] = date.fromisoformat(fields["updated"]) if fields["updated"] else None
    return Article(**fields)


def json_of(article: Article) -> str:
    """`extra` keeps what JSON can say of it: dates in it become texts."""
    fields: dict[str, Any] = {name: getattr(article, name) for name in Article.__slots__}
    fields["sections"] = [astuple(section) for section in article.sections]
    fields["images"] = [astuple(image) for image in article.images]
    fields["updated"] = article.updated.isoformat() if article.updated else None
    fields["extra"] = dict(article.extra)
    return json.dumps(fields, ensure_ascii=False, default=str)


def passages_from(kept: KeptFile) -> tuple[Passage, ...]:
    slug, locale = kept.page.slug, kept.page.locale
    return tuple(
        Passage(slug=slug, locale=locale, kind=kind, text=text, heading=heading, anchor=anchor)
        for kind, text, heading, anchor in json.loads(kept.passages)
    )


def json_of_passages(passages: Sequence[Passage]) -> str:
    rows = [(one.kind, one.text, one.heading, one.anchor) for one in passages]
    return json.dumps(rows, ensure_ascii=False)


def hash_of(data: bytes) -> str:
    return sha256(data).hexdigest()[:32]


def kept_of(row: Sequence[Any]) -> KeptFile:
    _, _, stamp, read_at, hashed, page, digest, article, passages, warnings, needs = row
    fields = json.loads(page)
    fields["aliases"], fields["ids"] = tuple(fields["aliases"]), frozenset(fields["ids"])
    return KeptFile(
        page=Page(**fields),
        stamp=Stamp(*json.loads(stamp)),
        read_at=read_at,
        hash=hashed,
        digest=digest,
        article=article,
        passages=passages,
        warnings=tuple(json.loads(warnings)),
        needs=json.loads(needs),
    )


def row_of(kept: KeptFile) -> tuple[object, ...]:
    page = {name: getattr(kept.page, name) for name in Page.__slots__} | {"ids": sorted(kept.page.ids)}
    told = (json.dumps(astuple(kept.stamp)), kept.read_at, kept.hash, json.dumps(page), kept.digest)
    return (
        kept.page.path, kept.page.locale, *told,
        kept.article, kept.passages, json.dumps(kept.warnings), json.dumps(kept.needs),
    )  # fmt: skip
