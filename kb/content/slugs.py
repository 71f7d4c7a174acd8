"""Names in addresses: an article's slug and a heading's anchor."""

from __future__ import annotations

import re
from unicodedata import normalize

# What a URL path segment cannot hold as it is, and what nobody can see in an address bar:
# control characters, zero-width spaces, direction marks. Joiners stay: Persian and Hindi words need them.
UNUSABLE = re.compile(
    r"""[\s/?#%"<>\\^`{|}\[\]\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"""
)


def slug_of(stem: str) -> str:
    """Slug of a file name without its ending; empty when nothing usable is left.

    Unicode NFC, letters and case as they are: addresses of published articles must not change because
    of taste.

    >>> slug_of("Add a Printer"), slug_of("50% off?"), slug_of("Länder")
    ('Add-a-Printer', '50-off', 'Länder')
    """
    slug = UNUSABLE.sub("-", normalize("NFC", stem)).strip("-")
    return "" if set(slug) <= {"."} else slug


def anchor_of(heading: str, separator: str = "-") -> str:
    """Anchor of a heading, as GitHub makes it: lower case, punctuation gone, spaces as hyphens.

    The signature is what Python-Markdown's table of contents asks of a slugify function.

    >>> anchor_of("Sign in & out: «Ñandú»")
    'sign-in--out-ñandú'
    """
    kept = re.sub(r"[^\w\s-]", "", normalize("NFC", heading)).strip().lower()
    return re.sub(r"\s", separator, kept)
