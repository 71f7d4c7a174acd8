"""Who is who: a browser or a user id becomes the sender of the tickets written with it.

A name that wrote under one address is that sender from then on, whatever device the sender uses next. One
that wrote under several (somebody who helps others, a shared computer) stands for itself: it must not make
one person of all whose tickets it wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, case, select

from kb.store.store import Store
from kb.store.tables import person_links, sessions
from kb.store.usage import Visit, keep_visits

TAKEN_BACK: Final = timedelta(hours=72)
"""A ticket of the same person this long after an intent takes the credit for it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """That a ticket was written: by whom, in which session if any. `person` is the page's name for them."""

    at: datetime
    session_id: str | None
    person: str | None
    sender: str | None


def note_writer(store: Store, connection: Connection, written: Written) -> None:
    """Links the writer's names, and marks all sessions whose intents that changes as to be settled again.

    A session whose person nobody knew is the sender's from now on.
    """
    own = sessions.c.session_id == written.session_id
    kept = connection.execute(select(sessions.c.person).where(own)).scalar()
    names = {name for name in (written.person, kept, written.sender) if name}
    renamed = _link(store, connection, names, written.sender) if written.sender else set()
    _unsettle(connection, own | _theirs(names, written.at) | sessions.c.person.in_(renamed))
    if written.session_id:
        keep_visits(store, connection, [Visit(session_id=written.session_id, at=written.at)])
        unknown = sessions.update().where(own, sessions.c.person.is_(None))
        connection.execute(unknown.values(person=written.person or written.sender))


def _link(store: Store, connection: Connection, names: Collection[str], sender: str) -> set[str]:
    """The names that stand for somebody else now."""
    links = select(person_links.c.alias, person_links.c.person).where(person_links.c.alias.in_(names))
    known = dict(connection.execute(links).all())
    changed = {name for name in names if name != sender and known.get(name) not in (sender, name)}
    if changed:
        new = store.insert(person_links)
        same = person_links.c.person == new.excluded.person
        person = case((same, person_links.c.person), else_=person_links.c.alias)
        upsert = new.on_conflict_do_update(index_elements=["alias"], set_={"person": person})
        connection.execute(upsert, [{"alias": name, "person": sender} for name in sorted(changed)])
    return changed


def _theirs(names: Collection[str], at: datetime) -> ColumnElement[bool]:
    """Sessions of these names, and of whatever else their persons are called, that a ticket may change."""
    aliases = select(person_links.c.alias).where(person_links.c.person.in_(names))
    theirs = sessions.c.person.in_(names) | sessions.c.person.in_(aliases)
    return theirs & (sessions.c.last_seen >= at - TAKEN_BACK)


def _unsettle(connection: Connection, which: ColumnElement[bool]) -> None:
    """Locked in one order: two tickets at once could each hold the row that the other waits for."""
    chosen = select(sessions.c.session_id).where(which).order_by(sessions.c.session_id).with_for_update()
    ids = connection.execute(chosen).scalars().all()
    if ids:
        update = sessions.update().where(sessions.c.session_id.in_(ids)).values(unsettled=True)
        connection.execute(update)
