"""Settings: from the environment (`SELFHELP_…`), else from `selfhelp.toml`, else the default.

Every field has its help text here and its row in the README; a name nobody knows is refused.
"""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, PlainValidator, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
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
LEAST_TOKEN_CHARS = 16
RATE_OFF = "off"
# A hundred years: from a longer time ago there is no date to count from.
MOST_DAYS = 36_525
# DESIGN.md has what it keeps and what it refuses.
FLOOR = 0.2


def _from_file() -> dict[str, Any]:
    """What the file says, with the mark that Windows' editors begin it with or without."""
    return tomllib.loads(TOML.read_bytes().decode("utf-8-sig")) if TOML.exists() else {}


class Settings(BaseSettings):
    """All that can be set, with what it does."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="folder of snapshots, models and the database")
    articles: Path = Field(Path("articles"), description="folder of the articles to index")
    locale: str = Field("en", description="locale of articles in a folder without locale folders")
    model: str = Field("all-MiniLM-L6-v2", description="encoder: a bundled name, a folder, or a hub name")
    # What must stay secret has `repr=False`: then it is in no error and no log either.
    database_url: str = Field(
        "", repr=False, description="SQLAlchemy URL; empty: `selfhelp.sqlite3` in the data folder"
    )
    secret: str = Field(
        "", repr=False, description="signs ids; empty: a file of mode 0600 in the data folder"
    )
    admin_tokens: Names = Field(
        (),
        repr=False,
        description="who may open /admin: `anna:token,ben:token`, at least 16 characters each; empty: nobody",
    )
    floor: Share = Field(FLOOR, description="confidence under which nothing is suggested")
    host: str = Field("127.0.0.1", description="address `selfhelp serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port `selfhelp serve` listens on; 0: any free one")
    threads: int = Field(4, ge=1, le=64, description="requests answered at once by one process")
    allowed_origins: Names = Field(
        (),
        description="origins whose pages may call the API, with commas; `*`: any; empty: only its own",
    )
    allowed_hosts: Names = Field(
        (),
        description="host names this server answers to, with commas; `.example.com`: all below it; empty: "
        "any, but on a loopback address only its own",
    )
    trusted_proxies: Names = Field(
        (),
        description="addresses or networks of proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are "
        "believed, with commas",
    )
    rate_limit: str = Field(
        "3000/minute",
        pattern=rf"^(?:[1-9][0-9]{{0,6}}/(?:second|minute|hour)|{RATE_OFF})$",
        description="suggestions one address may ask for, a session a fifth of it; counted apart, the same "
        "of everything but tickets, which have a limit of their own; `off`: no limits",
    )
    holdout: Share = Field(0.0, description="share of persons shown nothing, to measure lift")
    cost_per_ticket: float = Field(
        0.0,
        ge=0,
        description="what a ticket costs, for the estimate in `selfhelp deflection`; 0: no estimate",
    )
    test_persons: Names = Field(
        (), description="names (`data-user`) of people who only try things out, with commas: counted apart"
    )
    test_hosts: Names = Field(
        (), description="hosts of pages where things are only tried out, with commas: counted apart"
    )
    debounce_ms: int = Field(150, ge=0, le=5000, description="pause in typing before the widget asks")
    min_chars: int = Field(3, ge=1, le=100, description="characters typed before the first suggestions")
    min_chars_cjk: int = Field(2, ge=1, le=100, description="the same in Chinese, Japanese and Korean")
    limit: int = Field(3, ge=1, le=10, description="suggestions shown at a time")
    learned_per_article: int = Field(
        40, ge=0, description="questions an article learns from customers at most; 0: none"
    )
    gate_points: float = Field(
        2.0,
        ge=0,
        le=100,
        description="points of success@3 that golden questions may lose in a new snapshot",
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
    public_url: str = Field("", description="address that this server is reached at, for links in mails")
    retention_days: int = Field(
        180,
        ge=0,
        le=MOST_DAYS,
        description="days until `selfhelp prune` deletes what was asked and done; 0: never",
    )
    ticket_retention_days: int = Field(
        0,
        ge=0,
        le=MOST_DAYS,
        description="days until `selfhelp prune` deletes tickets that were delivered; 0: never",
    )
    show_single_questions: bool = Field(
        False, description="show writers also questions that one person alone has asked"
    )
    smtp_host: str = Field("", description="mail server that sends the digest")
    smtp_port: int = Field(
        587, ge=1, le=65535, description="its port; 465: TLS from the start, else STARTTLS"
    )
    smtp_user: str = Field("", description="name to log in to it; empty: without")
    smtp_password: str = Field("", repr=False, description="password to log in to it")
    smtp_from: str = Field("", description="address that mail is sent from")
    digest_to: Names = Field((), description="addresses that `selfhelp digest --send` mails to, with commas")
    refresh_minutes: float = Field(
        5,
        ge=0,
        le=1440,
        description="how often `selfhelp serve` brings gaps and outcomes up to date; 0: never",
    )
    canary_minutes: float = Field(
        5, ge=0, le=1440, description="how often `selfhelp serve` tries whether measuring works; 0: never"
    )
    metrics_token: str = Field(
        "", repr=False, description="bearer token that /metrics asks for; empty: only this machine reads it"
    )
    log_format: Literal["text", "json"] = Field("text", description="lines of the log: `text` or `json`")
    log_requests: bool = Field(
        True, description="a line of the log for each request, not only those that fail"
    )
    log_addresses: bool = Field(False, description="the client's address in these lines")
    traces_url: str = Field(
        "", description="OTLP address that traces are sent to; needs the extra `opentelemetry`; empty: none"
    )
    demo: bool = Field(False, description="serve a support form at `/` that shows the widget at work")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(one, strict=False)) for one in named)

    @field_validator("allowed_hosts")
    @classmethod
    def _host_names(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        for one in named:
            if set(one) & set("/:*[@"):
                meant = f"write {_host_in(one)}" if one != "*" else "leave it empty to answer to any"
                raise ValueError(f"{one} is not a host's name alone: {meant}")
        return named

    @field_validator("admin_tokens")
    @classmethod
    def _named_tokens(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        """Each is `name:token`; what is wrong is said without the token."""
        split = [[part.strip() for part in pair.split(":", 1)] for pair in pairs]
        for place, (name, *token) in enumerate(split, 1):
            if not name or not token or len(token[0]) < LEAST_TOKEN_CHARS:
                raise ValueError(
                    f"entry {place} is not name:token with a token of at least {LEAST_TOKEN_CHARS} "
                    "characters; make one with: python3 -c 'import secrets; print(secrets.token_urlsafe())'"
                )
        if len({name for name, _ in split}) < len(split) or len({token for _, token in split}) < len(split):
            raise ValueError("each name and each token may stand there once only")
        return tuple(f"{name}:{token}" for name, token in split)

    @field_validator(
        "allowed_origins", "allowed_hosts", "trusted_proxies", "admin_tokens", "digest_to",
        "test_persons", "test_hosts",
        mode="before",
    )  # fmt: skip
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
        return init_settings, env_settings, InitSettingsSource(settings_cls, _from_file())


def _host_in(written: str) -> str:
    """The name that was meant by an address, a name with a port or one with a star."""
    if written.startswith("*."):
        return written[1:]
    try:
        return urlsplit(written if "//" in written else f"//{written}").hostname or "help.example"
    except ValueError:
        return "help.example"


def load_settings(**given: Any) -> Settings:
    """Settings in force, `given` ones winning. Raises SettingsError naming setting and remedy."""
    _refuse_unknown([name for name in os.environ if name.startswith(PREFIX)], "environment")
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{TOML}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise SettingsError(f"{TOML}: not valid TOML: its values are nested too deeply") from error
    except OSError as error:
        raise SettingsError(
            f"{TOML.absolute()}: {error.strerror}; make it a file that this user may read, or take it away"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        if first["type"] == "extra_forbidden":
            _refuse_unknown([PREFIX + name.upper()], str(TOML))
        field = Settings.model_fields.get(name)
        value = f" = {first['input']!r}" if field is None or field.repr else ""
        raise SettingsError(
            f"setting {PREFIX}{name.upper()} (`{name}` in {TOML}){value}: {first['msg']}"
        ) from None


def _refuse_unknown(names: list[str], place: str) -> None:
    known = [name.upper() for name in Settings.model_fields]
    for name in names:
        setting = name.removeprefix(PREFIX)
        if setting not in known:
            near = get_close_matches(setting, known, n=1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "the README lists all settings"
            raise SettingsError(f"unknown setting {name} in {place}: {hint}")
