"""Who is who while settling: the person behind each name, and the names that are no person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, String, cast, func, select

from kb.store.persons import TAKEN_BACK
from kb.store.tables import person_links, sessions

CROWD: Final = 200
"""A name with more sessions than this within DAYS is no person: a machine, or one name for everybody."""
DAYS: Final = 1 + TAKEN_BACK.days
"""A day and those before it from which a ticket can come back to it. They are a session's own, whatever is
settled with it: what comes late of one person must not make a machine of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The person that each name stands for, and on which days (UTC) which names are crowds."""

    person: Mapping[str, str]
    crowds: frozenset[tuple[str, date]]

    @property
    def every(self) -> list[str]:
        return sorted({*self.person, *self.person.values()})

    def of(self, name: str | None) -> str | None:
        return None if name is None else self.person.get(name, name)

    def is_crowd(self, name: str | None, at: datetime) -> bool:
        """Whether too many sessions bear this name for one that began then to be a person's."""
        return (name, at.date()) in self.crowds


def window_of(moment: datetime) -> datetime:
    """The beginning of the DAYS up to this moment's: what one person asked in a day is seen as a whole."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)


def read_names(connection: Connection, raw: Collection[str], since: datetime) -> Names:
    """These names, and all others of the same persons; crowds as of sessions that began since then."""
    links = person_links
    found = select(links.c.alias, links.c.person).where(links.c.alias.in_(raw))
    person = {name: name for name in raw} | dict(connection.execute(found).all())
    found = select(links.c.alias, links.c.person).where(links.c.person.in_(set(person.values())))
    person |= dict(connection.execute(found).all())
    every = Names(person=person, crowds=frozenset()).every
    return Names(person=person, crowds=_crowds(connection, every, window_of(since)))


def _crowds(connection: Connection, names: Collection[str], since: datetime) -> frozenset[tuple[str, date]]:
    s = sessions.c
    # The one spelling of a day that both databases share, in UTC (`settle_batch` sees to it).
    day = func.substr(cast(s.first_seen, String), 1, 10)
    counted = select(s.person, day, func.count()).where(s.person.in_(names), s.first_seen >= since)
    begun: dict[str, dict[date, int]] = defaultdict(dict)
    for name, on, count in connection.execute(counted.group_by(s.person, day)):
        begun[name][date.fromisoformat(on)] = count
    return frozenset(
        (name, on)
        for name, counts in begun.items()
        for on in counts
        if sum(counts.get(on - timedelta(days=before), 0) for before in range(DAYS)) > CROWD
    )
