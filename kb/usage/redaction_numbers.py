"""Where a text holds numbers of cards, accounts, telephones and orders.

Numbers are read in runs: digits with at most two separators between them. Short ones say what was
asked ("error 1603", "3 monitors"), dates say when, and stay; from 13 digits on none does, so no card
number can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from stdnum import luhn, numdb
from stdnum.iso7064 import mod_97_10

from kb.usage.redaction_marks import AFTER, BEFORE, Mark, marks_apart

LONG_NUMBER: Final = 6
"""Digits in a row that make an order, customer or one-time number."""
CARD_DIGITS: Final = range(13, 20)
"""Digits of a payment card's number (ISO/IEC 7812)."""
PHONE_DIGITS: Final = 9
"""Digits in groups that make a telephone number when nothing else (`+`, `555-1234`) says so."""
LOCAL_PHONE: Final = [3, 4]
HALVES: Final = [5, 5]
"""How mobile numbers are written in India."""
TRUNK_PHONE_DIGITS: Final = 11
TURNS: Final = 3
"""Changes between letters and digits from which on capitals and digits are a serial number."""

_IBAN = re.compile(r"(?=([A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,30}))[A-Za-z]{2}")
_CARD = re.compile(
    r"(?<!\d)\d{4}([^\w\[\]]{1,3}|_)(?:\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{6}\1\d{4,5})(?!\d)"
)
_SERIAL = re.compile(rf"{BEFORE}(?<!-)(?=[A-Z]*\d)[A-Z0-9]{{8,19}}{AFTER}(?!-)")
_REFERENCE = re.compile(
    rf"(?i){BEFORE}(?:(?:order|invoice|ticket|case|customer|account|policy|booking|reference|bestellung|rechnung"
    r"|kunde|kundennummer|auftrag|pedido|factura|cuenta|commande|facture|compte)"
    r"(?:\s{0,2}(?:no\.?|number|nr\.?|nummer|id|num\.?|número|n°|#|:)){0,3}\s{0,2}#?|#)(?P<private>\d{4,5})"
    rf"{AFTER}(?![.,:/-][\d\[])"
    rf"|{BEFORE}(?<!-)[A-Za-z]{{2,6}}-\d{{4}}-(?P<order>\d{{4,5}}){AFTER}(?!-)"
)
_DATE = (
    r"(?:19|20)\d\d(?P<big>[-/.])(?:0?[1-9]|1[0-2])(?P=big)(?:[12]\d|3[01]|0?[1-9])(?!\d)"
    r"|(?:[12]\d|3[01]|0?[1-9])(?P<little>[-/.])(?:[12]\d|3[01]|0?[1-9])(?P=little)(?:19|20)\d\d(?!\d)"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])0[xX][0-9A-Fa-f]{1,8}(?![A-Za-z0-9])"  # a hexadecimal error code, which stays
    rf"|(?P<date>(?<![\d./()+-]){_DATE})"
    r"|[+(]{0,2}\d(?:[ \t./()-]{0,2}(?!0[xX])\d)*"
)


def ibans(text: str) -> Iterator[Mark]:
    """Account numbers that check; the country says how long each is."""
    done = 0
    for one in _IBAN.finditer(text):
        end = _iban_end(one[1])
        if end and one.start() >= done:
            done = one.start() + end
            yield Mark(one.start(), done, "[iban]")


def cards(text: str) -> Iterator[Mark]:
    """Card numbers in their usual groups, whatever stands between these."""
    for one in _CARD.finditer(text):
        digits = "".join(filter(str.isdigit, one[0]))
        if len(digits) in CARD_DIGITS and luhn.is_valid(digits):
            yield Mark(one.start(), one.end(), "[card]")


def references(text: str) -> Iterator[Mark]:
    """Short numbers that are said to be an order's or a customer's, and serial numbers."""
    found = [Mark(*one.span(one.lastgroup or 0), "[number]") for one in _REFERENCE.finditer(text)]
    serials = (one for one in _SERIAL.finditer(text) if _turns(one[0]) >= TURNS)
    return marks_apart([*found, *(Mark(*one.span(), "[number]") for one in serials)])


def numbers(text: str) -> Iterator[Mark]:
    """Every other number that could lead to somebody."""
    for one in _NUMBER.finditer(text):
        kind = None if one["date"] or one[0][:2].lower() == "0x" else _kind_of(one[0])
        if kind:
            yield Mark(one.start(), one.end(), kind)


def _iban_end(candidate: str) -> int | None:
    """Where the account number that a candidate begins with ends, None if it is none."""
    length = _iban_length(candidate[:2].upper())
    places = [i for i, char in enumerate(candidate) if char.isalnum()]
    if not length or len(places) < length:
        return None
    number = "".join(candidate[i] for i in places[:length]).upper()
    return places[length - 1] + 1 if mod_97_10.is_valid(number[4:] + number[:4]) else None


@lru_cache(maxsize=1024)
def _iban_length(country: str) -> int | None:
    properties: dict[str, str] = numdb.get("iban").info(country)[0][1]
    structure = properties.get("bban", "")
    return 4 + sum(map(int, re.findall(r"(\d+)!", structure))) if structure else None


def _turns(run: str) -> int:
    return sum(one.isdigit() != other.isdigit() for one, other in pairwise(run))


def _kind_of(run: str) -> str | None:
    groups = re.findall(r"\d+", run)
    digits = "".join(groups)
    if len(digits) in CARD_DIGITS and luhn.is_valid(digits):
        return "[card]"
    if len(digits) >= CARD_DIGITS.start:
        return "[number]"
    if _is_phone(run, groups, len(digits)):
        return "[phone]"
    return "[number]" if max(map(len, groups)) >= LONG_NUMBER else None


def _is_phone(run: str, groups: list[str], digits: int) -> bool:
    """Whether a run of fewer digits than a card's is a telephone number rather than a version or sum."""
    lengths = [len(group) for group in groups]
    if run[0] == "+":
        return digits > LONG_NUMBER
    if run[0] == "(" or groups[0][0] == "0":
        return digits >= PHONE_DIGITS
    if lengths == LOCAL_PHONE and "." not in run and "/" not in run:
        return True
    if lengths == HALVES and " " in run and "-" not in run:
        return True
    trunk = digits == TRUNK_PHONE_DIGITS and groups[0] == "1"
    grouped = len(groups) > 2 and min(lengths[1:]) > 1 and (lengths[0] > 1 or trunk)
    return grouped and digits >= PHONE_DIGITS
