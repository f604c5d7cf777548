"""links: whether the addresses in posts, menus, profiles and lists still lead somewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import progress, screen
from cli.app import STOPPED, Json, UserError, app, workspace
from records import LinkCheck
from reports.link_words import link_reason, link_state
from scheduler import linking
from scheduler.lines import STANDARD_INPUT, load_lines
from storage.link_lists import LinkList

# No browser takes a longer address.
LONGEST_ADDRESS = 64 * 1024
SHOWN = 50
_KEYS = ("url", "final_url", "state", "status", "reason", "seconds")

links = typer.Typer(help="链接检测", invoke_without_command=True)
app.add_typer(links, name="links")


@links.callback()
def links_all(context: typer.Context, json: Json = False) -> None:
    """检查近两周推文、登记菜单和账号简介里到期的链接，结果存入数据库。"""
    if context.invoked_subcommand is not None:
        return
    space = workspace(context)
    try:
        with progress.checking_links() as step, linking.links(space, step) as listed:
            _print(listed, json)
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
    """检查文件里的网址，按原来的顺序报告；不存入数据库。"""
    if file != STANDARD_INPUT and not file.is_file():
        raise UserError(f"没有这个文件：{file}。")
    space = workspace(context)
    lines = load_lines(file, "网址", LONGEST_ADDRESS)
    with progress.checking_links() as step, linking.checked(space, lines, step) as listed:
        _print(listed, json)
        if listed.stopped:
            screen.tell(f"查了 {listed.n_answered} 个，还有 {listed.n_addresses - listed.n_answered} 个没有查。")
        return STOPPED if listed.stopped else 0


def _print(listed: LinkList, json: bool) -> None:
    if json:
        screen.print_json_list({key: getattr(check, key) for key in _KEYS} for check in listed.answers())
        return
    shown = list(islice(_not_alive(listed), SHOWN))
    counts = Counter(check.state for check in listed.answers())
    if not counts:
        screen.say("没有到期要检查的链接。")
        return
    if shown:
        screen.table("没有正常打开的链接", ["地址", "结果", "原因"], shown, limit=SHOWN)
    total = counts.total()
    told = "，".join(f"{link_state(state)} {number}" for state, number in counts.most_common())
    screen.say(f"链接 {total} 个：{told}。")
    if total - counts["alive"] > SHOWN:
        screen.say(f"上面只列出前 {SHOWN} 个没有正常打开的；全部结果用 --json 输出。")


def _not_alive(listed: LinkList) -> Iterator[list[Any]]:
    for check in listed.answers():
        if check.state != "alive":
            yield [check.url, link_state(check.state), _why(check)]


def _why(check: LinkCheck) -> str:
    if check.state == "moved":
        return f"现在的地址是 {check.final_url}"
    return link_reason(check.reason, check.status)
