"""Taking out of a question what could identify, charge or impersonate somebody.

What to take out is said in kb/usage/redaction_marks.py (addresses and keys) and redaction_numbers.py.
They read a text in which every sign of another script stands as its plain one, place by place: `４１１１`
and `٤١١١` are digits like 4111. What is not taken out stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, decimal, normalize

from stdnum import luhn

from kb.usage.printable import printable
from kb.usage.redaction_marks import (
    Mark,
    addresses,
    emails,
    foreign_emails,
    hardware,
    in_links,
    keys,
    secrets,
    tokens,
)
from kb.usage.redaction_numbers import cards, ibans, numbers, references

# Later ones read what earlier ones have left.
FINDERS = (
    in_links, secrets, emails, foreign_emails, ibans, hardware, addresses, keys, tokens, cards, references,
    numbers,
)  # fmt: skip
_CODE = re.compile(r"(?<![\w@.%+-])[A-Za-z0-9]+(?:[-_.#][A-Za-z0-9]+)*(?![\w@%+-]|[.#][A-Za-z0-9])")
_FOREIGN = re.compile(r"[^\x00-\x7f]")


def redact(text: str, keep: Set[str] = frozenset()) -> str:
    """`text` with personal and secret stretches replaced by `[email]`, `[card]`, `[iban]`, `[ip]`,
    `[phone]`, `[key]` or `[number]`; in a time that grows with its length alone.

    Codes in `keep`, those that articles speak of (`KB2534111`), stay in whichever case they are typed. What
    was part of something else before that was taken out is read again. Control characters become spaces.
    """
    text = printable(text, " ")
    while (left := _once(text, keep)) != text:
        text = left
    return text


def _once(text: str, keep: Set[str]) -> str:
    if not keep:
        return _redacted(text)
    folded = {code.upper() for code in keep}
    parts: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        if code[0].upper() in folded and not luhn.is_valid(code[0]):
            parts += [_redacted(text[done : code.start()]), code[0]]
            done = code.end()
    return "".join([*parts, _redacted(text[done:])])


def codes_in(text: str) -> set[str]:
    """The codes of `text` that redaction would take for something private."""
    found = {code[0] for code in _CODE.finditer(text)}
    return {code for code in found if any(c.isdigit() for c in code) and redact(code) != code}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as typed, and the same in plain signs: one for one, so that places in both are the same."""

    typed: str
    plain: str

    def without(self, marks: Iterable[Mark]) -> _Reading:
        typed: list[str] = []
        plain: list[str] = []
        done = 0
        for mark in marks:
            typed += [self.typed[done : mark.start], mark.kind]
            plain += [self.plain[done : mark.start], mark.kind]
            done = mark.end
        if not done:
            return self
        return _Reading("".join([*typed, self.typed[done:]]), "".join([*plain, self.plain[done:]]))


def _redacted(text: str) -> str:
    reading = _Reading(text, _FOREIGN.sub(_plain, text))
    for find in FINDERS:
        reading = reading.without(find(reading.plain))
    return reading.typed


def _plain(found: re.Match[str]) -> str:
    return _plain_sign(found[0])


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    """A digit for a digit of any script, ASCII for what is only wider; what cannot be seen is a space."""
    digit = decimal(sign, None)
    if digit is not None:
        return str(int(digit))
    kind = category(sign)
    if kind == "Pd":
        return "-"
    if kind in ("Zs", "Cf"):
        return " "
    wide = normalize("NFKC", sign)
    return wide if len(wide) == 1 and wide.isascii() else {"。": ".", "｡": "."}.get(sign, sign)
