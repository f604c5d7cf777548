"""report, table, search: papers and looking things up."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
import xlsxwriter

from analysis.periods import last_week
from cli import screen
from cli.app import Json, UserError, app, workspace
from cli.groups.register import headline, read_period
from cli.naming import person_named
from registry.platforms import platform_label
from reports.wording import heading_of, reason_of
from scheduler import judging, night, reporting
from scheduler.files import whole_file
from scheduler.reporting import Written
from scheduler.words import cut
from scheduler.workspace import Workspace
from storage import search as full_text
from storage.queries import posts as post_queries

_SOURCES = {"page": "公开页面", "feed": "订阅源", "api": "平台接口", "unit": "单位报送", "person": "人工查看"}
_CODES: dict[str, Callable[[Any], Any]] = {
    "平台": platform_label,
    "原因": lambda code: reason_of(code).words,
    "检查项": heading_of,
    "来源": lambda code: _SOURCES[code],
    "转载": lambda flag: "是" if flag else "否",
    "在册": lambda flag: "是" if flag else "否",
}

report = typer.Typer(help="通报：草稿与发布", no_args_is_help=True)
app.add_typer(report, name="report")


@report.command("weekly")
def report_weekly(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", help="统计周期，例如 2026-W46；默认上一周")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹，默认 reports")] = None,
    json: Json = False,
) -> None:
    """写一周的通报草稿（.docx）、台账（.xlsx）和网页（.html）。"""
    space = workspace(context)
    chosen = read_period(period) or last_week(space.clock.now())
    judging.inspect(space, chosen)
    print_written(reporting.draft(space, "weekly", chosen, out), json)


def print_written(written: Written, json: bool) -> None:
    """Where the papers lie."""
    if json:
        screen.print_json({"files": {name: str(path) for name, path in written.files.items()}})
        return
    if written.report.office.startswith("××"):
        screen.tell("通报里的单位名称还是“××县人民政府办公室”：请先在 xuncha.toml 的 [office] name 填写。")
    screen.say(written.report.sentence)
    for name, path in written.files.items():
        screen.say(f"  {reporting.FILE_WORDS[name]}  {path}")


@report.command("release")
def report_release(
    context: typer.Context,
    period: Annotated[str, typer.Argument(help="统计周期，例如 2026-W46")],
    by: Annotated[str, typer.Option("--by", help="签发人")],
    number: Annotated[str | None, typer.Option("--number", help="文号")] = None,
    json: Json = False,
) -> None:
    """发布：冻结数字和文字；还有待核的问题时不能发布。"""
    name = person_named(by, "签发人")
    space = workspace(context)
    print_written(reporting.release(space, "weekly", read_period(period), name, number), json)


def _database(space: Workspace) -> Path:
    path = space.engine.url.database
    if space.engine.dialect.name != "sqlite" or path is None:
        raise UserError("全文检索和表格只在 SQLite 数据库上可用。")
    return Path(path)


@app.command()
def table(
    context: typer.Context,
    view: Annotated[str, typer.Argument(help="账号、推文、判定、问题 或 采集情况")],
    as_csv: Annotated[Path | None, typer.Option("--csv", help="写到这个 .csv 文件")] = None,
    as_xlsx: Annotated[Path | None, typer.Option("--xlsx", help="写到这个 .xlsx 文件")] = None,
    json: Json = False,
) -> None:
    """看一张表：账号、推文、判定、问题、采集情况。"""
    heads, stored = full_text.read_view(_database(workspace(context)), view)
    rows = [tuple(in_words(head, cell) for head, cell in zip(heads, row, strict=True)) for row in stored]
    if as_csv is not None:
        with whole_file(as_csv) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([heads, *([harmless(cell) for cell in row] for row in rows)])
        screen.tell(f"{len(rows)} 行已写入 {as_csv}。")
    if as_xlsx is not None:
        with whole_file(as_xlsx) as part:
            _write_sheet(part, view, heads, rows)
        screen.tell(f"{len(rows)} 行已写入 {as_xlsx}。")
    if json:
        screen.print_json([dict(zip(heads, row, strict=True)) for row in rows])
    elif as_csv is None and as_xlsx is None:
        screen.table(f"{view}：{len(rows)} 行", heads, rows, limit=50)


def in_words(head: str, cell: Any) -> Any:
    """A cell as an office reads it: codes of platforms, reasons, checks and sources in Chinese."""
    words = _CODES.get(head)
    return cell if words is None or cell is None else words(cell)


def harmless(cell: Any) -> Any:
    """A crawled text that a spreadsheet would take for a formula, made text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _write_sheet(path: Path, view: str, heads: list[str], rows: list[tuple[Any, ...]]) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(view)
        bold = book.add_format({"bold": True})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell[:32767])
                elif cell is not None:
                    sheet.write_number(number, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 18)


@app.command()
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="要查找的词，从一个字起")],
    json: Json = False,
) -> None:
    """在已保存的推文里查找，每个词都要有。"""
    space = workspace(context)
    path = _database(space)
    night.index(space)
    ids = full_text.find_posts(path, " ".join(words), cut)
    found = post_queries.posts_by_row(space.engine, ids)
    if json:
        screen.print_json(found)
        return
    rows = [[post["published_at"][:10], post["account"], headline(post)] for post in found]
    screen.table(f"找到 {len(found)} 条", ["日期", "账号", "标题或开头"], rows, limit=50)
