"""Taking out of a question what could identify, charge or impersonate somebody.

Every pattern can begin only where a run of its characters begins, so that the time is linear in the
text; brackets count as part of a run, so that what was redacted once is never redacted again.
Numbers are read in runs: digits with at most two separators between them. Short ones say what was
asked ("error 1603", "3 monitors") and stay; from 13 digits on none does, so no card number can.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from ipaddress import ip_address

from stdnum import iban, luhn, numdb

LONG_NUMBER = 6
"""Digits in a row that make an order, customer or one-time number."""
CARD_DIGITS = range(13, 20)
"""Digits of a payment card's number (ISO/IEC 7812)."""
PHONE_DIGITS = 9
"""Digits in groups that make a telephone number when nothing else (`+`, `555-1234`) says so."""
LOCAL_PHONE = (3, 4)
TRUNK_PHONE_DIGITS = 11

_CODE = re.compile(r"(?<![\w@.%+-])[A-Za-z0-9]+(?:[-_.#][A-Za-z0-9]+)*+(?![\w@%+-])")
_SECRET = re.compile(
    r"(?i)(?<!\S)((?:password|passwort|contraseña|pasvorto|密码|密碼|pwd|pin|token|secret|api[ _-]?key)"
    r"\s{0,3}[:=]\s{0,3})(?=\S*\d)\S+"
)
_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]+(?:\.[\w-]+)++")
_IBAN = re.compile(r"(?i)(?<![^\W_])(?<!\])[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11,30}")
_IPV4 = re.compile(r"(?<![\w.\]])\d{1,3}(?:\.\d{1,3}){3}(?![\w\[]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.\]])[0-9A-Fa-f:]{3,39}+(?:(?:\.\d{1,3}){3})?(?![\w:\[])")
_KEY = re.compile(
    r"(?<![\w\]-])(?:"
    r"eyJ[\w-]{8,}+(?:\.[\w-]++){1,2}"  # a JSON web token
    r"|(?:sk|pk|rk|gh[opsur]|glpat|xox[abprs])[_-][\w-]{12,}+"
    r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w\[-])"
    r"|(?=[A-Z-]*\d)(?=[\d-]*[A-Z])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){2,7}(?![\w\[-])"  # a licence key
    r")"
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{20,}+")
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])0[xX][0-9A-Fa-f]{1,8}(?![A-Za-z0-9])"  # a hexadecimal error code, which stays
    r"|[+(]{0,2}\d(?:[ \t\u00a0./()\u2010-\u2015-]{0,2}(?!0[xX])\d)*"
)


def redact(text: str, keep: Set[str] = frozenset()) -> str:
    """`text` with personal and secret stretches replaced by `[email]`, `[card]`, `[iban]`, `[ip]`,
    `[phone]`, `[key]` or `[number]`.

    Codes in `keep`, those that articles speak of (`KB2534111`), stay in whichever case they are typed.
    """
    if not keep:
        return _redact(text)
    folded = {code.upper() for code in keep}
    parts: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        if code[0].upper() in folded and not luhn.is_valid(code[0]):
            parts += [_redact(text[done : code.start()]), code[0]]
            done = code.end()
    return "".join([*parts, _redact(text[done:])])


def codes_in(text: str) -> set[str]:
    """The codes of `text` that redaction would take for something private."""
    found = {code[0] for code in _CODE.finditer(text)}
    return {code for code in found if any(c.isdigit() for c in code) and redact(code) != code}


def _redact(text: str) -> str:
    text = _SECRET.sub(r"\1[key]", text)
    text = _EMAIL.sub("[email]", text)
    text = _without_ibans(text)
    text = _IPV4.sub(_address, text)
    text = _IPV6.sub(_address, text)
    text = _KEY.sub("[key]", text)
    text = _TOKEN.sub(_token, text)
    return _NUMBER.sub(_number, text)


def _without_ibans(text: str) -> str:
    parts: list[str] = []
    done = start = 0
    while found := _IBAN.search(text, start):
        end = _iban_end(found)
        if end:
            parts += [text[done : found.start()], "[iban]"]
            done = end
        start = end or found.start() + 2
    return "".join([*parts, text[done:]])


def _iban_end(found: re.Match[str]) -> int | None:
    """Where the account number that begins here ends: the country says how long it is."""
    length = _iban_length(found[0][:2].upper())
    places = [i for i, char in enumerate(found[0]) if char.isalnum()]
    if not length or len(places) < length:
        return None
    end = places[length - 1] + 1
    return found.start() + end if iban.is_valid(found[0][:end], check_country=False) else None


@lru_cache(maxsize=1024)
def _iban_length(country: str) -> int | None:
    properties: dict[str, str] = numdb.get("iban").info(country)[0][1]
    structure = properties.get("bban", "")
    return 4 + sum(map(int, re.findall(r"(\d+)!", structure))) if structure else None


def _address(found: re.Match[str]) -> str:
    candidate = found[0]
    if "." not in candidate and ":" not in candidate:
        return candidate
    try:
        ip_address(candidate)
    except ValueError:
        return candidate
    return "[ip]"


def _token(found: re.Match[str]) -> str:
    mixed = any(map(str.isdigit, found[0])) and any(map(str.isalpha, found[0]))
    return "[key]" if mixed else found[0]


def _number(found: re.Match[str]) -> str:
    run = found[0]
    if run[:2].lower() == "0x":
        return run
    groups = re.findall(r"\d+", run)
    digits = "".join(str(int(char)) for group in groups for char in group)
    if len(digits) in CARD_DIGITS and luhn.is_valid(digits):
        return "[card]"
    if len(digits) >= CARD_DIGITS.start:
        return "[number]"
    if _is_phone(run, groups, len(digits)):
        return "[phone]"
    return "[number]" if max(map(len, groups)) >= LONG_NUMBER else run


def _is_phone(run: str, groups: list[str], digits: int) -> bool:
    """Whether a run of fewer digits than a card's is a telephone number rather than a date or version."""
    lengths = [len(group) for group in groups]
    if run[0] == "+":
        return digits > LONG_NUMBER
    if run[0] == "(" or groups[0][0] == "0":
        return digits >= PHONE_DIGITS
    if tuple(lengths) == LOCAL_PHONE and "." not in run and "/" not in run:
        return True
    trunk = digits == TRUNK_PHONE_DIGITS and groups[0] == "1"
    grouped = len(groups) > 2 and min(lengths[1:]) > 1 and (lengths[0] > 1 or trunk)
    return grouped and digits >= PHONE_DIGITS
