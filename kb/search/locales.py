"""Which of a help centre's locales answers what a page or browser calls its language."""

from __future__ import annotations

from collections.abc import Collection

# Where Chinese is written in traditional characters.
TRADITIONAL = frozenset(["tw", "hk", "mo"])


def nearest_locale(asked: str | None, known: Collection[str]) -> str | None:
    """The locale of the same language, if possible in the same script; None if there is none.

    >>> known = ["en", "pt-BR", "zh-CN", "zh-TW"]
    >>> [nearest_locale(asked, known) for asked in ("en-GB", "pt", "zh_tw", "zh-Hant-HK", "fr")]
    ['en', 'pt-BR', 'zh-TW', 'zh-TW', None]
    """
    if not asked:
        return None
    wanted = asked.replace("_", "-").lower()
    language = wanted.split("-")[0]
    names = {locale.lower(): locale for locale in known if locale.lower().split("-")[0] == language}
    by_nearness = sorted(
        names, key=lambda name: (name != wanted, _script(name) != _script(wanted), name != language, name)
    )
    return names[by_nearness[0]] if by_nearness else None


def _script(locale: str) -> str:
    """As it is named; of Chinese, else by its territory; empty when not known."""
    language, *others = locale.split("-")
    named = next((part for part in others if len(part) == 4 and part.isalpha()), "")
    if named or language != "zh":
        return named
    return "hans" if TRADITIONAL.isdisjoint(others) else "hant"
