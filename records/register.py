"""What people declare (名录): units, accounts and filings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

CRAWLED_PLATFORMS = ("weibo", "wechat", "toutiao")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An office answerable for accounts (主办单位)."""

    name: str
    short_names: tuple[str, ...] = ()
    supervisor: str | None = None
    division: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One opening, change or closing (备案) with the dates that the register gives."""

    event: str  # 开设, 变更, 关停
    happened_on: date | None
    filed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as filed (账号).

    ``uid`` is the platform's stable key once known, before that what the register gives.
    ``aliases`` maps a kind of key (``uid domain biz gh_id wechat_id token user_id media_id``) to
    its value. ``dates`` holds the register's dates by field name (``opened_on filed_on
    form_submitted_on login_issued_on national_registered_on changed_on change_filed_on
    closing_notice_on deregistered_on closing_filed_on``). ``fields`` keeps every other column as
    it was written, the unknown ones too.
    """

    platform: str
    uid: str
    name: str
    unit: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    account_type: str | None = None  # 订阅号, 服务号, 微博, 头条号
    medium: str | None = None  # 图文, 视频
    status: str = "正常"  # 正常, 暂停, 注销, 关停
    verified_entity: str | None = None
    former_names: tuple[str, ...] = ()
    regulations: tuple[str, ...] = ()
    article_links: tuple[str, ...] = ()
    menu_links: tuple[str, ...] = ()
    feed_url: str | None = None
    feed_complete: bool = False
    dates: Mapping[str, date] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """``platform:uid``, the account's name in JSON and on the command line."""
        return f"{self.platform}:{self.uid}"
