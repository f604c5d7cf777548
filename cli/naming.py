"""How a person names platforms and accounts on the command line: in Chinese, by name, or by any known key."""

from __future__ import annotations

from collections.abc import Sequence

from cli import screen
from cli.app import UserError
from records import CRAWLED_PLATFORMS
from registry.platforms import known_platform, platform_label
from scheduler.workspace import Workspace
from storage.queries import accounts

LONGEST_PERSON = 40
# What stands for a name in our own sentences and helps.
_EXAMPLES = ("姓名", "核实人", "签发人")


def crawled_platforms(wanted: Sequence[str]) -> tuple[str, ...]:
    """The platforms meant by ``微博``, ``weibo`` and so on; all when none is named.

    Raises:
        UserError: One of them is not crawled.
    """
    found = []
    for name in wanted:
        platform = known_platform(name)
        if platform is None or platform.slug not in CRAWLED_PLATFORMS:
            labels = "、".join(platform_label(slug) for slug in CRAWLED_PLATFORMS)
            raise UserError(f"本软件不采集平台“{name}”；可采集的有：{labels}。")
        found.append(platform.slug)
    return tuple(dict.fromkeys(found)) or CRAWLED_PLATFORMS


def person_named(by: str, whose: str) -> str:
    """The name that a person gave with ``--by``, its spaces folded; ``whose`` as in 核实人.

    Raises:
        UserError: It is no name, or the word that stands for one in our own sentences.
    """
    name = " ".join(by.split())
    if not name or not name.isprintable() or len(name) > LONGEST_PERSON or name in _EXAMPLES:
        raise UserError(f"--by 要写{whose}的姓名，不超过 {LONGEST_PERSON} 个字。")
    return name


def require_register(space: Workspace, without: str) -> None:
    """Raises UserError where the register is empty, with what there is not ``without`` it."""
    if not accounts.accounts(space.engine):
        command = screen.command(space.home, "accounts import 名录.xlsx")
        raise UserError(f"名录是空的，{without}；请先导入：{command}。")


def account_reference(space: Workspace, named: str) -> str:
    """The reference of the account meant by ``weibo:1234567890``, any other known key, or its name.

    Raises:
        UserError: No account, or more than one, is meant.
    """
    platform, colon, key = named.partition(":")
    if colon:
        known = known_platform(platform)
        found = accounts.resolve(space.engine, f"{known.slug if known else platform}:{key}")
        if found is not None:
            return found.ref
    same = [account.ref for account in accounts.accounts(space.engine) if account.name == named]
    if len(same) == 1:
        return same[0]
    if same:
        raise UserError(f"有 {len(same)} 个账号叫“{named}”，请写账号编号：{'、'.join(same)}。")
    listing = screen.command(space.home, "accounts list")
    raise UserError(f"名录里没有账号“{named}”；查看账号名称和编号：{listing}。")
