"""Where a text holds e-mail and network addresses, keys, tokens and passwords.

Every pattern can begin only where a run of its characters begins, or reads no further than a fixed
number of characters, so that the time is linear in the text. Words of scripts without spaces may
stand right beside an address: only Latin letters, digits and their like belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import pairwise
from typing import Final, NamedTuple


class Mark(NamedTuple):
    """A stretch [start, end) of a text that is to be replaced by its kind, such as `[email]`."""

    start: int
    end: int
    kind: str


# What stands before a stretch that is one: not the end of a longer one, nor of one taken out before.
BEFORE: Final = (
    r"(?<![A-Za-z0-9_])(?<!email\])(?<!card\])(?<!iban\])(?<!\[ip\])(?<!phone\])(?<!key\])(?<!number\])"
)
AFTER: Final = r"(?![A-Za-z0-9_]|\[(?:email|card|iban|ip|phone|key|number)\])"
# Letters, marks and digits of scripts that put spaces between words.
_SPACED: Final = r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
# Half-typed addresses count as well: every state of a question is asked.
_AT: Final = r"(?:@|%40| ?[(\[{]at[)\]}] ?)"
_EMAIL = re.compile(
    rf"(?<!{_SPACED})(?:(?<![.+'%-])|(?<=%)(?=40))(?:[.+'-]|%(?!40))*{_SPACED}(?:{_SPACED}|[.+'-]|%(?!40))*"
    rf"(?: ?@ ?(?=[A-Za-z0-9-]+\.[A-Za-z])|{_AT}(?=[.+'@%-]*+(?:{_SPACED}|\Z)))"
    # What follows without a space belongs to it, but not the end of a sentence.
    rf"(?:(?:[.+'@%-])*{_SPACED}++| ?[(\[]dot[)\]] ?(?={_SPACED}))*"
)
_FOREIGN_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]+(?:\.[\w-]+)+")
_IPV4 = re.compile(rf"{BEFORE}(?<!\.)\d{{1,3}}(?:\.\d{{1,3}}){{3}}{AFTER}(?!\.[\d\[])")
_IPV6 = re.compile(rf"{BEFORE}(?<![:.])[0-9A-Fa-f:]{{3,39}}+(?:(?:\.\d{{1,3}}){{3}})?{AFTER}(?!:|\.[\d\[])")
_HARDWARE = re.compile(
    rf"{BEFORE}(?<![:-])[0-9A-Fa-f]{{2}}(?:([:-])[0-9A-Fa-f]{{2}})(?:\1[0-9A-Fa-f]{{2}}){{4}}{AFTER}(?![:-])"
)
_SECRET = re.compile(
    rf"(?i)(?:{BEFORE}(?:password|passwort|passphrase|contraseña|clave|mot de passe|senha|pasvorto|pwd|pin"
    r"|token|secret|api[ _-]?key)|密码|密碼|パスワード|비밀번호)"
    r"(?:\s{0,3}[:=]\s{0,3}(?=\S{0,200}\d)|\s(?:is|ist|es|est|é|estas)\s(?=\S{0,200}\d)(?=\S{4})|是(?=[!-~]{0,200}\d))"
    r"(?!\[)(?P<private>[!-~]\S*)"
)
_IN_LINK = re.compile(
    r"(?i)[?&#;](?:access_token|api_?key|auth|code|key|pass|password|pwd|secret|session|sessionid|sid|sig|signature|token)"
    r"=(?!\[key\])(?P<private>[^\s&#;]+)|://(?P<user>[^\s/@:\[\]]{1,100}:[^\s/@\[\]]{1,200})@"
)
_KEY = re.compile(
    rf"-----BEGIN [A-Z ]{{0,40}}PRIVATE KEY-----(?s:.)*?(?:-----END [A-Z ]{{0,40}}PRIVATE KEY-----|\Z)"
    rf"|(?i:bearer) (?P<private>(?!\[)[\w.~+/-]{{16,}}+=*)"
    rf"|hooks\.slack\.com/(?P<hook>(?!\[)[\w/-]+)"
    rf"|{BEFORE}(?<!-)(?:"
    r"eyJ[\w-]{8,}+(?:\.[\w-]++){1,2}"  # a JSON web token
    r"|(?:sk|pk|rk|whsec)_(?:live|test)_\w{4,}+"
    r"|(?:sk|pk|rk|gh[opsur]|github_pat|glpat|xox[abeprs]|xapp|npm|hf|pypi|dop_v1|shpat)[_-][\w-]{12,}+"
    r"|(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}+"
    r"|AIza[\w-]{30,}+|ya29\.[\w-]{8,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+"
    r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w\[-])"
    r"|(?=[A-Z-]*\d)(?=[\d-]*[A-Z])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){2,7}(?![\w\[-])"  # a licence key
    r")"
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{20,}+")
_BASE64 = re.compile(rf"{BEFORE}(?<![+/-])[A-Za-z0-9+/_-]{{20,}}+={{0,2}}{AFTER}")
# Neighbouring signs that change between small, capital and digit: two in three of a random key, one in
# five of words put together.
RESTLESS: Final = 0.33
RESTLESS_WITHOUT_DIGIT: Final = 0.5


def emails(text: str) -> Iterator[Mark]:
    """E-mail addresses, half-typed ones and those written `ann (at) example (dot) com`, too."""
    return _marked(_EMAIL, text, "[email]")


def foreign_emails(text: str) -> Iterator[Mark]:
    """Those in scripts without spaces."""
    return _marked(_FOREIGN_EMAIL, text, "[email]")


def hardware(text: str) -> Iterator[Mark]:
    """Addresses of network cards."""
    return _marked(_HARDWARE, text, "[number]")


def addresses(text: str) -> Iterator[Mark]:
    """Internet addresses of both versions."""
    found = [one for pattern in (_IPV4, _IPV6) for one in pattern.finditer(text) if _is_address(one[0])]
    return marks_apart([Mark(*one.span(), "[ip]") for one in found])


def in_links(text: str) -> Iterator[Mark]:
    """Passwords and tokens that an address carries: `?token=…`, `https://ann:…@`."""
    return _marked(_IN_LINK, text)


def secrets(text: str) -> Iterator[Mark]:
    """What is said to be a password."""
    return _marked(_SECRET, text)


def keys(text: str) -> Iterator[Mark]:
    """Keys whose makers begin them alike, tokens that name themselves, identifiers and licence keys."""
    return _marked(_KEY, text)


def tokens(text: str) -> Iterator[Mark]:
    """Long runs of letters and digits that no word is, such as hexadecimal and base64."""
    found = [one for one in _BASE64.finditer(text) if _is_random(one[0])]
    found += [one for one in _TOKEN.finditer(text) if _is_mixed(one[0])]
    return marks_apart([Mark(*one.span(), "[key]") for one in found])


def marks_apart(marks: Iterable[Mark]) -> Iterator[Mark]:
    """In order of place; of two that overlap the one that begins first."""
    done = 0
    for mark in sorted(marks):
        if mark.start >= done:
            yield mark
            done = mark.end


def _marked(pattern: re.Pattern[str], text: str, kind: str = "[key]") -> Iterator[Mark]:
    """What a pattern finds; of a match with a named group, that group alone."""
    for one in pattern.finditer(text):
        yield Mark(*one.span(one.lastgroup or 0), kind)


def _is_address(candidate: str) -> bool:
    try:
        ip_address(candidate)
    except ValueError:
        return False
    return True


def _is_mixed(run: str) -> bool:
    return any(map(str.isdigit, run)) and any(map(str.isalpha, run))


def _is_random(run: str) -> bool:
    kinds = ["0" if c.isdigit() else "a" if c.islower() else "A" for c in run if c.isalnum()]
    changes = sum(one != other for one, other in pairwise(kinds))
    restless = RESTLESS if "0" in kinds else RESTLESS_WITHOUT_DIGIT
    return changes >= restless * len(kinds) > 0
