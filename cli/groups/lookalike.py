"""lookalike: ranks a list of names by how like they are to given or registered ones."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from analysis.lookalikes import Lookalikes, Match
from analysis.names import ALIKE, fold
from analysis.words import alike_words
from cli import screen
from cli.app import Json, UserError, app, options, workspace
from scheduler.files import CONFIG_NAME
from scheduler.lines import STANDARD_INPUT, load_lines

# No platform allows a name that long; a longer line is running text.
LONGEST_NAME = 200


@app.command()
def lookalike(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[名称]…", help="要比对的名称；不写则用名录里的")] = None,
    file: Annotated[Path | None, typer.Option("--in", help="待比对的名单，文本文件，一行一个；- 是标准输入")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="每个名称列出最像的几个")] = 20,
    json: Json = False,
) -> None:
    """在一份名单里找与给定名称或名录相似的名称；0.8 以上的请人工核对。"""
    home = options(context).home
    if file is None:
        listed = next((name for name in names or () if Path(name).is_file()), "名单.txt")
        example = screen.command(home, f"lookalike --in {shlex.quote(listed)}")
        raise UserError(f"请用 --in 指定待比对的名单，一行一个名称，例如 {example}。")
    if file != STANDARD_INPUT and file.is_dir():
        raise UserError(f"{file} 是文件夹，请写里面的文件，例如 {file / '名单.txt'}。")
    if file != STANDARD_INPUT and not file.is_file():
        raise UserError(f"没有文件 {file}；请检查 --in 后面的路径。")
    wanted, places = _wanted(context, names or ())
    found = Lookalikes(wanted, places).search(load_lines(file, "名称", LONGEST_NAME), top)
    found.sort(key=lambda match: (-match.likeness.score, match.name, match.candidate))
    if json:
        screen.print_json([_shape(match) for match in found])
        return
    _print(found)


def _wanted(context: typer.Context, names: list[str] | tuple[()]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names to compare with, and the office's own divisions; without a home only given names, and none."""
    empty = next((name for name in names if not fold(name)), None)
    if empty is not None:
        raise UserError(f"名称“{empty}”里没有可比对的文字，请换一个。")
    if names and not (options(context).home / CONFIG_NAME).exists():
        return tuple(names), frozenset()
    # The register brings the database, which a list of given names does without.
    from scheduler.registered_names import own_places, registered_names

    space = workspace(context)
    wanted = tuple(names) or registered_names(space)
    if not wanted:
        command = screen.command(space.home, "accounts import 名录.xlsx")
        raise UserError(f"名录是空的；请先导入：{command}，或在命令后写上要比对的名称。")
    return wanted, own_places(space)


def _shape(match: Match) -> dict[str, object]:
    like = match.likeness
    return {
        "name": match.name,
        "candidate": match.candidate,
        "score": like.score,
        "why": list(like.why),
        "keeps_place": like.keeps_place,
        "keeps_unit": like.keeps_unit,
    }


def _print(found: list[Match]) -> None:
    alike = [match for match in found if match.likeness.score >= ALIKE]
    rows = [
        (
            f"{match.likeness.score:.2f}",
            match.name,
            match.candidate,
            alike_words(match.likeness.why),
        )
        for match in (alike or found)
    ]
    title = f"相似 {ALIKE} 以上的 {len(alike)} 对" if alike else f"没有相似 {ALIKE} 以上的；最接近的 {len(found)} 对"
    screen.table(title, ("相似度", "名称", "名单里的名称", "相似之处"), rows, limit=100)
    if alike:
        screen.say("相似不等于仿冒：请逐个打开账号核对主办单位和认证主体。")
