"""`synonyms.yaml`: other names for one thing, as an admin writes them down.

    Remote Session: [remote control, RS]       # the name that articles use: other names
    Workspace: Team Space
    de:                                        # only for articles and questions in this locale
      Bildschirm: [Monitor, Display]

A group may also be one line of a list, `- [Remote Session, remote control, RS]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kb.content.yaml_fields import PlainYamlError, tree_of_yaml
from kb.errors import ArticleError

# YAML is read in pure Python, some 100 KB a second.
LONGEST = 256 * 1024
SYNONYMS = "synonyms.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SynonymGroup:
    """Names of one thing, the articles' own first; `locale` None: in every language."""

    names: tuple[str, ...]
    locale: str | None = None


def read_synonyms(content: bytes, path: str, locales: frozenset[str]) -> tuple[SynonymGroup, ...]:
    """Groups in the order of the file; `locales` are those of the articles. Raises ArticleError."""
    if len(content) > LONGEST:
        raise ArticleError(path, 1, f"over {LONGEST // 1024} KB: shorten it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ArticleError(path, line, "not UTF-8: save the file as UTF-8") from error
    try:
        root = tree_of_yaml(text)
        return tuple(_groups(root, locales, None)) if root else ()
    except PlainYamlError as wrong:
        raise ArticleError(path, 1 + wrong.line, wrong.problem) from wrong


def _groups(node: Node, locales: frozenset[str], locale: str | None) -> Iterator[SynonymGroup]:
    """All groups of a list or mapping; sections of a locale are looked for at the top alone."""
    if isinstance(node, SequenceNode):
        for item in node.value:
            if isinstance(item, MappingNode):
                yield from _groups(item, locales, locale)
            else:
                yield _group(item.start_mark.line, [], item, locale)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if locale is None and _is_section(value):
                yield from _groups(value, locales, _locale(key, locales))
            else:
                yield _group(key.start_mark.line, [_name(key)], value, locale)
    else:
        raise PlainYamlError(node.start_mark.line, "one name alone: write `- [name, other name]`")


def _is_section(value: Node) -> bool:
    if isinstance(value, SequenceNode):
        return any(not isinstance(item, ScalarNode) for item in value.value)
    return isinstance(value, MappingNode)


def _locale(key: Node, locales: frozenset[str]) -> str:
    name = _name(key)
    if name not in locales:
        known = ", ".join(f"`{locale}`" for locale in sorted(locales))
        problem = f"`{name}` is no locale of the articles ({known}): write `{name}: [other name]` for a name"
        raise PlainYamlError(key.start_mark.line, problem)
    return name


def _group(line: int, names: list[str], node: Node, locale: str | None) -> SynonymGroup:
    others = node.value if isinstance(node, SequenceNode) else [node]
    distinct = {" ".join(name.casefold().split()): name for name in [*names, *map(_name, others)][::-1]}
    if len(distinct) < 2:
        raise PlainYamlError(line, "one name alone: add the others, like `- [name, other name]`")
    return SynonymGroup(names=tuple(distinct.values())[::-1], locale=locale)


def _name(node: Node) -> str:
    """A name as written; one without letter and digit could never be asked for."""
    if not isinstance(node, ScalarNode):
        raise PlainYamlError(node.start_mark.line, "a list within a list of names: write it flat")
    name = " ".join(node.value.split())
    if not any(character.isalnum() for character in name):
        raise PlainYamlError(node.start_mark.line, f"`{name}` has no letter and no digit: write a name")
    return name
