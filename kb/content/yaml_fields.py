"""YAML that holds data and nothing else, each value with the line it stands on.

Only what a writer types by hand is read: no tags (they build objects), no anchors and aliases (a few
lines of them unfold to gigabytes), no nesting deeper than anybody writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.events import AliasEvent, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode

DEEPEST = 20
# Surrogates, which no file and no database can hold.
_HALF = re.compile("[\ud800-\udfff]")


class PlainYamlError(Exception):
    """What is wrong with the YAML and how to mend it; `line` counts from 0 within it."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class PlainLoader(yaml.SafeLoader):
    """SafeLoader without tags, anchors, aliases and deep nesting."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """The next node; raises PlainYamlError on anything that is not plain data."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # types-PyYAML leaves it open
        line = event.start_mark.line
        if isinstance(event, NodeEvent) and (
            isinstance(event, AliasEvent) or event.anchor or getattr(event, "tag", None)
        ):
            raise PlainYamlError(line, "text that starts with `&`, `*` or `!`: put it in quotes")
        self.depth += 1
        if self.depth > DEEPEST:
            raise PlainYamlError(line, f"lists within lists, more than {DEEPEST} deep: write them flat")
        node = super().compose_node(parent, index)
        if isinstance(node, ScalarNode) and _HALF.search(node.value):
            raise PlainYamlError(line, "half a character (`\\ud…`): write the character itself")
        self.depth -= 1
        return node


def fields_of(text: str) -> tuple[PlainLoader, dict[str, tuple[int, Node]]]:
    """Top-level keys of a YAML mapping, each with its line (from 0) and node; PlainYamlError otherwise."""
    loader, root = _composed(text)
    if root is None:
        return loader, {}
    if not isinstance(root, MappingNode):
        raise PlainYamlError(root.start_mark.line, "the front matter must be lines of `key: value`")
    return loader, dict(_entries(root))


def tree_of_yaml(text: str) -> Node | None:
    """The root of a YAML document, None if it is empty; a key of a mapping twice, or anything that is not
    plain data, is a PlainYamlError.
    """
    _, root = _composed(text)
    if isinstance(root, MappingNode):
        list(_entries(root))
    return root


def _composed(text: str) -> tuple[PlainLoader, Node | None]:
    try:
        loader = PlainLoader(text)
        return loader, loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _friendly(error, text) from error
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0))
        raise PlainYamlError(line, "a character that cannot be seen or printed: delete it") from error


def value_of(loader: PlainLoader, node: Node) -> object:
    """The plain Python value of a node: text, number, bool, date, None, list or dict."""
    try:
        value: object = loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        text = node.value if isinstance(node, ScalarNode) else "this"
        line = node.start_mark.line
        raise PlainYamlError(
            line, f"`{text}` is no possible date, number or key: put it in quotes"
        ) from error
    return value


def _entries(root: MappingNode) -> Iterator[tuple[str, tuple[int, Node]]]:
    seen: set[str] = set()
    for key, value in root.value:
        line = key.start_mark.line
        if not isinstance(key, ScalarNode):
            raise PlainYamlError(line, "a list where a key should be: write `key: value`")
        if key.value in seen:
            raise PlainYamlError(line, f"`{key.value}` is there twice: keep one of them")
        seen.add(key.value)
        yield key.value, (line, value)


def _friendly(error: yaml.MarkedYAMLError, text: str) -> PlainYamlError:
    """PyYAML's complaint in a writer's words."""
    problem, context = str(error.problem or ""), str(error.context or "")
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in problem:
        return PlainYamlError(line, "a tab: indent with spaces")
    if "mapping values are not allowed" in problem:
        return PlainYamlError(
            line, 'a colon within the text: put the text in quotes, like `title: "Error: no sound"`'
        )
    if "quoted scalar" in context or "flow" in context:
        start = error.context_mark.line if error.context_mark else line
        what = "a quotation mark" if "quoted scalar" in context else "a bracket"
        return PlainYamlError(start, f"{what} is not closed properly: close it, or put it all in quotes")
    if "cannot start any token" in problem or any(word in context for word in ("alias", "anchor", "tag")):
        return PlainYamlError(
            line, f"text that starts with a special character: put it in quotes ({problem})"
        )
    return PlainYamlError(
        line, f"this is not `key: value` ({problem}): put texts with special characters in quotes"
    )
