"""A question added to the front matter of an article's file, all else left as its writer wrote it."""

from __future__ import annotations

import json
from dataclasses import replace

from yaml.nodes import Node, ScalarNode, SequenceNode

from kb.content.header import Header, has_header, read_header
from kb.content.yaml_fields import fields_of
from kb.errors import ArticleError

KEY = "questions"


def add_question(text: str, question: str, path: str) -> str:
    """The file's text with the question among its `questions`; `text` has `\\n` line ends.

    Raises ArticleError when the front matter is written in a way that would not survive.
    """
    before, body, _ = read_header(text, path)
    if question in before.questions:
        return text
    quoted = json.dumps(question, ensure_ascii=False)
    added = _added(text, quoted) if has_header(text) else f"---\n{KEY}: [{quoted}]\n---\n\n{text}"
    try:
        after, body_after, _ = read_header(added, path)
    except ArticleError:
        after, body_after = before, ""
    wanted = replace(before, questions=(*before.questions, " ".join(question.split())))
    if _without_lines(after) != _without_lines(wanted) or body_after.strip() != body.strip():
        line = before.lines.get(KEY, 1)
        raise ArticleError(path, line, f"add it to `{KEY}` by hand: {quoted}")
    return added


def _added(text: str, quoted: str) -> str:
    """With the quoted question put behind the last one, in the style of the list that is there."""
    start = text.index("---") + text[text.index("---") :].index("\n") + 1
    yaml = text[start : text.index("\n---", start - 1) + 1]
    _, nodes = fields_of(yaml)
    _, node = nodes.get(KEY, (0, None))
    if node is None:
        edited = f"{yaml}{KEY}: [{quoted}]\n"
    else:
        at, piece = _piece(node, yaml, quoted)
        edited = yaml[:at] + piece + yaml[at + _replaced(node) :]
    return text[:start] + edited + text[start + len(yaml) :]


def _piece(node: Node, yaml: str, quoted: str) -> tuple[int, str]:
    """Where something is put in, and what."""
    if isinstance(node, SequenceNode) and node.flow_style:
        comma = ", " if node.value and not yaml[: node.end_mark.index - 1].rstrip().endswith(",") else ""
        return node.end_mark.index - 1, f"{comma}{quoted}"
    if isinstance(node, SequenceNode):
        last = node.value[-1].end_mark.index
        end = yaml.find("\n", max(last - 1, 0))
        return end + 1, f"{' ' * node.start_mark.column}- {quoted}\n"
    one = yaml[node.start_mark.index : node.end_mark.index].strip()
    return node.start_mark.index, f"[{one}, {quoted}]" if one else f" [{quoted}]"


def _replaced(node: Node) -> int:
    """How many characters give way: those of a question that stood alone."""
    return node.end_mark.index - node.start_mark.index if isinstance(node, ScalarNode) else 0


def _without_lines(header: Header) -> Header:
    return replace(header, lines={})
