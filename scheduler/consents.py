"""Units that consent to the platform's API (接口授权): the section [wechat_api], and its secrets.

Secrets come from the environment only, never from a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

from crawler.secrets import Secrets
from records import Account

_PREFIX = "XUNCHA_WECHAT_API_SECRET_"


class WechatApp(BaseModel):
    """One item of [wechat_api] accounts: a consenting unit's account and the application that may ask for its data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = Field(pattern=r"^wechat:\S+$")
    appid: str = Field(pattern=r"^wx[0-9A-Za-z]{8,32}$")


class WechatApi(BaseModel):
    """[wechat_api]: accounts of consenting units."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: tuple[WechatApp, ...] = ()

    @field_validator("accounts")
    @classmethod
    def _is_one_to_one(cls, value: tuple[WechatApp, ...]) -> tuple[WechatApp, ...]:
        # Another account's application would prove this one silent.
        for given in ([app.account.casefold() for app in value], [app.appid.casefold() for app in value]):
            if len(set(given)) < len(given):
                raise ValueError("同一个账号或 AppID 写了两次，一个账号只对一个 AppID")
        return value

    def appid_of(self, account: Account) -> str | None:
        """The application of a consenting account, named by any key of the register; ``None`` without consent."""
        refs = {f"{account.platform}:{key}".casefold() for key in (account.uid, *account.aliases.values())}
        return next((app.appid for app in self.accounts if app.account.casefold() in refs), None)

    def unregistered(self, filed: Iterable[Account]) -> list[str]:
        """The consenting accounts, as written, that no account of a register is."""
        found = {self.appid_of(account) for account in filed if account.platform == "wechat"}
        return [app.account for app in self.accounts if app.appid not in found]

    def registered(self, filed: Iterable[Account]) -> list[str]:
        """References of the consenting accounts among those of a register."""
        return [account.ref for account in filed if account.platform == "wechat" and self.appid_of(account)]


def secret_variable(appid: str) -> str:
    """The environment variable that holds the application's secret; small letters will do as well."""
    return f"{_PREFIX}{appid.upper()}"


def load_secrets(wechat_api: WechatApi, environment: Mapping[str, str] = os.environ) -> Secrets:
    """The secrets of the applications named in the configuration, those that are set."""
    return Secrets(_given(wechat_api, environment))


def missing_secrets(wechat_api: WechatApi, environment: Mapping[str, str] = os.environ) -> list[str]:
    """One sentence for every consenting account without a secret: which variable is to be set."""
    given = _given(wechat_api, environment)
    return [
        f"{app.account} 在 [wechat_api] 里写了 AppID {app.appid}，但没有密钥：请设置环境变量"
        f" {secret_variable(app.appid)} 后重新运行。现在接口不会使用，该账号只按其他来源采集。"
        for app in wechat_api.accounts
        if app.appid not in given
    ]


def _given(wechat_api: WechatApi, environment: Mapping[str, str]) -> dict[str, str]:
    by_name = {name.upper(): value.strip() for name, value in environment.items() if name.upper().startswith(_PREFIX)}
    pairs = ((app.appid, by_name.get(secret_variable(app.appid), "")) for app in wechat_api.accounts)
    return {appid: secret for appid, secret in pairs if secret}
