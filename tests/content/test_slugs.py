"""Addresses made of file names."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.slugs import slug_of


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("reset-your-password", "reset-your-password"),
        ("FAQ_Arduino.Opta-v2.1", "FAQ_Arduino.Opta-v2.1"),
        ("Add a  Printer", "Add-a-Printer"),
        ("50% off? / <b>", "50-off-b"),
        (" what? ", "what"),
        ("cafe\u0301", "café"),
        ("重設密碼", "重設密碼"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u202egnp", "a-gnp"),
        ("???", ""),
        ("...", ""),
    ],
)
def test_a_slug_changes_only_what_an_address_cannot_hold(stem: str, slug: str) -> None:
    assert slug_of(stem) == slug


@given(st.text())
def test_a_slug_is_its_own_slug_and_survives_an_address(stem: str) -> None:
    slug = slug_of(stem)
    assert slug_of(slug) == slug
    assert unquote(quote(slug)) == slug
    assert not set(slug) & set('/?#%"<> \n')
