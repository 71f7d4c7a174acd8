"""The encoder is asked with accents that were left out; words are looked up without."""

from __future__ import annotations

import pytest

from kb.content.article import Passage
from kb.index.spellings import Spellings


def passage(text: str, locale: str = "de", kind: str = "body") -> Passage:
    return Passage(slug="one", locale=locale, kind=kind, text=text)  # type: ignore[arg-type]


SPELLINGS = Spellings.of(
    [
        passage("Störung melden. Störungen, Vertrag kündigen, draußen, Neueröffnung. Das ist schön."),
        passage("Ist es schon schön? Já é."),
        passage("Les réseaux déjà résiliés", "fr"),
        passage("kundigen ohne Umlaut"),
        passage("ich möchte stornieren, stoerung, storung ü", kind="learned"),
        passage("Мой пароль", "ru"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "locale", "put"),
    [
        ("kundigen", "de", "kündigen"),
        ("KUNDIGEN bitte", "de", "kündigen bitte"),
        ("kündigen", "de", "kündigen"),
        ("draussen storungen", "de", "draußen störungen"),
        ("schon", "de", "schon"),  # stands so as well
        ("resilies", "fr", "résiliés"),
        ("resilies", "de", "resilies"),
        ("мои", "ru", "мой"),
        ("kundigen", "en", "kundigen"),
        ("kundigen", None, "kundigen"),
    ],
)
def test_a_word_that_is_never_written_without_its_accents_gets_them(
    typed: str, locale: str | None, put: str
) -> None:
    assert SPELLINGS.put(typed, locale) == put


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Stoerung bei mir", "störung bei mir"),
        ("ich will kuend", "ich will künd"),
        ("ich will kue", "ich will kü"),
        ("kuend ich will", "kuend ich will"),  # half a word in the middle is another word
        ("neue", "neue"),  # the ue of Neueröffnung is none
        ("neueroef", "neueröf"),
        ("moechte", "moechte"),  # only a customer wrote it
        ("draussen", "draussen"),
        ("", ""),
    ],
)
def test_umlauts_spelt_out_are_read_as_umlauts(typed: str, meant: str) -> None:
    assert SPELLINGS.with_umlauts(typed, "de") == meant
    assert SPELLINGS.with_umlauts(typed, "fr") == typed
