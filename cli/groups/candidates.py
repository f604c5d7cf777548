"""candidates: accounts from outside the register, sorted, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.names import fold
from analysis.triage import LABELS
from analysis.unseen import written_out
from analysis.words import shown
from cli import screen
from cli.app import Json, UserError, app, workspace
from cli.regulations import unchosen_words
from registry.platforms import known_platform, platform_label
from reports.wording import platform_name, platform_short
from scheduler.triaging import listed

candidates = typer.Typer(help="疑似账号：名录之外的账号，按归类列出", invoke_without_command=True)
app.add_typer(candidates, name="candidates")


@candidates.callback()
def candidates_list(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option("--class", help="只看一类，写代码或中文名")] = None,
    json: Json = False,
) -> None:
    """列出搜索见到的账号和归类；都只是线索，结论以人工核实为准。"""
    if context.invoked_subcommand is not None:
        return
    space = workspace(context)
    rows = listed(space, None if kind is None else _kind(kind))
    if (words := unchosen_words(space)) is not None:
        (screen.tell if json else screen.say)(words)
    if json:
        screen.print_json(rows)
    elif rows:
        _print_list(space.home, rows)
    else:
        search, read = (screen.command(space.home, words) for words in ("sweep", "sweep import 文件"))
        screen.say(f"没有疑似账号。搜索：{search}；读入人工保存的搜索结果页：{read}。")


def _print_list(home: Path, rows: list[dict[str, Any]]) -> None:
    """The table, those that are leads first; and how their number goes with that of the leads."""
    kinds = list(LABELS)
    cells = [
        [_class(row), written_out(row["name"]), _key(row), _like(row), row["finding"]]
        for row in sorted(rows, key=lambda row: (row["finding"] is None, -kinds.index(row["kind"])))
    ]
    heads = ["归类", "名称", "编号", "相近的登记名称", "线索编号"]
    screen.table("搜索结果和推文里见到的账号", heads, cells, limit=100)
    counted = "，".join(f"{label} {number}" for label, number in Counter(row["label"] for row in rows).items())
    screen.say(f"共 {len(rows)} 个：{counted}。")
    verdicts = Counter(row["verdict"].value for row in rows if row["finding"] is not None)
    told = "、".join(f"{verdict} {number}" for verdict, number in verdicts.items())
    leads = f"其中 {verdicts.total()} 个列为问题线索（{told}）" if verdicts else "其中没有列为问题线索的"
    rest = screen.command(home, "findings")
    screen.say(f"{leads}；问题线索里还有名录账号自己的问题，所以条数不同，全部见：{rest}。")
    screen.say(f"看一个账号的依据：{screen.command(home, 'candidates show')} 编号或名称。")
    if not verdicts:
        return
    decide = screen.command(home, "findings decide 线索编号 属实 --by 姓名")
    screen.say(f"归类不是结论，核实后记下（属实、误报 或 已整改）：{decide}。")


def _kind(words: str) -> str:
    by_word = {**{label: kind for kind, label in LABELS.items()}, **{kind: kind for kind in LABELS}}
    if words not in by_word:
        raise UserError(f"没有“{words}”这一类；可用的有：{'、'.join(f'{k}（{v}）' for k, v in LABELS.items())}。")
    return by_word[words]


def _like(row: dict[str, Any]) -> str:
    match = row["match"]
    return "—" if match is None else f"{match['name']} {match['score']:.2f}"


def _class(row: dict[str, Any]) -> str:
    return row["label"] if row["finding"] is None else f"{row['label']}，{row['verdict'].value}"


def _key(row: dict[str, Any]) -> str:
    """The account's key as ``candidates show`` takes it: ``微博:7699000001``."""
    return f"{platform_short(row['platform'])}:{row['uid']}"


@candidates.command("show")
def candidates_show(
    context: typer.Context,
    named: Annotated[
        str, typer.Argument(metavar="编号或名称", help="平台:编号，例如 微博:7699000001；或账号显示的名称")
    ],
    json: Json = False,
) -> None:
    """看一个账号的归类、理由和页面上显示的内容。"""
    space = workspace(context)
    found = _meant(listed(space), named)
    if not found:
        raise UserError(f"没有见到账号“{named}”；查看有哪些：{screen.command(space.home, 'candidates')}。")
    if len(found) > 1:
        same = "；".join(f"{_key(row)}（{_class(row)}）" for row in found)
        raise UserError(f"有 {len(found)} 个账号叫“{named}”，请写编号：{same}。")
    if json:
        screen.print_json(found[0])
    else:
        _print(space.home, found[0])


def _meant(rows: Sequence[dict[str, Any]], named: str) -> list[dict[str, Any]]:
    """The accounts that a key or a shown name means: by key, by the name as shown, else by the name folded."""
    platform, _, key = named.strip().replace("：", ":").partition(":")
    known = known_platform(platform)
    reference = f"{known.slug if known else platform}:{key}".casefold()
    name = shown(named)
    return (
        [row for row in rows if f"{row['platform']}:{row['uid']}".casefold() == reference or row["finding"] == name]
        or [row for row in rows if name in (shown(row["name"]), written_out(row["name"]))]
        or [row for row in rows if fold(name) and fold(row["name"]) == fold(name)]
    )


def _print(home: Path, row: dict[str, Any]) -> None:
    screen.say(
        f"{platform_name(platform_label(row['platform']))}“{written_out(row['name'])}”（{row['uid']}）：{_class(row)}"
    )
    for number, reason in enumerate(row["reasons"], 1):
        screen.say(f"{number}. {reason}")
    for label, value in row["facts"].items():
        screen.say(f"   {label}：{value}")
    if row["kind"] == "unknown":
        again, read = (screen.command(home, words) for words in ("inspect", "sweep import 文件"))
        page = f"：{row['url']}" if row["url"] else ""
        screen.say(f"要判断它是谁的账号：在浏览器里打开账号主页{page}，另存网页，运行 {read}，再运行 {again}。")
    if row["finding"] is not None:
        more = screen.command(home, f"findings show {row['finding']}")
        screen.say(f"问题线索 {row['finding']}（{row['verdict'].value}）：{more}")
