"""The Chinese words of judgements: reasons, platforms, sources, accounts and what they were observed by."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from analysis.coverage import seen_by_list, seen_by_person
from analysis.periods import day_words, moment_words
from analysis.updates import newest_update
from records import Account, AccountEvidence, Period

BASIS = "（依据："
"""Opens the part of a breach's summary that says how and when it was observed; what stands before it is what was."""


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("analysis") / "words.toml").read_text(encoding="utf-8"))


def reason_words(code: str) -> str:
    """What a reason code says in Chinese.

    Raises:
        KeyError: A code that analysis/words.toml does not have.
    """
    return _table()["reasons"][code]


@cache
def _platforms() -> dict[str, str]:
    return tomllib.loads((resources.files("analysis") / "platforms.toml").read_text(encoding="utf-8"))


def platform_words(platform: str) -> str:
    """A platform's Chinese name; one that no table knows carries the name that the register gives it."""
    return _platforms().get(platform, platform)


def source_words(source: str) -> str:
    """What an account was observed through: ``公开页面``, ``订阅源``, ``平台接口`` or ``人工查看``."""
    return _table()["sources"][source]


def sighting_words(source: str, platform: str, poster: Account | None) -> str:
    """Where a candidate was seen: ``微博搜索结果页``, ``微博“云岭发布”（云岭县人民政府办公室）的推文里的提及``.

    Args:
        source: One of ``search person mention repost feed partner``.
        platform: The candidate's.
        poster: Whose post named it, where that is known.
    """
    words = _table()["sightings"]
    whose = account_words(poster) if poster is not None else words["unknown_poster"]
    return words[source].format(platform=platform_words(platform), poster=whose)


def alike_words(why: Iterable[str]) -> str:
    """In what two names are alike, by the codes of the contract: ``读音相同、字形相近``; nothing for no code."""
    return "、".join(_table()["alike"][code] for code in why)


def shown(text: str) -> str:
    """Text from outside on one line, without signs that move a cursor or the reading direction."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def account_words(account: Account) -> str:
    """``微博“云岭发布”（云岭县人民政府办公室）``: platform, filed name and unit."""
    return f"{platform_words(account.platform)}“{shown(account.name)}”（{shown(account.unit)}）"


def newest_words(evidence: AccountEvidence, before: Period) -> str:
    """When the newest update known before the window's end was published."""
    newest = newest_update(evidence, before.end)
    return "没有见到任何推文" if newest is None else f"最近一条发布于{day_words(newest)}"


def basis_words(evidence: AccountEvidence, window: Period) -> str:
    """How the window was observed, newest look of each source: ``（依据：公开页面，2026年11月23日 01:40查看）``."""
    return f"{BASIS}{'；'.join(_bases(evidence, window))}）"


def _bases(evidence: AccountEvidence, window: Period) -> Iterator[str]:
    newest = {}
    for row in sorted(evidence.coverage, key=lambda row: row.checked_at):
        seen = seen_by_list(row)
        if seen is not None and seen[0] < window.end and seen[1] > window.start:
            newest[row.source] = row.checked_at
    for source, checked_at in newest.items():
        yield f"{_table()['sources'][source]}，{moment_words(checked_at)}查看"
    for look in evidence.observations:
        seen = seen_by_person(look)
        if seen is not None and seen[0] < window.end and seen[1] > window.start:
            yield f"{_table()['sources']['person']}，{shown(look.observer)}，{moment_words(look.observed_at)}"
