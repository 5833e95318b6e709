"""Settings: environment variables (MENGPANEEL_...) over a TOML file over the defaults; checked at the start."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from ingest.embed import DEFAULT_MODEL

CONFIG_VARIABLE = "MENGPANEEL_CONFIG"
_TOKEN_LENGTH = 20  # characters


class WrongSettings(ValueError):
    """A setting is unknown or out of bounds; the message names each."""


def _default_data() -> Path:
    return Path(platformdirs.user_data_dir("mengpaneel", appauthor=False))


Words = Annotated[tuple[str, ...], NoDecode]  # in an environment variable: divided by commas


class Settings(BaseSettings):
    """All settings. The TOML file is named by MENGPANEEL_CONFIG; its keys are these names."""

    model_config = SettingsConfigDict(env_prefix="MENGPANEEL_", frozen=True, extra="forbid")

    data: Path = Field(default_factory=_default_data, description="folder for index, caches and originals")
    host: str = Field(default="127.0.0.1", description="address on which the page is served")
    port: int = Field(default=7860, ge=1, le=65535, description="port on which the page is served")
    root_path: str = Field(default="", description="path under which a reverse proxy offers the page")
    model: str = Field(default=DEFAULT_MODEL, min_length=1, description="embedding model")
    query_prefix: str = Field(default="query: ", description="text set before a question, for another model")
    passage_prefix: str = Field(default="passage: ", description="text set before a passage, for another model")
    max_file_mb: int = Field(default=100, ge=1, le=10_000, description="largest file that is read, in MB")
    read_seconds: float = Field(default=60, gt=0, le=3600, description="how long reading one file may take")
    read_memory_mb: int = Field(default=1500, ge=500, le=64_000, description="memory that reading may use, in MB")
    llm_url: str = Field(
        default="", pattern=r"^(https?://[^\s/@]+(/\S*)?)?$",
        description="address of an OpenAI-compatible service whose language model writes the answers; empty: none does",
    )  # fmt: skip
    llm_model: str = Field(default="", max_length=200, description="name of that model, as the service has it")
    llm_key: SecretStr = Field(default=SecretStr(""), description="key for that service, if it asks one")
    llm_temperature: float = Field(default=0.0, ge=0, le=2, description="how freely the model chooses its words")
    llm_seconds: float = Field(default=60, gt=0, le=600, description="how long the model may take over an answer")
    verify_model: str = Field(
        default="", max_length=1000,
        description="cross-encoder that settles doubts when sentences of a language model are checked; empty: none",
    )  # fmt: skip
    uploads: bool | None = Field(
        default=None, description="whether the page can add documents; by default only if served to this machine alone"
    )
    feedback: bool = Field(default=False, description="whether the page asks if an answer is right, and keeps that")
    keep_questions: bool = Field(default=False, description="whether questions asked on the page are kept")
    keep_days: int = Field(default=30, ge=1, le=3650, description="how many days they are kept")
    lock_seconds: float = Field(default=10, ge=0, le=3600, description="how long to wait for another ingest")

    hosts: Words = Field(default=(), description="names under which the server is reached; none named: any")
    cors_origins: Words = Field(default=(), description="web origins whose pages may ask this server")
    trusted_proxies: Words = Field(default=(), description="addresses or networks whose forwarded headers are believed")
    login_header: str = Field(default="", description="header in which a trusted proxy names who logged in")
    api_token: SecretStr | None = Field(default=None, description="token for adding documents; without it nobody can")
    requests_per_minute: int = Field(default=120, ge=1, le=100_000, description="requests of one client in a minute")
    max_request_kb: int = Field(default=100, ge=1, le=10_000, description="largest request to the API, in kB")
    answer_seconds: float = Field(default=30, gt=0, le=600, description="how long an answer over the API may take")

    @field_validator("hosts", "cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _divided(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, _, host = origin.partition("://")
            if scheme not in ("http", "https") or not host or "/" in host:
                raise ValueError(f"an origin is a scheme and a host, as in https://intranet.example, not {origin!r}")
        return value

    @field_validator("api_token")
    @classmethod
    def _token_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _TOKEN_LENGTH:
            raise ValueError(f"a token has at least {_TOKEN_LENGTH} characters")
        return value

    @model_validator(mode="after")
    def _address_and_model(self) -> Settings:
        if bool(self.llm_url) != bool(self.llm_model):
            raise ValueError("llm_url, llm_model: zet beide of geen van beide / set both or neither")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the TOML file."""
        config = os.environ.get(CONFIG_VARIABLE)
        toml = (TomlConfigSettingsSource(settings_cls, Path(config)),) if config else ()
        return (init_settings, env_settings, *toml)

    @property
    def offers_uploads(self) -> bool:
        """Whether the page can add documents; behind a proxy more people than this machine's own reach it."""
        alone = self.host in ("127.0.0.1", "localhost", "::1") and not (self.trusted_proxies or self.root_path)
        return alone if self.uploads is None else self.uploads

    @property
    def embedding_model(self) -> str:
        """Name of model and prefixes: an index of one name cannot be searched with another."""
        if self.model == DEFAULT_MODEL:
            return self.model
        return f"{self.model}|{self.query_prefix}|{self.passage_prefix}"


def load_settings(**flags: object) -> Settings:
    """Settings with the given flags over them; None means not given.

    raises  WrongSettings naming each wrong setting
    """
    config = os.environ.get(CONFIG_VARIABLE)
    if config and not Path(config).is_file():
        raise WrongSettings(f"{CONFIG_VARIABLE}: {config} bestaat niet / does not exist")
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise WrongSettings("; ".join(_fault(dict(e)) for e in error.errors())) from None
    except (SettingsError, ValueError) as error:
        raise WrongSettings(str(error)) from error


def _fault(error: dict[str, Any]) -> str:
    """One wrong setting; its value is shown only where it cannot hold a key."""
    name = ".".join(map(str, error["loc"]))
    if not name:
        return str(error["msg"])
    shown = "" if name.startswith("llm_") or name == "api_token" else f" ({error['input']!r})"
    return f"{name}: {error['msg']}{shown}"
