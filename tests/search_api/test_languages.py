"""The words of the help pages, in the languages of the widget."""

from __future__ import annotations

from importlib.resources import files

from search_api.languages import WORDS, language


def test_pages_and_widget_speak_the_same_languages() -> None:
    names = [file.name for file in files("widget").joinpath("locales").iterdir()]
    widgets = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    spoken = {tuple(language(tag).words.values()) for tag in widgets}
    assert len(spoken) == len(widgets)
    assert spoken == set(WORDS.values())


def test_chinese_in_latin_letters_is_framed_in_english() -> None:
    assert language("zh-Latn").words == language("en").words
