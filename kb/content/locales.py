"""Which folders are locales: a top folder named `it` may be Italian or the IT department."""

from __future__ import annotations

import re
from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

# BCP 47 with a lower-case language, as CLDR writes it: `HR` and `IT` are departments.
SPELLED = re.compile(r"([a-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")


def locale_of(name: str) -> str | None:
    """The canonical BCP 47 spelling of a known CLDR locale, else None.

    >>> locale_of("zh_TW"), locale_of("pt-br"), locale_of("Custom"), locale_of("xx")
    ('zh-TW', 'pt-BR', None, None)
    """
    match = SPELLED.fullmatch(name)
    if match is None:
        return None
    language, script, territory = match[1], (match[2] or "").title(), (match[3] or "").upper()
    spelled = "-".join(part for part in (language, script, territory) if part)
    try:
        known = Locale.parse(spelled, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    # CLDR also reads retired codes, such as `mac` for Macedonian: as a folder, that is about Macs.
    return spelled if known.language == language else None


def locales_of(paths: Iterable[str], default: str) -> dict[str, str]:
    """The locale of each path below an articles folder.

    There are locales only if every top folder is one; files beside them are in the default.
    """
    tops = {path: path.split("/")[0] for path in paths if "/" in path}
    known = {top: locale_of(top) for top in set(tops.values())}
    if not all(known.values()):
        known = {}
    return {path: known.get(tops.get(path, "")) or default for path in paths}
