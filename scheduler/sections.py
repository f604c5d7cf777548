"""The sections of ``xuncha.toml`` (配置各节): their keys, what each may be, and what holds where it is not written."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LEAST_DELAY_SECONDS = 1.0


class Section(BaseModel):
    """A part of the file; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Office(Section):
    """[office]: who watches; the contact goes into the User-Agent."""

    name: str = "县人民政府办公室"
    contact: str = ""
    division: str = ""


class Database(Section):
    """[database]."""

    url: str = "sqlite:///xuncha.db"


class Rules(Section):
    """[rules]: the documents in force, and the named settings of the checks."""

    regulations: tuple[str, ...] = ()
    confirmed_by: str = ""
    settings: dict[str, int | str] = Field(default_factory=dict)


class Crawl(Section):
    """[crawl]."""

    delay_seconds: float = Field(default=2.0, ge=0)
    page_limit: int = Field(default=10, ge=1, le=200)
    mirror: str = ""
    profile_days: int = Field(default=7, ge=1)
    render_wait_seconds: float = Field(default=20.0, gt=0)
    guest_visit: bool = True
    time_limit_minutes: int = Field(default=360, ge=1)

    @field_validator("mirror")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("要写成 http://地址:端口")
        return value

    @property
    def public_delay_seconds(self) -> float:
        """Seconds between two requests to a host out in the network: at least one, whatever holds for private ones."""
        return self.delay_seconds if self.mirror else max(self.delay_seconds, LEAST_DELAY_SECONDS)


class Host(Section):
    """[hosts."…"]: an own delay, or a host whose operator permitted the crawl."""

    delay_seconds: float = Field(default=0.0, ge=0)
    robots: Literal["obey", "permitted"] = "obey"
    permitted_by: str = ""
    permitted_on: date | None = None
    permission: str = ""

    @model_validator(mode="after")
    def _has_permission(self) -> Host:
        if self.robots == "permitted" and not (self.permitted_by and self.permitted_on and self.permission):
            raise ValueError("robots = permitted 时，permitted_by、permitted_on、permission 三项都要填写")
        return self


class Links(Section):
    """[links]."""

    concurrency: int = Field(default=200, ge=1, le=1000)
    timeout_seconds: float = Field(default=10.0, gt=0)
    control: tuple[str, ...] = ()
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()


class Evidence(Section):
    """[evidence]: for how many days what no finding rests on is kept."""

    keep_days: int = Field(default=180, ge=30)
    search_days: int = Field(default=30, ge=1, le=30)


class Schedule(Section):
    """[schedule]: when nightly and weekly run, in Asia/Shanghai."""

    nightly: str = "01:30"
    weekly: str = "mon 08:30"


class Notify(Section):
    """[notify]."""

    urls: tuple[str, ...] = ()


class Web(Section):
    """[web]."""

    host: str = "127.0.0.1"
    port: int = 8000
    password_hash: str = ""
