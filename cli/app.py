"""The one command ``xuncha``: global options, error sentences and exit codes; its commands are found by file."""

from __future__ import annotations

import errno
import logging
import os
import shlex
import signal
import sqlite3
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from cli import screen
from cli.loading import load_commands
from cli.usage import in_chinese
from records import TellableError
from scheduler.clock import Clock, parse_now
from scheduler.files import CONFIG_NAME
from scheduler.logs import without_secrets
from scheduler.orphans import PARENT_VARIABLE
from storage.said import in_words

if TYPE_CHECKING:
    from scheduler.workspace import Workspace

DONE, FAULT, WRONG_USE, INCOMPLETE, STOPPED = 0, 1, 2, 3, 130
# Set for a child that runs a whole command for us: that it was stopped, we say ourselves.
CHILD_VARIABLE = "XUNCHA_CHILD"
NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)

app = typer.Typer(
    name="xuncha",
    help="巡查：政务新媒体巡检与通报。只看公开页面，遵守爬虫协议，看不到的如实写“未能核查”。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


# What stopping leaves, by command; after all others nothing is gone on with.
_GOES_ON = "已看到的都已保存，重新运行会接着做。"
_STOPPED = {
    "crawl": _GOES_ON,
    "nightly": _GOES_ON,
    "schedule": _GOES_ON,
    "sweep": _GOES_ON,
    "links": "已处理的都已保存，可以重新运行。",
    "links check": "结果没有保存，重新运行会从头检查。",
    "replay": "已处理的账号都已保存，重新运行会从头重读。",
}
_STOPPED_ELSE = "已保存的数据不受影响，可以重新运行。"


class UserError(TellableError):
    """Wrong use, file or configuration; the message is one sentence that says what to do."""


# Errors of libraries that only some commands load, by their full names.
_NOT_CREATED = "xlsxwriter.exceptions.FileCreateError"
_DATABASE = "sqlalchemy.exc.DatabaseError"
_FOLDER_NEXT = ("--home", "--export", "init")
# What every command that lists or runs something offers.
Json = Annotated[bool, typer.Option("--json", help="只打印一个 JSON 值")]


@dataclass
class _Call:
    """The command under way: as it was typed, and its name as the global options tell it to whoever started it."""

    typed: str = ""
    command: str = ""


@dataclass
class Options:
    """The global options of this call."""

    home: Path
    now: str | None
    verbose: bool
    # How the command goes on after ``--home``, where no home was named.
    homeless: str = ""
    call: _Call = field(default_factory=_Call)


def options(context: typer.Context) -> Options:
    """The global options, from any command."""
    found = context.find_root().obj
    assert isinstance(found, Options)  # noqa: S101
    return found


def workspace(context: typer.Context) -> Workspace:
    """The opened home folder of this call.

    Raises:
        ConfigError: Its configuration cannot be used.
        UserError: The folder is not one of ours, or ``--now`` cannot be read.
    """
    _refuse_strange(options(context))
    # Brought in with the database by the commands that open a home: the others start in half the time.
    from scheduler.workspace import Workspace

    return Workspace.open(options(context).home, clock(context))


def _refuse_strange(given: Options) -> None:
    """Raises UserError for a folder that is no home, with the command that names or makes one."""
    home = given.home
    if (home / CONFIG_NAME).exists():
        return
    if given.homeless:
        named, made = (
            f"{screen.COMMAND} {words}" for words in (f"--home 工作文件夹 {given.homeless}", "init 工作文件夹")
        )
        raise UserError(
            f"没有写明工作文件夹，当前文件夹 {home} 里也没有 {CONFIG_NAME}；"
            f"已有工作文件夹的，请运行 {named}；还没有的，请先新建：{made}。"
        )
    made = screen.command(home, "init")
    raise UserError(
        f"{home} 里没有 {CONFIG_NAME}；工作文件夹在别处的，请把 --home 改成它；要在这里新建，请运行 {made}。"
    )


def clock(context: typer.Context) -> Clock:
    """The clock of this call."""
    text = options(context).now
    try:
        return Clock(parse_now(text) if text else None)
    except ValueError as error:
        raise UserError(f"--now 要写成带时区的时间，例如 2026-11-20T08:00:00+08:00，现在是“{text}”。") from error


_HOME_HELP = "工作文件夹，默认为当前文件夹"
_NOW_HELP = "本次运行的时钟从这里开始（ISO 8601，带时区）"


@app.callback()
def _globals(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", envvar="XUNCHA_HOME", help=_HOME_HELP)] = None,
    now: Annotated[str | None, typer.Option("--now", envvar="XUNCHA_NOW", help=_NOW_HELP)] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="在屏幕上显示详细日志")] = False,
) -> None:
    call = context.obj if isinstance(context.obj, _Call) else _Call()
    folder = (home or Path.cwd()).resolve()
    context.obj = Options(folder, now, verbose, call.typed if home is None else "", call)
    name_command(context)
    screen.set_home(folder)
    _set_logging(verbose)


