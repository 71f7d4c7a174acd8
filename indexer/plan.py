"""What an index run has to do: published articles × articles found -> added, changed, removed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from kb.content.article import Article

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Locale and slug of every article, by what became of it since the last snapshot."""

    added: tuple[Key, ...]
    changed: tuple[Key, ...]
    removed: tuple[Key, ...]
    unchanged: tuple[Key, ...]

    @property
    def idle(self) -> bool:
        return not (self.added or self.changed or self.removed)


def plan(published: Mapping[Key, str], articles: Sequence[Article]) -> Plan:
    """Compares digests; `published` maps locale and slug to the digest in the last snapshot."""
    return compare(published, {(article.locale, article.slug): digest(article) for article in articles})


def compare(published: Mapping[Key, str], found: Mapping[Key, str]) -> Plan:
    """Both map locale and slug to a digest."""
    shared = found.keys() & published.keys()
    return Plan(
        added=tuple(sorted(found.keys() - published.keys())),
        changed=tuple(sorted(key for key in shared if found[key] != published[key])),
        removed=tuple(sorted(published.keys() - found.keys())),
        unchanged=tuple(sorted(key for key in shared if found[key] == published[key])),
    )


def digest(article: Article) -> str:
    """Changes with anything that a snapshot holds of an article."""
    return sha256(json.dumps(asdict(article), sort_keys=True, default=str).encode()).hexdigest()[:32]
