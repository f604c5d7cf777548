"""candidates: accounts from outside the register, sorted, with the reasons."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from analysis.triage import LABELS
from cli import screen
from cli.app import Json, UserError, app, workspace
from registry.platforms import platform_label
from reports.wording import platform_name
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
    rows = listed(workspace(context), None if kind is None else _kind(kind))
    if json:
        screen.print_json(rows)
        return
    if not rows:
        screen.say("没有疑似账号；先用 xuncha sweep 搜索，或用 xuncha sweep import 读入人工保存的搜索结果页。")
        return
    shown = [
        [row["label"], platform_name(platform_label(row["platform"])), row["name"], row["uid"], _like(row), _state(row)]
        for row in sorted(rows, key=lambda row: list(LABELS).index(row["kind"]), reverse=True)
    ]
    screen.table("名录之外见到的账号", ["归类", "平台", "名称", "编号", "相近的登记名称", "核实"], shown, limit=100)
    counted = "，".join(f"{label} {number}" for label, number in Counter(row["label"] for row in rows).items())
    screen.say(f"共 {len(rows)} 个：{counted}。")
    screen.say(
        "看一个账号的依据：xuncha candidates show 平台:编号。归类不是结论，核实后用 xuncha findings decide 记下。"
    )


def _kind(words: str) -> str:
    by_word = {**{label: kind for kind, label in LABELS.items()}, **{kind: kind for kind in LABELS}}
    if words not in by_word:
        raise UserError(f"没有“{words}”这一类；可用的有：{'、'.join(f'{k}（{v}）' for k, v in LABELS.items())}。")
    return by_word[words]


def _like(row: dict[str, Any]) -> str:
    match = row["match"]
    return "—" if match is None else f"{match['name']} {match['score']:.2f}"


def _state(row: dict[str, Any]) -> str:
    return "—" if row["finding"] is None else f"{row['verdict'].value} {row['finding']}"


@candidates.command("show")
def candidates_show(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="P:UID", help="平台:编号，例如 weibo:7699000001")],
    json: Json = False,
) -> None:
    """看一个账号的归类、理由和页面上显示的内容。"""
    found = [
        row
        for row in listed(workspace(context))
        if f"{row['platform']}:{row['uid']}".casefold() == reference.strip().casefold()
    ]
    if not found:
        raise UserError(f"没有见到账号 {reference}；用 xuncha candidates 查看有哪些。")
    if json:
        screen.print_json(found[0])
    else:
        _print(found[0])


def _print(row: dict[str, Any]) -> None:
    screen.say(f"{platform_name(platform_label(row['platform']))}“{row['name']}”（{row['uid']}）：{row['label']}，待核")
    for number, reason in enumerate(row["reasons"], 1):
        screen.say(f"{number}. {reason}")
    for label, value in row["facts"].items():
        screen.say(f"   {label}：{value}")
    if row["finding"] is not None:
        screen.say(f"问题线索 {row['finding']}（{row['verdict'].value}）：xuncha findings show {row['finding']}")