def name_command(context: typer.Context) -> None:
    """Adds to the call's command the part of its name that this group has just read, ``links`` and then ``check``."""
    call = options(context).call
    call.command = f"{call.command} {context.invoked_subcommand or ''}".strip()


def _set_logging(verbose: bool) -> None:
    level = logging.INFO if verbose else logging.WARNING
    # On the handler, not on the root logger: Scrapy sets the root logger's level for itself.
    screen_log = logging.StreamHandler(sys.stderr)
    screen_log.setLevel(level)
    screen_log.addFilter(without_secrets)
    logging.basicConfig(handlers=[screen_log], format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if not verbose:
        # Libraries talk to their developers; an office reads its own sentences only.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)


def main() -> None:
    """Entry point: runs the command line of this process and exits with a code that means something."""
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, _stop)
    screen.print_anything()
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Exit code of a command line (of this process if none is given), its error told in one sentence."""
    code: object
    # Before the command, which may take them out.
    is_child = CHILD_VARIABLE in os.environ or PARENT_VARIABLE in os.environ
    words = sys.argv[1:] if arguments is None else arguments
    call = _Call(shlex.join(words))
    try:
        _refuse_nothing(words)
        load_commands(words)
        code = app(arguments, standalone_mode=False, prog_name="xuncha", obj=call)
    except KeyboardInterrupt:
        code = STOPPED
    except Exception as error:
        code = _failed(error)
    if code == STOPPED and not is_child:
        screen.tell(f"已停止；{_STOPPED.get(call.command, _STOPPED_ELSE)}")
    return code if isinstance(code, int) else DONE


def _refuse_nothing(words: Sequence[str]) -> None:
    """Raises UserError for a folder without a name, which would be the one that the terminal happens to be in."""
    before = next((one for one, word in pairwise(words) if not word.strip() and one in _FOLDER_NEXT), None)
    if before is not None:
        raise UserError(f"{before} 后面要写文件夹，现在是空的。")


def _stop(_number: int, _frame: Any) -> None:
    # What is under way is now brought to an end; a second wish must not break that off.
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, signal.SIG_IGN)
    raise KeyboardInterrupt


def _failed(error: Exception) -> int:
    if isinstance(error, typer.Abort):
        return STOPPED
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, TyperException):
        words = error.format_message()
        screen.tell(words if words.startswith("Usage:") else in_chinese(words))
        return WRONG_USE
    sentence = _sentence(error)
    if sentence is not None:
        screen.tell(sentence)
        return WRONG_USE
    if os.environ.get("XUNCHA_DEBUG"):
        raise error
    screen.tell(f"程序出错（{type(error).__name__}：{error}）。")
    screen.tell("已保存的数据不受影响；设 XUNCHA_DEBUG=1 再运行一次可看到详情，请发给维护人员。")
    return FAULT


def _sentence(error: Exception) -> str | None:
    if isinstance(error, TellableError):
        return str(error)
    if _NOT_CREATED in _names(error) and error.args and isinstance(error.args[0], OSError):
        return _sentence(error.args[0])
    is_sqlite = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    if is_sqlite or _DATABASE in _names(error):
        reason = in_words(error)
        return None if reason.isascii() else f"数据库出错：{reason}。已提交的数据都在。"
    if isinstance(error, OSError):
        return _file_sentence(error)
    return None


def _names(error: Exception) -> set[str]:
    """The full names of an error's classes; a library that was not loaded has raised nothing."""
    return {f"{one.__module__}.{one.__qualname__}" for one in type(error).__mro__}


def _file_sentence(error: OSError) -> str | None:
    name = error.filename
    if error.errno in NO_SPACE:
        return "磁盘已满：请清理后重新运行，已提交的数据都在。"
    if name is None:
        return None
    if isinstance(error, PermissionError):
        return f"没有权限读写 {name}；请换一个文件夹，或关闭正在打开它的程序。"
    if isinstance(error, IsADirectoryError):
        return f"{name} 是文件夹，请写文件名。"
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{name} 不能当作文件夹用：这里已有同名的文件。"
    if isinstance(error, FileNotFoundError):
        return f"没有这个文件或文件夹：{name}。"
    return f"不能读写 {name}（{error.strerror}）。"
