"""``xuncha.toml`` (配置): read strictly, environment variables win, an unknown key names the nearest known one."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from crawler.link_addresses import SEVERAL, Network, literal_address, standing_of_address
from crawler.link_spelling import canonical, host_of
from crawler.link_typing import holds_several
from records import TellableError
from records.sentences import Command, Sentence
from registry.clauses import named_settings
from scheduler.consents import WechatApi
from scheduler.files import CONFIG_NAME
from scheduler.search_limits import Sweep
from scheduler.sections import (
    LEAST_DELAY_SECONDS,
    Crawl,
    Database,
    Evidence,
    Host,
    Links,
    Notify,
    Office,
    Rules,
    Schedule,
    Section,
    Web,
)

_TOML_PLACE = re.compile(r"at line (\d+), column (\d+)")


class ConfigError(TellableError):
    """The configuration cannot be used; the message is one sentence for the user."""


class Config(Section):
    """The whole file."""

    office: Office = Office()
    database: Database = Database()
    rules: Rules = Rules()
    crawl: Crawl = Crawl()
    hosts: dict[str, Host] = Field(default_factory=dict)
    links: Links = Links()
    sweep: Sweep = Sweep()
    evidence: Evidence = Evidence()
    schedule: Schedule = Schedule()
    notify: Notify = Notify()
    wechat_api: WechatApi = WechatApi()
    web: Web = Web()

    @model_validator(mode="after")
    def _is_polite(self) -> Config:
        if self.crawl.delay_seconds < LEAST_DELAY_SECONDS and not self.crawl.mirror and not self.links.allow_private:
            raise ValueError("crawl.delay_seconds 至少为 1 秒（只有设了 mirror 或 links.allow_private 才可以更小）")
        return self

    @model_validator(mode="after")
    def _is_permitted_by_others(self) -> Config:
        for name, host in self.hosts.items():
            if host.robots == "permitted" and host.permitted_by.strip() == self.office.name.strip():
                raise ValueError(f"{name} 的 permitted_by 不能是本单位自己，要写平台运营方或有权管理它的机关")
        return self

    @model_validator(mode="after")
    def _is_proven_by_addresses(self) -> Config:
        for address in self.links.control:
            if told := _fault_of_control(address, self.links.allow_private):
                raise ValueError(f"links.control 里的“{address}”{told}")
        return self


def _fault_of_control(address: str, allowed: tuple[Network, ...]) -> str | None:
    """Why a control address can never answer; a network that looks broken would be told of every dead link."""
    asked = canonical(address)
    standing = SEVERAL if holds_several(address) else standing_of_address(asked, allowed)
    if standing is None:
        return None
    if standing.reason != "private":
        return "不能用来对照，要写成能直接打开的完整网址，例如 https://www.gov.cn/"
    # A local name is not called in any network: where it leads, only somebody's own resolver knows.
    if literal_address(host_of(asked)) is None:
        return "是内网或本机的名称，不会访问；请换成公网上的网站，例如 https://www.gov.cn/"
    return "是内网或本机地址，不会访问；请换成公网上的网站，或把它的网段写进 links.allow_private"


_SECTIONS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Config.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
# Parts of a place that stand for nothing in the file.
_INNER = ("settings", "int", "str")
_REASONS = {
    "float_type": "要写成数字",
    "float_parsing": "要写成数字",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "int_from_float": "要写成整数",
    "string_type": "要写成带引号的文字",
    "string_pattern_mismatch": "写法不对，账号要写成 wechat:账号ID，AppID 以 wx 开头",
    "missing": "没有写",
    "tuple_type": '要写成列表，例如 ["a", "b"]',
    "model_type": "要写成一节，其下一行一项",
    "dict_type": "要写成一节，其下一行一项",
    "greater_than": "要大于 {gt:g}",
    "greater_than_equal": "不能小于 {ge:g}",
    "less_than_equal": "不能大于 {le:g}",
    "literal_error": "只能是 {expected}",
    "date_from_datetime_parsing": "要写成日期，例如 2026-11-01",
    "date_parsing": "要写成日期，例如 2026-11-01",
    "ip_v4_network": "要写成网段，例如 10.0.0.0/8",
    "ip_v6_network": "要写成网段，例如 fd00::/8",
    "ip_any_network": "要写成网段，例如 10.0.0.0/8",
}


def load_config(home: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration of a home folder.

    Raises:
        ConfigError: No file, not TOML, an unknown key, or a value that cannot be.
    """
    path = home / CONFIG_NAME
    if not path.exists():
        where = f"{home} 里没有 {CONFIG_NAME}；工作文件夹在别处的，请把 --home 改成它；要在这里新建，请运行 "
        raise ConfigError(Sentence(where, Command("init"), "。"))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = _TOML_PLACE.search(str(error))
        place = f"第 {found[1]} 行第 {found[2]} 个字起" if found else ""
        raise ConfigError(f"{CONFIG_NAME} {place}读不懂：不是有效的 TOML 文件（{error}）。") from error
    for name, section in data.items():
        if name in Config.model_fields and not isinstance(section, dict):
            raise ConfigError(f"{CONFIG_NAME}：{name} 要写成一节 [{name}]，其下一行一项。")
    data = _with_named_settings(_with_environment(data, environment))
    _check_settings(data.get("rules", {}))
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{CONFIG_NAME}：{_sentence(error)}") from error


