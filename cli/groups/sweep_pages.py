"""sweep sheet, sweep import: a person's browser as a source of suspected accounts."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.app import DONE, INCOMPLETE, WRONG_USE, Json, UserError, options, workspace
from cli.naming import crawled_platforms, person_named, require_register
from cli.regulations import unchosen_words
from crawler.saved.document import LEFT_OUT
from reports.wording import platform_name
from scheduler.files import CONFIG_NAME
from scheduler.saved_pages import import_saved
from scheduler.saved_rows import SavedPage, as_shape
from scheduler.sweep_sheet import SAVED, due_searches, save_sheet

_STATUS = {
    "ok": "已读",
    "empty": "没有结果",
    "gone": "已不存在",
    "blocked": "验证页",
    "login": "登录页",
    "unparsed": "未识别",
}
# So many files with the same reason are named one by one.
_NAMED = 20
# What every sheet of ours says near its beginning.
_SHEET, _LOOK_SIGNS = "关键词搜索单", 4000


def sweep_sheet(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件.html", help="写到哪个 .html 文件")],
    platform: Annotated[
        list[str] | None, typer.Option("--platform", help="只列这个平台：weibo、wechat、toutiao，可写多次")
    ] = None,
    json: Json = False,
) -> None:
    """写一张关键词搜索单：列出到期的关键词和每个平台的搜索链接，由人用浏览器查看、保存。"""
    space = workspace(context)
    chosen = crawled_platforms(platform or ())
    if file.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"关键词搜索单是网页，请把文件名写成 .html 结尾，现在是“{file.name}”。")
    if not file.parent.is_dir():
        raise UserError(f"没有 {file.parent} 这个文件夹；请先建好，或写到别的文件夹里。")
    if file.exists() and _SHEET not in file.read_text(encoding="utf-8", errors="replace")[:_LOOK_SIGNS]:
        raise UserError(f"{file} 已经有了，又不是关键词搜索单，没有改动；请换一个文件名。")
    require_register(space, "没有可搜索的关键词")
    home = options(context).home
    due = due_searches(space, chosen)
    number = save_sheet(
        file, due, office=space.config.office.name, home=home, command=screen.COMMAND, now=space.clock.now()
    )
    folder = home / SAVED
    if json:
        screen.print_json({"file": str(file), "searches": number, "folder": str(folder), "due": due})
    else:
        screen.say(f"{number} 次搜索已到期，关键词搜索单已写入 {file}；用浏览器打开它，把搜索结果页保存到 {folder}，")
        screen.say(f"再运行 {screen.command(home, f'sweep import {shlex.quote(str(folder))}')}。")


def sweep_import(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件",
            help="保存的搜索结果页（.html、.mhtml、.warc、.har、.zip 或文件夹），或合作单位的名单（.csv、.xlsx）",
        ),
    ],
    by: Annotated[str | None, typer.Option("--by", help="搜索、保存这些页面的人的姓名")] = None,
    json: Json = False,
) -> int:
    """读入人工保存的搜索结果页或合作单位的名单，记下疑似账号；读不了的逐个说明，其余照读。"""
    _refuse(files)
    by = None if by is None else person_named(by, "搜索的人")
    space = workspace(context)
    pages = import_saved(space, files, by)
    read = [page for page in pages if not page.is_unreadable]
    _tell_unread([page for page in pages if page.is_unreadable])
    if all(page.status == LEFT_OUT for page in pages):
        raise UserError("文件夹里没有保存的页面，请把搜索结果页另存为“网页，单个文件”放进去后再读入。")
    if json:
        screen.print_json(as_shape(pages, by))
    elif read:
        _print_pages(read, by, screen.command(options(context).home, "inspect"))
    if read and (words := unchosen_words(space)) is not None:
        (screen.tell if json else screen.say)(words)
    if not read:
        return WRONG_USE
    return DONE if all(page.status in ("ok", "empty", LEFT_OUT) for page in pages) else INCOMPLETE


def _refuse(files: Sequence[Path]) -> None:
    """Raises UserError for files that cannot be meant."""
    missing = [file for file in files if not file.exists()]
    if missing:
        raise UserError(f"没有这个文件：{missing[0]}。")
    home = next((file for file in files if (file / CONFIG_NAME).exists()), None)
    if home is not None:
        raise UserError(f"{home.resolve()} 是工作文件夹，里面不都是保存的页面；请写放保存页面的文件夹，例如 saved。")


def _tell_unread(pages: Sequence[SavedPage]) -> None:
    """A sentence a file; where very many have the same reason, the rest of them as a number."""
    by_reason: dict[str | None, list[SavedPage]] = defaultdict(list)
    for page in pages:
        by_reason[page.reason].append(page)
    for reason, same in by_reason.items():
        for page in same[:_NAMED]:
            screen.tell(f"{page.file} 没有读入：{reason}。")
        if len(same) > _NAMED:
            screen.tell(f"……另有 {len(same) - _NAMED} 个也没有读入：{reason}。加 --json 可看全部。")


def _print_pages(pages: Sequence[SavedPage], by: str | None, inspect: str) -> None:
    rows = [
        [page.file, _search(page), _STATUS[page.status], page.candidates, "是" if page.searched else "否"]
        for page in pages
    ]
    screen.table("读入的页面", ["文件", "搜索", "结果", "账号数", "算查过"], rows)
    for page in pages:
        if said := _said(page):
            screen.say(f"{page.file}：{said}。")
    found = {one.ref for page in pages for one in page.found}
    searched = {(page.platform, page.keyword) for page in pages if page.searched}
    who = f"（搜索人：{by}）" if by is not None and searched else ""
    without = "（没有保存的不算）" if any(map(_n_dismissed, pages)) else ""
    seen = f"共见到账号 {len(found)} 个{without}，其中算作查过的搜索 {len(searched)} 次{who}"
    screen.say(f"{seen}；判定疑似账号请运行 {inspect}。")


def _said(page: SavedPage) -> str:
    """What there is to say of a page and of its search."""
    counted = "算查过" if page.searched else "不算查过"
    note = None if page.search_note is None else f"{counted}：{page.search_note}"
    number = _n_dismissed(page)
    dismissed = f"{page.candidates} 个账号，其中 {number} 个已判定与本单位无关，没有保存" if number else None
    return "；".join(words for words in (page.reason, note, dismissed) if words is not None)


def _n_dismissed(page: SavedPage) -> int:
    return page.candidates - len(page.found)


def _search(page: SavedPage) -> str | None:
    if page.platform is None:
        return None
    return " ".join(word for word in (platform_name(page.platform), page.keyword) if word)
