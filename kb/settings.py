"""Settings: from the environment (`SELFHELP_…`), else from `selfhelp.toml`, else the default.

Every field has its help text here and its row in the README; a name nobody knows is refused.
"""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from kb.errors import SettingsError

PREFIX = "SELFHELP_"
TOML = Path("selfhelp.toml")


def _share(value: object) -> float:
    """A share given as `10%`, `10 %` or `0.1`."""
    text = str(value).strip()
    share = float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)
    if not 0 <= share <= 1:
        raise ValueError("must lie between 0 and 1, or 0 % and 100 %")
    return share


Share = Annotated[float, PlainValidator(_share)]
Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """All that can be set, with what it does."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=TOML, frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="folder of snapshots, models and the database")
    articles: Path = Field(Path("articles"), description="folder of the articles to index")
    locale: str = Field("en", description="locale of articles in a folder without locale folders")
    model: str = Field("all-MiniLM-L6-v2", description="encoder: a bundled name, a folder, or a hub name")
    database_url: str = Field("", description="SQLAlchemy URL; empty: `selfhelp.sqlite3` in the data folder")
    secret: str = Field("", description="signs ids; empty: a file of mode 0600 in the data folder")
    floor: Share = Field(0.15, description="confidence under which nothing is suggested")
    host: str = Field("127.0.0.1", description="address `selfhelp serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port `selfhelp serve` listens on; 0: any free one")
    threads: int = Field(4, ge=1, le=64, description="requests answered at once by one process")
    allowed_origins: Names = Field(
        (),
        description="origins whose pages may call the API, with commas; `*`: any; empty: only its own",
    )
    holdout: Share = Field(0.0, description="share of persons shown nothing, to measure lift")
    debounce_ms: int = Field(150, ge=0, le=5000, description="pause in typing before the widget asks")
    min_chars: int = Field(3, ge=1, le=100, description="characters typed before the first suggestions")
    min_chars_cjk: int = Field(2, ge=1, le=100, description="the same in Chinese, Japanese and Korean")
    limit: int = Field(3, ge=1, le=10, description="suggestions shown at a time")
    learned_per_article: int = Field(
        40, ge=0, description="questions an article learns from customers at most; 0: none"
    )
    read_seconds: int = Field(
        10, ge=1, le=600, description="time an article is open before it counts as read"
    )
    request_timeout_ms: int = Field(
        3000, ge=100, le=60000, description="how long the widget waits for the server"
    )
    max_text_chars: int = Field(20_000, ge=100, description="longest question accepted by the API")
    max_body_bytes: int = Field(256 * 1024, ge=1024, description="largest JSON body accepted by the API")
    max_message_chars: int = Field(50_000, ge=100, description="longest message of a ticket")
    max_files: int = Field(5, ge=0, description="files that may go with a ticket")
    max_file_bytes: int = Field(10 * 2**20, ge=0, description="size of one file of a ticket")
    max_ticket_bytes: int = Field(25 * 2**20, ge=1024, description="size of a ticket with all its files")
    event_batch: int = Field(20, ge=1, le=500, description="events the widget sends at a time")
    event_flush_ms: int = Field(
        5000, ge=100, le=600_000, description="how long the widget keeps an event before it sends it"
    )
    demo: bool = Field(False, description="serve a support form at `/` that shows the widget at work")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed wins over the environment, the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """Settings in force, `given` ones winning. Raises SettingsError naming setting and remedy."""
    _refuse_unknown([name for name in os.environ if name.startswith(PREFIX)], "environment")
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{TOML}: not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        if first["type"] == "extra_forbidden":
            _refuse_unknown([PREFIX + name.upper()], str(TOML))
        raise SettingsError(
            f"setting {PREFIX}{name.upper()} (`{name}` in {TOML}) = {first['input']!r}: {first['msg']}"
        ) from error


def _refuse_unknown(names: list[str], place: str) -> None:
    known = [name.upper() for name in Settings.model_fields]
    for name in names:
        setting = name.removeprefix(PREFIX)
        if setting not in known:
            near = get_close_matches(setting, known, n=1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "the README lists all settings"
            raise SettingsError(f"unknown setting {name} in {place}: {hint}")