def _with_named_settings(data: dict[str, Any]) -> dict[str, Any]:
    """The checks' named settings stand directly in [rules]; whatever is no field of it is one of them."""
    rules = data.get("rules")
    if not isinstance(rules, dict):
        return data
    own = {key: value for key, value in rules.items() if key in Rules.model_fields and key != "settings"}
    named = {key: value for key, value in rules.items() if key not in own}
    return {**data, "rules": {**own, "settings": named}}


def _check_settings(rules: Mapping[str, Any]) -> None:
    known = [key for key in Rules.model_fields if key != "settings"] + list(named_settings())
    for name in rules.get("settings", {}):
        if name not in known:
            raise ConfigError(f"{CONFIG_NAME}：不认识的配置项 rules.{name}；{nearest(name, known)}")


def _with_environment(data: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for name, section, key in _variables(environment):
        known = _SECTIONS[section].model_fields
        # What [rules] may hold besides is known to the documents, not here.
        if key not in known and section != "rules":
            raise ConfigError(f"不认识的环境变量 {name}；{nearest(key, list(known))}")
        merged.setdefault(section, {})[key] = _value(environment[name], is_setting=key not in known)
    return merged


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """``(variable, section, key)`` of every environment variable that means this file."""
    for name in environment:
        for section in _SECTIONS:
            key = name.removeprefix(f"XUNCHA_{section.upper()}_")
            # Secrets of [wechat_api] come by environment only and are no keys of the file.
            if key != name and (section != "wechat_api" or key.lower() in WechatApi.model_fields):
                yield name, section, key.lower()


def _value(text: str, *, is_setting: bool) -> Any:
    if is_setting and text.strip().isdecimal():
        return int(text)
    if text.lstrip().startswith("["):
        with suppress(json.JSONDecodeError):
            return json.loads(text)
    return text


def _sentence(error: ValidationError) -> str:
    errors = error.errors()
    # A misspelt key is told before the one that is missing for it.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = ".".join(str(part) for part in first["loc"] if part not in _INNER and "[" not in str(part))
    if first["type"] == "extra_forbidden":
        return f"不认识的配置项 {place}；{_nearest_of(first['loc'])}"
    words = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, "))
    shown = first["input"]
    given = f"，现在是“{shown}”" if isinstance(shown, str | int | float) else ""
    words = words.format(**first.get("ctx", {})).replace(" or ", "、")
    return f"{place} 的值不对：{words}{given}。" if place else f"{words}。"


def _nearest_of(place: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Config
    for part in place[:-1]:
        field = model.model_fields.get(str(part))
        model = (_section_in(field.annotation) if field else None) or model
    return nearest(str(place[-1]), list(model.model_fields))


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The section that a field's type is, or of which it holds several."""
    kinds = (kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type))
    return next((kind for kind in kinds if issubclass(kind, BaseModel)), None)


def nearest(name: str, known: Sequence[str]) -> str:
    """Half a sentence that names the known key nearest to a wrong one, or all of them."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"是不是想写 {close[0]}？" if close else f"可用的有：{'、'.join(known)}。"
