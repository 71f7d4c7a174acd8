"""Statements about what the published articles say, and since when they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from kb.store.chunks import chunks
from kb.store.store import Store
from kb.store.tables import published_articles

Key = tuple[str, str]


def keep_published(store: Store, digests: Mapping[Key, str], at: datetime) -> None:
    """Keeps the articles (locale, slug) with a digest of each; those that are new or changed are of `at`."""
    articles = published_articles.c
    with store.reading() as connection:
        kept = {
            (locale, slug): digest
            for locale, slug, digest in connection.execute(
                select(articles.locale, articles.slug, articles.digest)
            )
        }
    changed = [key for key, digest in digests.items() if kept.get(key) != digest]
    gone = kept.keys() - digests.keys()
    if not changed and not gone:
        return
    new = store.insert(published_articles)
    upsert = new.on_conflict_do_update(
        index_elements=["locale", "slug"],
        set_={"digest": new.excluded.digest, "changed_at": new.excluded.changed_at},
    )
    with store.writing() as connection:
        if changed:
            rows = [
                {"locale": key[0], "slug": key[1], "digest": digests[key], "changed_at": at}
                for key in changed
            ]
            connection.execute(upsert, rows)
        for chunk in chunks(gone):
            those = tuple_(articles.locale, articles.slug).in_(chunk)
            connection.execute(published_articles.delete().where(those))


def locales_of(connection: Connection, slugs: Collection[str]) -> dict[str, list[str]]:
    """The locales each of these articles is published in; one that is in none is left out."""
    articles = published_articles.c
    found: dict[str, list[str]] = defaultdict(list)
    for chunk in chunks(slugs):
        rows = (
            select(articles.slug, articles.locale).where(articles.slug.in_(chunk)).order_by(articles.locale)
        )
        for slug, locale in connection.execute(rows.order_by(articles.locale)):
            found[slug].append(locale)
    return dict(found)


def changed_articles(store: Store) -> dict[Key, datetime]:
    """When each published article last became what it is."""
    articles = published_articles.c
    found = select(articles.locale, articles.slug, articles.changed_at)
    with store.reading() as connection:
        return {(locale, slug): at for locale, slug, at in connection.execute(found)}
