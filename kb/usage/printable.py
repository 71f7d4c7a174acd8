"""Customers' words without signs that a terminal obeys or XML forbids."""

from __future__ import annotations

import re
from typing import Final

INSTEAD: Final = "\ufffd"
# Control characters but tab and line feed, lone surrogates, and two that are no signs.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str, instead: str = INSTEAD) -> str:
    """Tabs and line feeds stay.

    >>> printable("red\\x1b[31m", instead=" ")
    'red [31m'
    """
    return _UNWANTED.sub(instead, text)
