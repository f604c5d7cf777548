"""init, accounts, posts, observe: what people bring in."""

from __future__ import annotations

import shlex
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.periods import parse_period
from cli import screen
from cli.app import DONE, INCOMPLETE, WRONG_USE, Json, UserError, app, clock, options, workspace
from cli.naming import account_reference
from records import SHANGHAI, as_json
from registry.accounts import Register
from registry.platforms import platform_label
from registry.tables import Problem
from registry.template import save_template
from reports.wording import platform_name
from scheduler import people
from scheduler.files import CONFIG_NAME, whole_file
from scheduler.workspace import Workspace
from storage.queries import accounts as account_queries
from storage.queries import posts as post_queries

TEMPLATE_NAME = "名录模板.xlsx"

accounts = typer.Typer(help="账号名录", no_args_is_help=True)
observe = typer.Typer(help="人工查看：没有公开列表的账号由人看手机后填表", no_args_is_help=True)
app.add_typer(accounts, name="accounts")
app.add_typer(observe, name="observe")


@app.command()
def init(context: typer.Context, folder: Annotated[Path | None, typer.Argument(help="工作文件夹")] = None) -> None:
    """建立工作文件夹：配置文件、空数据库、名录模板。"""
    home = (folder or options(context).home).resolve()
    if (home / CONFIG_NAME).exists():
        command = screen.command(home, "accounts import 名录.xlsx")
        raise UserError(f"{home} 里已经有 {CONFIG_NAME}，没有改动；可直接导入名录：{command}。")
    home.mkdir(parents=True, exist_ok=True)
    if not (home / TEMPLATE_NAME).exists():
        with whole_file(home / TEMPLATE_NAME) as part:
            save_template(part)
    text = (resources.files("scheduler") / "xuncha.toml").read_text(encoding="utf-8")
    with whole_file(home / CONFIG_NAME) as part:
        part.write_text(text, encoding="utf-8")
    try:
        Workspace.open(home, clock(context)).engine.dispose()
    except BaseException:
        # Without its configuration the folder counts as not begun, so that init can be run again.
        (home / CONFIG_NAME).unlink()
        raise
    screen.say(f"已建立工作文件夹 {home}：")
    screen.say(f"  {CONFIG_NAME}  配置，先改 [office] 的单位名称和联系方式")
    screen.say(f"  {TEMPLATE_NAME}  名录模板，填好后运行：")
    screen.say(f"  {screen.command(home, f'accounts import {shlex.quote(str(home / TEMPLATE_NAME))}')}")


@accounts.command("template")
def accounts_template(file: Annotated[Path, typer.Argument(help="写到哪个 .xlsx 或 .csv 文件")]) -> None:
    """写一份名录模板。"""
    with whole_file(file) as part:
        save_template(part)
    screen.say(f"名录模板已写入 {file}。")


@accounts.command("import")
def accounts_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="名录 .xlsx 或 .csv")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看每一列会怎样理解，不保存")] = False,
    map_: Annotated[list[str] | None, typer.Option("--map", help="列名=字段，可写多次")] = None,
    json: Json = False,
) -> int:
    """导入名录：有一行不对就全部不导入，并逐条列出。"""
    mapping = dict(_pair(item) for item in map_ or [])
    register, change = people.import_register(workspace(context), file, mapping, dry_run=dry_run)
    shape = {
        "units": change.units if change else len(register.units),
        "accounts": change.accounts if change else len(register.accounts),
        "added": change.added if change else 0,
        "changed": change.changed if change else 0,
        "unchanged": change.unchanged if change else 0,
        "problems": register.problems,
        "columns": register.columns,
        "notes": register.notes,
    }
    if json:
        screen.print_json(shape)
    else:
        _print_register(register, shape, dry_run)
    return WRONG_USE if register.problems else DONE


def _pair(text: str) -> tuple[str, str]:
    column, sign, field = text.partition("=")
    if not sign or not column.strip() or not field.strip():
        raise UserError(f"--map 要写成 列名=字段，现在是“{text}”。")
    return column.strip(), field.strip()


def _print_register(register: Register, shape: dict[str, Any], dry_run: bool) -> None:
    if dry_run:
        rows = [[reading.header, reading.field or "—", reading.how] for reading in register.columns]
        screen.table("每一列会这样理解", ["列名", "字段", "方式"], rows)
    if register.problems:
        print_problems(register.problems)
        screen.say(f"共 {len(register.problems)} 处需要改，名录没有导入；改好后重新运行即可。")
        return
    for note in register.notes:
        screen.say(f"说明（第 {note.row} 行）：{note.reason}" if note.row else f"说明：{note.reason}")
    counts = "新增 {added}，变更 {changed}，未变 {unchanged}".format(**shape)
    done = "只是试读，没有保存" if dry_run else counts
    screen.say(f"{shape['units']} 个单位，{shape['accounts']} 个账号：{done}。")


