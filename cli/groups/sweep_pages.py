"""sweep sheet, sweep import: a person's browser as a source of suspected accounts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.app import DONE, INCOMPLETE, WRONG_USE, UserError, options, workspace
from records import CRAWLED_PLATFORMS
from reports.wording import platform_name
from scheduler.files import CONFIG_NAME
from scheduler.saved_pages import SavedPage, as_shape, import_saved
from scheduler.sweep_sheet import SAVED, due_searches, save_sheet

_STATUS = {
    "ok": "已读",
    "empty": "没有结果",
    "gone": "已不存在",
    "blocked": "验证页",
    "login": "登录页",
    "unparsed": "未识别",
}


def sweep_sheet(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="写到哪个 .html 文件")],
    platform: Annotated[list[str] | None, typer.Option("--platform", help="只列这个平台，可写多次")] = None,
    json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 值")] = False,
) -> None:
    """写一张关键词搜索单：列出到期的关键词和每个平台的搜索链接，由人用浏览器查看、保存。"""
    space = workspace(context)
    chosen = [name for name in CRAWLED_PLATFORMS if platform is None or name in platform]
    if platform and (unknown := [name for name in platform if name not in CRAWLED_PLATFORMS]):
        raise UserError(f"没有“{unknown[0]}”这个平台，可用的有：{'、'.join(CRAWLED_PLATFORMS)}。")
    if file.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"关键词搜索单是网页，请把文件名写成 .html 结尾，现在是“{file.name}”。")
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
        screen.say(f"再运行 xuncha sweep import {folder}。")


def sweep_import(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="保存的搜索结果页（.html、.mhtml、.warc、.har、.zip 或文件夹），或合作单位的名单（.csv、.xlsx）"
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 值")] = False,
) -> int:
    """读入人工保存的搜索结果页或合作单位的名单，记下疑似账号；读不了的逐个说明，其余照读。"""
    missing = [file for file in files if not file.exists()]
    if missing:
        raise UserError(f"没有这个文件：{missing[0]}。")
    home = next((file for file in files if (file / CONFIG_NAME).exists()), None)
    if home is not None:
        raise UserError(f"{home.resolve()} 是工作文件夹，里面不都是保存的页面；请写放保存页面的文件夹，例如 saved。")
    pages = import_saved(workspace(context), files)
    if not pages:
        raise UserError("文件夹里没有保存的页面，请把搜索结果页另存为“网页，单个文件”放进去后再读入。")
    for page in pages:
        if page.is_unreadable:
            screen.tell(f"{page.file} 没有读入：{page.reason}。")
    if json:
        screen.print_json(as_shape(pages))
    else:
        _print_pages([page for page in pages if not page.is_unreadable])
    if all(page.is_unreadable for page in pages):
        return WRONG_USE
    return DONE if all(page.status in ("ok", "empty") for page in pages) else INCOMPLETE


def _print_pages(pages: Sequence[SavedPage]) -> None:
    rows = [[page.file, _search(page), _STATUS[page.status], page.candidates] for page in pages]
    if rows:
        screen.table("读入的页面", ["文件", "搜索", "结果", "账号数"], rows)
        for page in pages:
            if page.reason is not None:
                screen.say(f"{page.file}：{page.reason}。")
        accounts = {one.ref for page in pages for one in page.found}
        searched = {(page.platform, page.keyword) for page in pages if page.searched}
        screen.say(
            f"共见到账号 {len(accounts)} 个，其中算作查过的搜索 {len(searched)} 次；疑似账号请用 xuncha inspect 判定。"
        )


def _search(page: SavedPage) -> str | None:
    if page.platform is None:
        return None
    return " ".join(word for word in (platform_name(page.platform), page.keyword) if word)
