"""links: whether the addresses in posts, menus, profiles and lists still lead somewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated

import typer

from cli import progress, screen
from cli.app import DONE, INCOMPLETE, STOPPED, Json, UserError, app, name_command, workspace
from crawler.link_options import asked_of
from records import LinkCheck
from reports.link_words import link_reason, link_state, no_control
from scheduler import linking
from scheduler.lines import STANDARD_INPUT, load_lines
from scheduler.workspace import Workspace
from storage.link_lists import LinkList
from storage.queries.accounts import accounts

# No browser takes a longer address.
LONGEST_ADDRESS = 64 * 1024
SHOWN = 50
# What is shown of a long list, the gravest first.
_GRAVEST_FIRST = ("dead", "failing", "blocked", "refused", "uncheckable", "moved")
_ALIVE, _OWN_NETWORK = "alive", "own_network"
_KEYS = ("url", "final_url", "state", "status", "reason", "seconds")

links = typer.Typer(help="链接检测", invoke_without_command=True)
app.add_typer(links, name="links")


@links.callback()
def links_all(context: typer.Context, json: Json = False) -> int:
    """检查近两周推文、登记菜单和账号简介里到期的链接，结果存入数据库。"""
    if context.invoked_subcommand is not None:
        name_command(context)
        return DONE
    space = workspace(context)
    try:
        with progress.checking_links() as step, linking.links(space, step) as listed:
            _print(space, listed, json, _why_none(space))
            return _code(listed)
    except linking.LinksStopped as stop:
        if stop.n_unasked:
            screen.tell(
                f"登记的网站和服务地址还有 {stop.n_unasked} 个没有探测，这次记为未能核查，"
                f"既不算能打开，也不算打不开；再运行会补上：{screen.command(space.home, 'links')}。"
            )
        raise


@links.command("check")
def links_check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="每行一个网址的文本文件；- 表示标准输入", allow_dash=True)],
    json: Json = False,
) -> int:
    """检查文件里的网址：屏幕上列出没有正常打开的，--json 按原来的顺序给出全部；不存入数据库。"""
    if file != STANDARD_INPUT and file.is_dir():
        raise UserError(f"{file} 是文件夹，请写里面的文件，例如 {file / '网址.txt'}。")
    if file != STANDARD_INPUT and not file.is_file():
        raise UserError(f"没有这个文件：{file}。")
    space = workspace(context)
    lines = load_lines(file, "网址", LONGEST_ADDRESS)
    with progress.checking_links() as step, linking.checked(space, lines, step) as listed:
        _print(space, listed, json, "一个也没有查完。")
        if listed.stopped:
            screen.tell(f"查了 {listed.n_answered} 个，还有 {listed.n_addresses - listed.n_answered} 个没有查。")
        return STOPPED if listed.stopped else _code(listed)


def _code(listed: LinkList) -> int:
    return INCOMPLETE if listed.n_of_reason(_OWN_NETWORK) else DONE


def _unproved_words(space: Workspace, number: int) -> str:
    """One sentence about links that say nothing, as nothing proved our own network meanwhile."""
    if space.mirror:
        return f"有 {number} 个没有查成：镜像 {space.mirror} 没有应答，请看它是否还开着。"
    control = "、".join(space.config.links.control)
    if not control:
        return f"有 {number} 个没有查成：本机当时休眠过、太忙或断了网，请再查一次。"
    return (
        f"有 {number} 个没有查成：对照地址 {control} 当时没有正常打开，或者本机休眠过、太忙，证明不了本机网络正常；"
        "请用浏览器打开对照地址：打得开，再查一次；打不开而别的网站打得开，请在 [links] control 换一个网址。"
    )


def _why_none(space: Workspace) -> str:
    """Why there is no link to check in the database."""
    if accounts(space.engine):
        return "没有到期要检查的链接。"
    return f"名录是空的，没有链接可查；请先导入：{screen.command(space.home, 'accounts import 名录.xlsx')}。"


def _print(space: Workspace, listed: LinkList, json: bool, nothing: str) -> None:
    if json:
        screen.print_json_list({key: getattr(check, key) for key in _KEYS} for check in listed.answers())
        return
    counts, first = _counted(listed)
    if not counts:
        screen.say(nothing)
        return
    shown = [check for state in _GRAVEST_FIRST for check in first[state]][:SHOWN]
    if shown:
        rows = [[check.url, link_state(check.state), _why(check)] for check in shown]
        screen.table("没有正常打开的链接", ["地址", "结果", "原因"], rows, limit=SHOWN)
    told = "，".join(f"{link_state(state)} {number}" for state, number in counts.most_common())
    screen.say(f"链接 {counts.total()} 个：{told}。")
    if counts.total() - counts[_ALIVE] > SHOWN:
        screen.say(f"上面只列出 {SHOWN} 个没有正常打开的，失效的排在最前；全部结果用 --json 输出。")
    if (number := listed.n_of_reason(_OWN_NETWORK)) > 0:
        screen.say(_unproved_words(space, number))
    # Behind a mirror there is no network of ours to prove.
    if not space.config.links.control and not space.mirror:
        screen.say(f"{no_control()}。")


def _counted(listed: LinkList) -> tuple[Counter[str], dict[str, list[LinkCheck]]]:
    """How many links have each state, and the first of each that is not alive, in the order given."""
    counts = Counter[str]()
    first = defaultdict[str, list[LinkCheck]](list)
    for check in listed.answers():
        counts[check.state] += 1
        if check.state != _ALIVE and len(first[check.state]) < SHOWN:
            first[check.state].append(check)
    return counts, first


def _why(check: LinkCheck) -> str:
    if check.state == "moved":
        return f"现在的地址是 {check.final_url}"
    return link_reason(check.reason, check.status, _led_to(check))


def _led_to(check: LinkCheck) -> str | None:
    """Where redirects led; ``None`` for the link itself, in whatever spelling."""
    return check.final_url if check.final_url != asked_of(check.url) else None