def print_problems(problems: tuple[Problem, ...]) -> None:
    """A table of rows that hinder."""
    rows = [[one.row, one.column, one.value, one.reason] for one in problems]
    screen.table("这些地方需要改", ["行", "列", "内容", "原因"], rows, limit=50)


@accounts.command("list")
def accounts_list(context: typer.Context, json: Json = False) -> None:
    """列出名录里的账号。"""
    space = workspace(context)
    found = account_queries.accounts(space.engine)
    if json:
        screen.print_json([{"account": account.ref, **as_json(account)} for account in found])
        return
    if not found:
        screen.say(f"名录是空的；请先导入：{screen.command(space.home, 'accounts import 名录.xlsx')}。")
        return
    rows = [[platform_name(platform_label(one.platform)), one.name, one.unit, one.status, one.ref] for one in found]
    screen.table(f"名录：{len(found)} 个账号", ["平台", "账号名称", "主办单位", "运行状态", "账号编号"], rows)


posts = typer.Typer(help="推文：查看，或读入单位报送的链接", invoke_without_command=True)
app.add_typer(posts, name="posts")


@posts.callback()
def posts_list(
    context: typer.Context,
    account: Annotated[str | None, typer.Option("--account", help="平台:账号，例如 weibo:1234567890")] = None,
    since: Annotated[str | None, typer.Option("--since", help="从哪一天起，例如 2026-11-01")] = None,
    json: Json = False,
) -> None:
    """列出已保存的推文，新的在前。"""
    if context.invoked_subcommand is not None:
        return
    space = workspace(context)
    start = parse_day(since) if since else None
    reference = account_reference(space, account) if account else None
    found = post_queries.posts(space.engine, reference, start)
    if json:
        screen.print_json(found)
        return
    rows = [[post["published_at"][:16].replace("T", " "), post["account"], headline(post)] for post in found]
    screen.table(f"推文：{len(found)} 条", ["发布时间", "账号", "标题或开头"], rows, limit=50)


def headline(post: dict[str, Any]) -> str:
    """A post in a few words."""
    words = post["title"] or post["text"] or "（无文字）"
    return str(words).replace("\n", " ")[:40]


def parse_day(text: str) -> datetime:
    """The start of a day in Shanghai."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise UserError(f"日期要写成 2026-11-20 这样，现在是“{text}”。") from error


@posts.command("import")
def posts_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="单位报送的链接：.xlsx、.csv，或从聊天里粘贴的文本")],
    json: Json = False,
) -> int:
    """读入单位报送的链接，逐条打开、证明属于哪个账号后保存。"""
    results, problems, report = people.import_posts(workspace(context), file)
    stored = [one for one in results if one.state == "stored"]
    if json:
        screen.print_json({"links": results, "stored": len(stored), "problems": problems})
    else:
        rows = [[one.url, one.account or "—", one.reason or "已保存"] for one in results]
        screen.table(f"报送链接 {len(results)} 条，已证明 {len(stored)} 条", ["地址", "账号", "结果"], rows)
        if problems:
            print_problems(problems)
    waiting = any(one.state == "pending" for one in results)
    return INCOMPLETE if waiting or (report is not None and report.exit_code == 1) else DONE


@observe.command("sheet")
def observe_sheet(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="写到哪个 .xlsx 文件")],
    period: Annotated[str | None, typer.Option("--period", help="统计周期，例如 2026-W46")] = None,
    json: Json = False,
) -> None:
    """写一份填写表：正好是没有来源能完整看到的账号。"""
    chosen = read_period(period)
    space = workspace(context)
    number = people.make_sheet(space, file, chosen)
    if json:
        screen.print_json({"file": str(file), "accounts": number})
    else:
        read = screen.command(space.home, f"observe import {shlex.quote(str(file))}")
        screen.say(f"{number} 个账号需要人看，填写表已写入 {file}；填好后运行 {read}。")


def read_period(text: str | None) -> Any:
    """A period from the command line; ``None`` stays."""
    if text is None:
        return None
    try:
        return parse_period(text)
    except ValueError as error:
        raise UserError(f"统计周期要写成 2026-W46、2026-11、2026-Q4 或 2026，现在是“{text}”。") from error


@observe.command("import")
def observe_import(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="填好的表")], json: Json = False
) -> int:
    """读回填好的表，连同截图作为人工查看的依据。"""
    space = workspace(context)
    number, new, problems = people.import_sheet(space, file)
    if json:
        screen.print_json({"observations": number, "new": new, "problems": problems})
    elif problems:
        print_problems(problems)
        again = screen.command(space.home, "observe sheet 人工查看.xlsx")
        screen.say(f"共 {len(problems)} 处需要改，这份表没有读入；改好后重新运行。要重新生成一份：{again}。")
    else:
        screen.say(f"读入 {number} 条人工查看记录，其中 {new} 条是新的。")
    return WRONG_USE if problems else DONE
