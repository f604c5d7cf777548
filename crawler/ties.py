"""Whether the application whose API answers is the account's (接口归属), or is only said to be by xuncha.toml. Pure.

A configuration may name another account's application by mistake. What its API then lists, and what it does not
list, says nothing of this account; so silence counts only once the API has named an address that is proved to be the
account's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawler.page import Target
from crawler.reading import platform_modules
from records import Post


class Application:
    """What ties one account to the application by which its unit consents."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._told: dict[str, str] = {}
        self._shown: set[str] = set()
        self._is_proved = target.api_proved

    def take(self, posts: Iterable[Post]) -> None:
        """Add the account's own posts of one page: those that the API names, and those that their pages prove."""
        module = platform_modules()[self._target.account.platform]
        for post in posts:
            if post.proof in ("page", "album"):
                self._shown.update(post.addresses)
            elif post.proof == "api" and (key := module.told_key(post)) is not None:
                self._told[key] = post.url

    @property
    def is_proved(self) -> bool:
        """Whether it was tied in an earlier run, or names an address that is proved to be the account's."""
        if not self._is_proved:
            is_own = platform_modules()[self._target.account.platform].is_own
            self._is_proved = any(key in self._shown or is_own(self._target, url) for key, url in self._told.items())
        return self._is_proved
