"""Other names for one thing, found in articles and in questions.

To words and n-grams an article that uses one name uses all of them: the others are counted where it
stands, so that a name is found however far it is typed, and a question is no longer for having another.
To the encoder, which reads articles as they are, a question is put with the articles' own name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kb.content.synonyms import SynonymGroup
from kb.index.text import Unit, units

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name found in a text at [start, end): the group it belongs to."""

    start: int
    end: int
    group: SynonymGroup


class Synonyms:
    """Groups of names, ready to be found in texts; equal if their groups are."""

    def __init__(self, groups: Sequence[SynonymGroup] = ()) -> None:
        self.groups = tuple(groups)
        self._by_first: dict[str, list[tuple[Name, SynonymGroup]]] = {}
        for group in self.groups:
            for text in group.names:
                name = _name(text)
                self._by_first.setdefault(name[0], []).append((name, group))
        for names in self._by_first.values():
            names.sort(key=lambda entry: -len(entry[0]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Synonyms) and self.groups == other.groups

    def __hash__(self) -> int:
        return hash(self.groups)

    def others(self, text: str, locale: str) -> str:
        """Other names of all that an article in this locale names in the text; empty if it names nothing."""
        if not self._by_first:
            return ""
        whole = _normal(text)
        found = list(self.find(whole, locale))
        there = {_name(whole[one.start : one.end]) for one in found}
        names = dict.fromkeys(name for one in found for name in one.group.names)
        return " ".join(name for name in names if _name(name) not in there)

    def put(self, text: str, locale: str | None, *, completed: str) -> tuple[str, tuple[SynonymGroup, ...]]:
        """The question with the articles' own names, and the groups asked for.

        `completed` is the text with its half-typed last word completed: by a name of several words, if
        its first ones are there, sooner than by that word.
        """
        if not self._by_first:
            return completed, ()
        whole = _normal(self._half_typed(text, locale) or completed)
        found = list(self.find(whole, locale))
        for one in reversed(found):
            own = one.group.names[0]
            if _name(whole[one.start : one.end]) != _name(own):
                whole = f"{whole[: one.start]}{own}{whole[one.end :]}"
        return (whole if found else completed), tuple(dict.fromkeys(one.group for one in found))

    def find(self, text: str, locale: str | None) -> Iterator[Named]:
        """Names in NFC text from left to right, the longest first; of every locale if None."""
        pieces = units(text)
        at = 0
        while at < len(pieces):
            name, group = self._longest(pieces, at, locale)
            if group:
                yield Named(start=pieces[at].start, end=pieces[at + len(name) - 1].end, group=group)
            at += max(1, len(name))

    def _longest(
        self, pieces: Sequence[Unit], at: int, locale: str | None
    ) -> tuple[Name, SynonymGroup | None]:
        for name, group in self._by_first.get(pieces[at].text, ()):
            stretch = pieces[at : at + len(name)]
            if _applies(group, locale) and tuple(unit.text for unit in stretch) == name:
                return name, group
        return (), None

    def _half_typed(self, text: str, locale: str | None) -> str | None:
        """The text with a name of several words, the last one half typed, written out."""
        pieces = units(_normal(text))
        if not pieces or pieces[-1].end < len(_normal(text)):
            return None
        for at in range(len(pieces) - 1):
            typed = tuple(unit.text for unit in pieces[at:])
            for name, group in self._by_first.get(typed[0], ()):
                begun = name[: len(typed) - 1] == typed[:-1] and len(name) >= len(typed)
                if begun and name[len(typed) - 1].startswith(typed[-1]) and _applies(group, locale):
                    return f"{_normal(text)[: pieces[at].start]}{' '.join(name)}"
        return None

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(group) for group in self.groups]

    @classmethod
    def from_json(cls, rows: Sequence[Mapping[str, Any]]) -> Synonyms:
        return cls([SynonymGroup(names=tuple(row["names"]), locale=row["locale"]) for row in rows])


NO_SYNONYMS = Synonyms()


def _applies(group: SynonymGroup, locale: str | None) -> bool:
    return group.locale is None or locale is None or group.locale == locale


def _name(text: str) -> Name:
    return tuple(unit.text for unit in units(_normal(text)))


def _normal(text: str) -> str:
    """Letters with their accents in one, since a loose accent would end a word."""
    return unicodedata.normalize("NFC", text)
