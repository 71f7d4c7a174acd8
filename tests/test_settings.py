"""A setting lands with its help, its default and its row in the README; a misspelt one is refused."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.settings import PREFIX, Settings, load_settings

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to read `selfhelp.toml` from, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    return tmp_path / "selfhelp.toml"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_row_in_the_readme(name: str) -> None:
    rows = [line for line in README.read_text().splitlines() if line.startswith("|")]
    (row,) = [row for row in rows if f"`{PREFIX}{name.upper()}`" in row.split("|")[1]]
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    assert len(cells) >= 3, "name, default and what it does"
    assert all(cells)


def test_the_readme_has_no_row_of_a_setting_that_is_gone() -> None:
    named = re.findall(rf"^\| *`{PREFIX}(\w+)`", README.read_text(), re.MULTILINE)
    assert {name.lower() for name in named} == set(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_help_and_a_default(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert not field.is_required()


def test_what_is_given_wins_over_the_environment_and_that_over_the_file(
    nothing_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_set.write_text("port = 1\nlimit = 1\nthreads = 1\n")
    monkeypatch.setenv("SELFHELP_PORT", "2")
    monkeypatch.setenv("SELFHELP_LIMIT", "2")
    settings = load_settings(port=3, limit=None)
    assert (settings.port, settings.limit, settings.threads) == (3, 2, 1)
    assert settings.locale == "en"


def test_the_file_takes_every_kind_of_value(nothing_set: Path) -> None:
    nothing_set.write_text(
        'data = "/srv/kb"\nfloor = "25 %"\nholdout = 0.1\ndemo = true\nallowed_origins = ["https://a.example"]\n'
    )
    settings = load_settings()
    assert (settings.data, settings.floor, settings.holdout) == (Path("/srv/kb"), 0.25, 0.1)
    assert (settings.demo, settings.allowed_origins) == (True, ("https://a.example",))


@pytest.mark.parametrize(
    ("given", "share"), [("10%", 0.1), ("10 %", 0.1), ("0.1", 0.1), ("1", 1), ("0 %", 0)]
)
def test_a_share_is_given_in_percent_or_as_a_number(
    monkeypatch: pytest.MonkeyPatch, given: str, share: float
) -> None:
    monkeypatch.setenv("SELFHELP_HOLDOUT", given)
    assert load_settings().holdout == pytest.approx(share)


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        (" https://a.example , https://b.example,", ("https://a.example", "https://b.example")),
    ],
)
def test_origins_are_given_with_commas(
    monkeypatch: pytest.MonkeyPatch, given: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SELFHELP_ALLOWED_ORIGINS", given)
    assert load_settings().allowed_origins == origins


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("PORT", "65536"), ("PORT", ""), ("FLOOR", "2"), ("FLOOR", "-1"), ("FLOOR", "half"),
     ("FLOOR", "nan"), ("HOLDOUT", "101%"), ("LIMIT", "0"), ("LIMIT", "11"), ("THREADS", "0"),
     ("DEMO", "perhaps")],
)  # fmt: skip
def test_an_impossible_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=f"setting {PREFIX}{name} .* = '{re.escape(value)}'"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "hint"),
    [("SELFHELP_ALLOWED_ORIGIN", "did you mean SELFHELP_ALLOWED_ORIGINS?"),
     ("SELFHELP_QQQQ", "the README lists all settings")],
)  # fmt: skip
def test_an_unknown_name_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == f"unknown setting {name} in environment: {hint}"


def test_an_unknown_name_in_the_file_is_refused(nothing_set: Path) -> None:
    nothing_set.write_text("flor = 0.5\n")
    with pytest.raises(SettingsError, match=r"in selfhelp\.toml: did you mean SELFHELP_FLOOR\?"):
        load_settings()


@pytest.mark.parametrize("content", [b"port = ", b"port == 3", b"# caf\xe9\nport = 3\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_named(nothing_set: Path, content: bytes) -> None:
    nothing_set.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^selfhelp\.toml: not valid TOML"):
        load_settings()


def test_a_setting_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_the_file_may_begin_with_the_mark_of_windows_editors(nothing_set: Path) -> None:
    nothing_set.write_text("port = 3\n", encoding="utf-8-sig")
    assert load_settings().port == 3


def test_a_file_that_cannot_be_used_is_named_with_its_remedy(nothing_set: Path) -> None:
    nothing_set.write_text("port = " + "[" * 100_000)
    with pytest.raises(SettingsError, match="nested too deeply"):
        load_settings()
    nothing_set.unlink()
    nothing_set.mkdir()
    with pytest.raises(SettingsError, match=f"{nothing_set}: Is a directory; make it a file"):
        load_settings()


@pytest.mark.parametrize(
    "hosts",
    [
        "https://help.example",
        "help.example/a",
        "a.example,//help.example",
        "help.example:8443",
        "*.help.example",
        "[help",
    ],
)
def test_an_address_is_no_host_name(hosts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFHELP_ALLOWED_HOSTS", hosts)
    with pytest.raises(SettingsError, match=r"not a host's name alone: write \.?help\.example"):
        load_settings()


def test_a_star_is_not_every_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFHELP_ALLOWED_HOSTS", "*")
    with pytest.raises(SettingsError, match="leave it empty to answer to any"):
        load_settings()


def test_nothing_is_kept_from_before_there_were_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFHELP_RETENTION_DAYS", "9999999")
    with pytest.raises(SettingsError, match="RETENTION_DAYS"):
        load_settings()
