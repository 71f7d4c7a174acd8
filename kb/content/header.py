"""The front matter of an article: what writers say about it, checked field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

from frontmatter.default_handlers import YAMLHandler
from yaml.nodes import Node, ScalarNode, SequenceNode

from kb.content.slugs import slug_of
from kb.content.yaml_fields import PlainLoader, PlainYamlError, fields_of, value_of
from kb.errors import ArticleError

# YAML is read in pure Python, some 100 KB a second; the longest front matter of 2,300 articles has 1 KB.
LONGEST = 64 * 1024

KNOWN = ("title", "questions", "tags", "url", "status", "draft", "suggest", "aliases", "updated")
ALIKE = 0.8
"""From here on (difflib's ratio) a key is taken for a misspelt one: `Status`, `question`, `sugest`, but not
the `subtitle`, `state` or `date` of other tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Checked front matter; `lines` says where each key stands in the file, from 1."""

    title: str = ""
    questions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    draft: bool = False
    suggest: bool = True
    aliases: tuple[str, ...] = ()
    updated: date | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def misspelt(self) -> list[tuple[str, str]]:
        """Keys that mean nothing here, each with the one that was likely meant."""
        near = [(key, get_close_matches(key.lower(), KNOWN, n=1, cutoff=ALIKE)) for key in self.extra]
        return [(key, meant[0]) for key, meant in near if meant]


def has_header(text: str) -> bool:
    """Whether a text begins with front matter, closed or not."""
    return YAMLHandler().detect(text.lstrip())


def read_header(text: str, path: str) -> tuple[Header, str, int]:
    """Front matter, body, and the line of the file (from 1) the body starts on.

    Raises ArticleError with the line within the file.
    """
    if not has_header(text):
        return Header(), text, 1
    opening = text[: len(text) - len(text.lstrip())].count("\n") + 1
    try:
        yaml, body = YAMLHandler().split(text.lstrip())
    except ValueError as error:
        problem = "the front matter is not closed: put a line `---` after its last line"
        raise ArticleError(path, opening, problem) from error
    # The boundary swallows empty lines, so lines are counted from where the YAML really starts.
    offset = text.count("\n", 0, text.index(yaml, text.index("---") + 3)) + 1
    if len(yaml) > LONGEST:
        raise ArticleError(path, opening, f"front matter over {LONGEST // 1024} KB: shorten it")
    try:
        header = _Fields(yaml, offset).header()
    except PlainYamlError as wrong:
        raise ArticleError(path, offset + wrong.line, wrong.problem) from wrong
    return header, body, text.count("\n", 0, len(text) - len(body)) + 1


class _Fields:
    """The fields of one front matter; every method raises PlainYamlError on a wrong type.

    Texts are taken as they were written: `title: 1.10` is no number, `- No` no falsehood.
    """

    loader: PlainLoader

    def __init__(self, yaml: str, offset: int) -> None:
        self.loader, self.nodes = fields_of(yaml)
        self.offset = offset

    def header(self) -> Header:
        status = self.text("status").lower()
        if status not in ("", "published", "draft"):
            raise self.wrong("status", "must be `published` or `draft`")
        return Header(
            title=self.text("title"),
            questions=self.texts("questions"),
            tags=tuple(tag.strip() for text in self.texts("tags") for tag in text.split(",") if tag.strip()),
            url=self.url(),
            draft=self.flag("draft", default=False) or status == "draft",
            suggest=self.flag("suggest", default=True),
            aliases=tuple(slug for alias in self.texts("aliases") if (slug := slug_of(alias))),
            updated=self.day(),
            extra={key: self.other(key) for key in self.nodes if key not in KNOWN},
            lines={key: self.offset + line for key, (line, _) in self.nodes.items()},
        )

    def wrong(self, key: str, problem: str) -> PlainYamlError:
        return PlainYamlError(self.nodes[key][0], f"`{key}` {problem}")

    def other(self, key: str) -> object:
        """The value of a key that means nothing here; it is compared as JSON, so it has to be data."""
        value = value_of(self.loader, self.nodes[key][1])
        try:
            json.dumps(value, sort_keys=True, default=str)
        except (ValueError, TypeError) as error:
            raise self.wrong(key, "is no plain value: put it in quotes") from error
        return value

    def node(self, key: str) -> Node | None:
        """The node of a key, None if it is missing or empty."""
        _, node = self.nodes.get(key, (0, None))
        return None if node is None or node.tag.endswith(":null") else node

    def text(self, key: str) -> str:
        node = self.node(key)
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            raise self.wrong(key, "must be a text: if it has brackets or colons, put it in quotes")
        return " ".join(node.value.split())

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text alone; empty and repeated ones are left out."""
        node = self.node(key)
        items = node.value if isinstance(node, SequenceNode) else [node] if node else []
        texts: dict[str, None] = {}
        for item in items:
            if not isinstance(item, ScalarNode):
                line = item.start_mark.line
                problem = f"`{key}` must be a list of texts: put the one on this line in quotes"
                raise PlainYamlError(line, problem)
            if not item.tag.endswith(":null"):
                texts[" ".join(item.value.split())] = None
        return tuple(text for text in texts if text)

    def flag(self, key: str, *, default: bool) -> bool:
        node = self.node(key)
        value = default if node is None else value_of(self.loader, node)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be `true` or `false`, without quotes")
        return value

    def url(self) -> str | None:
        text = self.text("url")
        try:
            parts = urlsplit(text)
        except ValueError as error:
            raise self.wrong("url", "is no possible address") from error
        if text and (parts.scheme not in ("http", "https") or not parts.hostname or " " in text):
            raise self.wrong("url", "must be a full address that begins with https:// or http://")
        return text or None

    def day(self) -> date | None:
        node = self.node("updated")
        if node is None:
            return None
        value = value_of(self.loader, node) if node.tag.endswith(":timestamp") else self.text("updated")
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            moment = None
        if isinstance(moment, datetime):
            return moment.date()
        if isinstance(moment, date):
            return moment
        raise self.wrong("updated", "must be a date like `2026-05-01`")
